import { IconChevronDown, IconChevronUp } from "@tabler/icons-react";
import { useLocalStorage } from "@mantine/hooks";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useWords } from "../i18n/words";
import { useNowS, useStore } from "../live/hooks";
import { missionTone } from "../parts/looks";
import { lanesOf, share, spanAt, ticks, type Bar, type Span } from "../parts/timeline";
import css from "./timeline.module.css";

const BACK_S = 600;
const AHEAD_S = 600;
const TICKS_MAX = 8;
/** Farther right a time would be cut off. */
const LABEL_SHARE_MAX = 0.97;
/** More rows than these are not read but searched. */
const LANES_MAX = 40;

/** Missions by robot: done, under way, planned. Folded away until somebody wants it. */
export function Timeline({ onRobot }: { onRobot: (id: string) => void }): ReactNode {
  const { t } = useTranslation();
  const [shown, setShown] = useLocalStorage({ key: "cityfleet-timeline", defaultValue: "yes" });
  const open = shown === "yes";
  return (
    <section aria-label={t("ops.timeline")}>
      <button type="button" className={css["bar"]} aria-expanded={open} onClick={() => setShown(open ? "no" : "yes")}>
        {open ? <IconChevronDown size={15} /> : <IconChevronUp size={15} />}
        {t("ops.timeline")}
      </button>
      {open && <Chart onRobot={onRobot} />}
    </section>
  );
}

function Chart({ onRobot }: { onRobot: (id: string) => void }): ReactNode {
  const words = useWords();
  const { t } = useTranslation();
  const nowS = useNowS();
  const live = useStore().state(); // as it is each second: bars need no more
  const span = spanAt(nowS, BACK_S, AHEAD_S);
  const robots = [...live.robots.values()].sort((a, b) => a.id.localeCompare(b.id, undefined, { numeric: true }));
  const lanes = lanesOf(robots.slice(0, LANES_MAX), [...live.missions.values()], span, nowS);
  const marks = ticks(span, TICKS_MAX);
  const at = (timeS: number) => `${(share(timeS, span) * 100).toFixed(2)}%`;
  return (
    <div className={css["chart"]} tabIndex={0} role="group" aria-label={t("ops.timelineHint")}>
      <div className={css["lane"]}>
        <span />
        <div className={css["track"]}>
          {marks.filter((mark) => share(mark, span) < LABEL_SHARE_MAX).map((mark) => (
            <span key={mark} className={css["time"]} style={{ left: at(mark) }}>
              {words.clock(mark, nowS).slice(0, 5)}
            </span>
          ))}
        </div>
      </div>
      {lanes.map((lane) => (
        <div key={lane.robot} className={css["lane"]}>
          <button type="button" className={css["name"]} onClick={() => onRobot(lane.robot)}>
            {lane.robot}
          </button>
          <div className={css["track"]}>
            {marks.map((mark) => (
              <span key={mark} className={css["tick"]} style={{ left: at(mark) }} />
            ))}
            {lane.bars.map((bar) => (
              <Piece key={bar.mission.id} bar={bar} span={span} nowS={nowS} />
            ))}
            <span className={css["now"]} style={{ left: at(nowS) }} />
          </div>
        </div>
      ))}
    </div>
  );
}

function Piece({ bar, span, nowS }: { bar: Bar; span: Span; nowS: number }): ReactNode {
  const { t } = useTranslation();
  const words = useWords();
  const title = words.name(bar.mission.title, bar.mission.template);
  const left = share(bar.fromS, span);
  const width = share(bar.toS, span) - left;
  const planned = bar.mission.state === "assigned" || (bar.mission.state === "queued" && bar.fromS > nowS);
  return (
    <Link
      className={css["piece"]}
      to={`/missions/${bar.mission.id}`}
      data-tone={missionTone(bar.mission.state)}
      data-planned={planned}
      title={`${title} · ${t(`missionState.${bar.mission.state}`)}`}
      style={{ left: `${left * 100}%`, width: `max(${width * 100}%, 6px)` }}
    >
      {title}
    </Link>
  );
}
