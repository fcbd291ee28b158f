import { memo, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Robot } from "../api/types";
import { useWords, type Words } from "../i18n/words";
import { usePart } from "../live/hooks";
import { Battery } from "./Battery";
import { FamilyIcon } from "./FamilyIcon";
import css from "./parts.module.css";
import { RobotTag } from "./Tag";
import { Waiting } from "./Waiting";

/** What a robot is doing, in a few words. */
export function useDoes(robot: Robot): string {
  const { t } = useTranslation();
  const words = useWords();
  const title = usePart((state) => state.missions.get(robot.mission)?.title);
  if (robot.mission) return words.name(title, robot.mission);
  return robot.errand ? errandWords(words, robot.errand) : t("robot.nothing");
}

function errandWords(words: Words, errand: string): string {
  return words.term("errand", errand);
}

/** One robot in a list: name, state, battery, what it does and waits for. */
export const RobotRow = memo(function RobotRow(props: { robot: Robot; current: boolean; onOpen: (id: string) => void }): ReactNode {
  const { robot, current, onOpen } = props;
  const words = useWords();
  const does = useDoes(robot);
  return (
    <button type="button" className={css["row"]} aria-current={current} onClick={() => onOpen(robot.id)}>
      <span className={css["line"]}>
        <FamilyIcon family={robot.family} />
        <span className={`${css["grow"]} ${css["title"]}`}>{robot.id}</span>
        <RobotTag robot={robot} />
      </span>
      <span className={`${css["line"]} ${css["soft"]}`}>
        <span className={css["grow"]}>
          {words.level(robot.pose.level)} · {does}
        </span>
        <Battery fraction={robot.battery_fraction} charging={robot.charging} />
      </span>
      <Waiting waiting={robot.waiting} sinceS={robot.waiting_since_s} />
    </button>
  );
});
