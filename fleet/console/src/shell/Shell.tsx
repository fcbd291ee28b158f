import { Suspense, useEffect, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Outlet, useNavigation } from "react-router";
import { useSite } from "../api/queries";
import { NewMission } from "../form/NewMission";
import { useWords } from "../i18n/words";
import { Banners } from "./Banners";
import { Rail } from "./Rail";
import css from "./shell.module.css";
import { TopBar } from "./TopBar";

/** What is round every page: top bar, rail, banners, and the form for a new mission. */
export function Shell(): ReactNode {
  const { t } = useTranslation();
  useTitle();
  const loading = useNavigation().state === "loading";
  return (
    <div className={css["shell"]}>
      <a className="skip" href="#main">
        {t("app.skip")}
      </a>
      <TopBar />
      <Rail />
      <div className={css["main"]}>
        <Banners />
        <main id="main" className={css["page"]} tabIndex={-1} aria-busy={loading}>
          <Suspense fallback={t("app.loading")}>
            <Outlet />
          </Suspense>
        </main>
      </div>
      <NewMission />
    </div>
  );
}

function useTitle(): void {
  const words = useWords();
  const site = useSite().data;
  const title = site ? `${words.name(site.names, site.id)} · CityFleet` : "CityFleet";
  useEffect(() => {
    document.title = title;
  }, [title]);
}
