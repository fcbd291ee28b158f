import { lazy, Suspense, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "react-router";
import { useWhy } from "../api/queries";
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

const Machines = lazy(async () => ({ default: (await import("../parts/Machines")).Machines }));

/** All about one robot: what it sees, does, waits for, its state machines, its commands. */
export function RobotPage(): ReactNode {
  const { t } = useTranslation();
  const id = useParams()["id"] ?? "";
  const robot = useRobot(id);
  const known = usePart((state) => state.health !== null);
  if (!robot) return <Empty title={known ? t("error.robotGone", { id }) : t("app.loading")} />;
  return (
    <div className={css["page"]}>
      <Head robot={robot} />
      <div className={css["columns"]}>
        <div className={css["stack"]}>
          <section className={`panel ${css["box"]}`}>
            <h2>{t("robot.commands")}</h2>
            <RobotCommands robot={robot} />
          </section>
          <section className={`panel ${css["box"]}`}>
            <h2>{t("robot.machines")}</h2>
            <Suspense fallback={t("app.loading")}>
              <Machines robot={robot} />
            </Suspense>
          </section>
          <Queue robot={robot} />
        </div>
        <div className={css["stack"]}>
          <section className={`panel ${css["box"]}`}>
            <h2>{t("robot.camera")}</h2>
            <Camera robot={robot} />
          </section>
          <section className={`panel ${css["box"]}`}>
            <h2>{t("robot.does")}</h2>
            <RobotFacts robot={robot} full />
          </section>
          <WhyRobot robot={robot} />
          <section className={`panel ${css["box"]}`}>
            <h2>{t("robot.faults")}</h2>
            <RobotFaults robot={robot} />
          </section>
        </div>
      </div>
    </div>
  );
}

function Head({ robot }: { robot: Robot }): ReactNode {
  const { t } = useTranslation();
  const words = useWords();
  return (
    <div className={css["head"]}>
      <FamilyIcon family={robot.family} size={22} />
      <h1>{robot.id}</h1>
      <RobotTag robot={robot} />
      <span>
        {words.name(robot.names, robot.model)} · {t(`family.${robot.family}`)}
      </span>
      <Link to={`/operations?robot=${encodeURIComponent(robot.id)}`}>{t("robot.onMap")}</Link>
    </div>
  );
}

function Queue({ robot }: { robot: Robot }): ReactNode {
  const { t } = useTranslation();
  const missions = usePart((state) => state.missions);
  const queue = robot.queue.flatMap((id) => missions.get(id) ?? []);
  return (
    <section className={`panel ${css["flush"]}`}>
      <h2>{t("robot.queue")}</h2>
      {queue.length === 0 && <Empty title={t("robot.noQueue")} />}
      {queue.map((mission) => (
        <MissionRow key={mission.id} mission={mission} />
      ))}
    </section>
  );
}

function WhyRobot({ robot }: { robot: Robot }): ReactNode {
  const { t } = useTranslation();
  const why = useWhy("robots", robot.id, robot.waiting !== "" || robot.lost).data;
  if (!why || why.reasons.length === 0 || (robot.waiting === "" && !robot.lost)) return null;
  return (
    <section className={`panel ${css["box"]}`}>
      <h2>{t("mission.whyTitle")}</h2>
      <ul className={css["reasons"]}>
        {why.reasons.map((reason) => (
          <li key={reason}>{reason}</li>
        ))}
      </ul>
    </section>
  );
}
