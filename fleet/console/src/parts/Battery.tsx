import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { percent } from "../format";
import css from "./parts.module.css";

const LOW_FRACTION = 0.25;
const EMPTY_FRACTION = 0.1;

export function Battery({ fraction, charging }: { fraction: number; charging: boolean }): ReactNode {
  const { t } = useTranslation();
  const tone = charging ? "good" : fraction <= EMPTY_FRACTION ? "bad" : fraction <= LOW_FRACTION ? "waiting" : "idle";
  return (
    <span className={css["battery"]} data-tone={tone}>
      <span className={css["cell"]} aria-hidden>
        <span className={css["charge"]} style={{ display: "block", width: `${Math.round(fraction * 100)}%` }} />
      </span>
      <span>
        {percent(fraction)}
        {charging && <span title={t("robot.charging")}> +</span>}
      </span>
    </span>
  );
}
