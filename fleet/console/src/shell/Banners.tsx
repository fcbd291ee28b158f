import { IconAlertTriangle, IconFlame, IconHandStop } from "@tabler/icons-react";
import { useEffect, useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useWords } from "../i18n/words";
import { useLink, useLive } from "../live/hooks";
import { notStopped } from "../live/state";
import { useCommand } from "../parts/command";
import { ConfirmButton } from "../parts/ConfirmButton";
import css from "./shell.module.css";

/** What everybody must see on every page: the link is lost, all robots are stopped, there is a fire alarm. */
export function Banners(): ReactNode {
  const health = useLive().health;
  return (
    <>
      <LinkBanner />
      {health?.fire && <FireBanner />}
      {health?.stopped && <StoppedBanner />}
    </>
  );
}

function LinkBanner(): ReactNode {
  const { t } = useTranslation();
  const words = useWords();
  const link = useLink();
  const nowMs = useTick(link.status !== "live");
  if (link.status === "live" || (link.status === "connecting" && link.attempts === 0)) return null;
  const ago = words.duration((nowMs - link.heardMs) / 1000);
  const at = words.clock(link.heardMs / 1000, nowMs / 1000);
  const key = link.heardMs === 0 ? "link.bannerNever" : link.status === "stale" ? "link.bannerStale" : "link.bannerLost";
  return (
    <div className={css["banner"]} data-kind="link" role="alert">
      <IconAlertTriangle size={17} aria-hidden />
      {t(key, { ago, at })}
    </div>
  );
}

function FireBanner(): ReactNode {
  const { t } = useTranslation();
  return (
    <div className={css["banner"]} data-kind="fire" role="alert">
      <IconFlame size={17} aria-hidden />
      {t("stop.fire")}
    </div>
  );
}

function StoppedBanner(): ReactNode {
  const { t } = useTranslation();
  const command = useCommand();
  const { pending, unreachable } = notStopped(useLive());
  const names = (robots: { id: string }[]) => robots.map((robot) => robot.id).join(", ");
  return (
    <div className={css["banner"]} data-kind="stopped" role="alert">
      <IconHandStop size={17} aria-hidden />
      <span>{t("stop.banner")}</span>
      {pending.length > 0 && <span>{t("stop.pending", { count: pending.length, robots: names(pending) })}</span>}
      {pending.length === 0 && <span>{t("stop.allStopped")}</span>}
      {unreachable.length > 0 && <span>{t("stop.unreachable", { robots: names(unreachable) })}</span>}
      <span className={css["space"]} />
      <ConfirmButton
        size="compact-sm"
        variant="white"
        color="red.8"
        label={t("stop.resume")}
        title={t("stop.resumeTitle")}
        what={t("stop.resumeWhat")}
        confirm={t("stop.resume")}
        withReason
        onConfirm={(reason) => command("/fleet/resume-all", { because: reason })}
      />
    </div>
  );
}

/** This page's clock, every second while it is wanted. */
function useTick(wanted: boolean): number {
  const [nowMs, setNowMs] = useState(() => Date.now());
  useEffect(() => {
    if (!wanted) return undefined;
    const renew = () => setNowMs(Date.now());
    renew();
    const timer = window.setInterval(renew, 1000);
    return () => window.clearInterval(timer);
  }, [wanted]);
  return nowMs;
}
