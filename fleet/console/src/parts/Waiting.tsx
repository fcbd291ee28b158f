import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useWords } from "../i18n/words";
import { useNowS } from "../live/hooks";
import css from "./parts.module.css";

/** What something waits for and since when: "Waits for door X to open · for 42 s". Nothing when it does not wait. */
export function Waiting({ waiting, sinceS }: { waiting: string; sinceS: number | null }): ReactNode {
  const { t } = useTranslation();
  const words = useWords();
  if (!waiting) return null;
  return (
    <span className={css["wait"]}>
      {t("common.waitsFor", { what: words.waiting(waiting) })}
      {sinceS !== null && <Since sinceS={sinceS} />}
    </span>
  );
}

function Since({ sinceS }: { sinceS: number }): ReactNode {
  const { t } = useTranslation();
  const words = useWords();
  const nowS = useNowS();
  return <span className="num"> · {t("common.since", { time: words.duration(nowS - sinceS) })}</span>;
}

/** A time of day in the site's zone, with how long ago or until then. */
export function Moment({ atS }: { atS: number }): ReactNode {
  const { t } = useTranslation();
  const words = useWords();
  const nowS = useNowS();
  const awayS = nowS - atS;
  const relation = awayS >= 0 ? t("common.ago", { time: words.duration(awayS) }) : t("common.in", { time: words.duration(-awayS) });
  return (
    <span className="num">
      {words.clock(atS, nowS)} <span className={css["soft"]}>{relation}</span>
    </span>
  );
}

export function Clock({ atS }: { atS: number }): ReactNode {
  const words = useWords();
  const nowS = useNowS();
  return <span className="num">{words.clock(atS, nowS)}</span>;
}
