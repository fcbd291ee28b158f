import { memo, type ReactNode } from "react";
import { Link } from "react-router";
import { useTranslation } from "react-i18next";
import type { Mission } from "../api/types";
import { useWords } from "../i18n/words";
import { isEnded } from "../live/state";
import { FamilyIcon } from "./FamilyIcon";
import css from "./parts.module.css";
import { MissionTag } from "./Tag";
import { Clock, Waiting } from "./Waiting";

/** One mission in a list: what, state, robot, what it waits for, how far. */
export const MissionRow = memo(function MissionRow({ mission }: { mission: Mission }): ReactNode {
  const { t } = useTranslation();
  const words = useWords();
  const ended = isEnded(mission.state);
  return (
    <Link className={css["row"]} to={`/missions/${mission.id}`}>
      <span className={css["line"]}>
        <FamilyIcon family={mission.family} />
        <span className={`${css["grow"]} ${css["title"]}`}>{words.name(mission.title, mission.template)}</span>
        <MissionTag mission={mission} />
      </span>
      <span className={`${css["line"]} ${css["soft"]}`}>
        <span className={css["grow"]}>
          {mission.robot || t("mission.noRobot")} · {mission.id}
        </span>
        <Clock atS={mission.ended_s ?? mission.created_s} />
      </span>
      {!ended && mission.waiting && <Waiting waiting={mission.waiting} sinceS={mission.waiting_since_s} />}
      {mission.state === "failed" && <span className={css["wait"]}>{mission.because}</span>}
      {!ended && <Progress fraction={mission.progress_fraction} />}
    </Link>
  );
});

export function Progress({ fraction }: { fraction: number }): ReactNode {
  const { t } = useTranslation();
  const value = Math.round(fraction * 100);
  return (
    <span className={css["bar"]} style={{ display: "block" }} role="progressbar" aria-label={t("mission.progress")} aria-valuenow={value} aria-valuemin={0} aria-valuemax={100}>
      <span style={{ width: `${value}%` }} />
    </span>
  );
}
