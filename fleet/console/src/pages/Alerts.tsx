import { SegmentedControl } from "@mantine/core";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useOpenAlerts, usePart } from "../live/hooks";
import { AlertRow } from "../parts/AlertRow";
import { Empty } from "../parts/Empty";
import css from "./pages.module.css";

/** Alerts stay until somebody handles them; handled ones say who did and what. */
export function Alerts(): ReactNode {
  const { t } = useTranslation();
  const [tab, setTab] = useState("open");
  const open = useOpenAlerts();
  const handled = [...usePart((state) => state.alerts).values()]
    .filter((alert) => alert.handled_s !== null)
    .sort((a, b) => (b.handled_s ?? 0) - (a.handled_s ?? 0));
  const shown = tab === "open" ? open : handled;
  return (
    <div className={css["page"]}>
      <div className={css["head"]}>
        <h1>{t("nav.alerts")}</h1>
        <SegmentedControl
          size="xs"
          value={tab}
          onChange={setTab}
          data={[
            { value: "open", label: `${t("alert.open")} (${open.length})` },
            { value: "handled", label: `${t("alert.handledTab")} (${handled.length})` },
          ]}
        />
      </div>
      <section className={`panel ${css["flush"]}`} style={{ overflow: "hidden" }}>
        {shown.length === 0 && <Empty title={tab === "open" ? t("alert.noneOpen") : t("alert.noneHandled")} hint={tab === "open" ? t("ops.noAlertsHint") : ""} />}
        {shown.map((alert) => (
          <AlertRow key={alert.id} alert={alert} />
        ))}
      </section>
    </div>
  );
}
