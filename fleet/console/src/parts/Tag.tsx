import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Alert, Mission, Robot } from "../api/types";
import { missionTone, robotLook, robotTone, severityTone, taskTone, type Tone } from "./looks";
import css from "./parts.module.css";

/** A state: its word, its colour, and a sign whose form differs by tone. */
export function Tag({ tone, children }: { tone: Tone; children: ReactNode }): ReactNode {
  return (
    <span className={css["tag"]} data-tone={tone}>
      <span className={css["dot"]} data-tone={tone} aria-hidden />
      {children}
    </span>
  );
}

/** Its look; and that it is out of service, whatever it does meanwhile. */
export function RobotTag({ robot }: { robot: Robot }): ReactNode {
  const { t } = useTranslation();
  const look = robotLook(robot);
  return (
    <>
      <Tag tone={robotTone(look)}>{t(`look.${look}`)}</Tag>
      {!robot.in_service && look !== "out" && <Tag tone="off">{t("look.out")}</Tag>}
    </>
  );
}

export function MissionTag({ mission }: { mission: Pick<Mission, "state"> }): ReactNode {
  const { t } = useTranslation();
  return <Tag tone={missionTone(mission.state)}>{t(`missionState.${mission.state}`)}</Tag>;
}

export function TaskTag({ state }: { state: string }): ReactNode {
  const { t } = useTranslation();
  return <Tag tone={taskTone(state)}>{t(`taskState.${state}`)}</Tag>;
}

export function SeverityTag({ alert }: { alert: Alert }): ReactNode {
  const { t } = useTranslation();
  return <Tag tone={severityTone(alert.severity)}>{t(`alert.severity.${alert.severity}`)}</Tag>;
}
