import { ActionIcon } from "@mantine/core";
import { IconArrowLeft } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Robot } from "../api/types";
import { useWords } from "../i18n/words";
import { usePart, useRobot } from "../live/hooks";
import { Camera } from "../parts/Camera";
import { Empty } from "../parts/Empty";
import { FamilyIcon } from "../parts/FamilyIcon";
import { MissionRow } from "../parts/MissionRow";
import { RobotCommands } from "../parts/RobotCommands";
import { RobotFacts, RobotFaults } from "../parts/RobotFacts";
import { RobotTag } from "../parts/Tag";
import css from "./pages.module.css";

/** One robot beside the map. */
export function RobotPanel({ id, onClose }: { id: string; onClose: () => void }): ReactNode {
  const { t } = useTranslation();
  const robot = useRobot(id);
  return (
    <>
      <div className={css["panelHead"]}>
        <ActionIcon variant="subtle" color="gray" aria-label={t("common.back")} onClick={onClose}>
          <IconArrowLeft size={18} color="var(--ink-soft)" />
        </ActionIcon>
        {robot && <FamilyIcon family={robot.family} size={18} />}
        <h2 style={{ margin: 0, flex: 1, minWidth: 0, overflow: "hidden", textOverflow: "ellipsis" }}>{id}</h2>
        {robot && <RobotTag robot={robot} />}
      </div>
      <div className={css["scroll"]} tabIndex={0} role="region" aria-label={id}>
        {robot ? <PanelBody robot={robot} /> : <Empty title={t("error.robotGone", { id })} />}
      </div>
    </>
  );
}

function PanelBody({ robot }: { robot: Robot }): ReactNode {
  const { t } = useTranslation();
  const words = useWords();
  const missions = usePart((state) => state.missions);
  const queue = robot.queue.flatMap((id) => missions.get(id) ?? []);
  return (
    <>
      <div className={css["panelBody"]}>
        <div>
          {words.name(robot.names, robot.model)} · <Link to={`/robots/${robot.id}`}>{t("robot.page")}</Link>
        </div>
        {robot.frame && <Camera robot={robot} />}
        <RobotFacts robot={robot} />
        {Object.keys(robot.faults).length > 0 && <RobotFaults robot={robot} />}
        <RobotCommands robot={robot} />
      </div>
      <div className={css["group"]}>{t("robot.queue")}</div>
      {queue.length === 0 && <Empty title={t("robot.noQueue")} />}
      {queue.map((mission) => (
        <MissionRow key={mission.id} mission={mission} />
      ))}
    </>
  );
}
