import { useState, type KeyboardEvent, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useClosures, useLive, useOpenAlerts } from "../live/hooks";
import { isEnded } from "../live/state";
import { AlertRow } from "../parts/AlertRow";
import { ClosureRow } from "../parts/ClosureRow";
import { Empty } from "../parts/Empty";
import { byNeed, byOpenFirst } from "../parts/looks";
import { MissionRow } from "../parts/MissionRow";
import { RobotRow } from "../parts/RobotRow";
import css from "./pages.module.css";

const ENDED_SHOWN = 20;
const TABS = ["missions", "robots", "alerts", "closures"] as const;
type TabName = (typeof TABS)[number];

/** Missions, robots, alerts, what is closed: what is going on, beside the map. */
export function SideLists({ onRobot }: { onRobot: (id: string) => void }): ReactNode {
  const [tab, setTab] = useState<TabName>("missions");
  return (
    <>
      <TabBar tab={tab} onTab={setTab} />
      <div className={css["scroll"]} role="tabpanel" id="side-panel" aria-labelledby={`side-${tab}`} tabIndex={0}>
        {tab === "missions" && <MissionList />}
        {tab === "robots" && <RobotList onRobot={onRobot} />}
        {tab === "alerts" && <AlertList />}
        {tab === "closures" && <ClosureList />}
      </div>
    </>
  );
}

function TabBar({ tab, onTab }: { tab: TabName; onTab: (tab: TabName) => void }): ReactNode {
  const { t } = useTranslation();
  const live = useLive();
  const counts: Record<TabName, number> = {
    missions: [...live.missions.values()].filter((mission) => !isEnded(mission.state)).length,
    robots: live.robots.size,
    alerts: useOpenAlerts().length,
    closures: live.closures.size,
  };
  const move = (event: KeyboardEvent<HTMLDivElement>) => {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    const next = TABS[(TABS.indexOf(tab) + step + TABS.length) % TABS.length];
    if (step === 0 || !next) return;
    onTab(next);
    event.currentTarget.querySelector<HTMLElement>(`#side-${next}`)?.focus();
  };
  return (
    <div className={css["tabs"]} role="tablist" aria-label={t("ops.list")} onKeyDown={move}>
      {TABS.map((name) => (
        <button key={name} id={`side-${name}`} type="button" role="tab" className={css["tab"]} aria-selected={tab === name} aria-controls="side-panel" tabIndex={tab === name ? 0 : -1} onClick={() => onTab(name)}>
          {t(`ops.${name}`)} <small>{counts[name]}</small>
        </button>
      ))}
    </div>
  );
}

function MissionList(): ReactNode {
  const { t } = useTranslation();
  const missions = [...useLive().missions.values()].sort(byOpenFirst);
  const open = missions.filter((mission) => !isEnded(mission.state));
  const ended = missions.slice(open.length, open.length + ENDED_SHOWN);
  if (missions.length === 0) return <Empty title={t("ops.noMissions")} hint={t("ops.noMissionsHint")} />;
  return (
    <>
      {open.map((mission) => (
        <MissionRow key={mission.id} mission={mission} />
      ))}
      {ended.length > 0 && <div className={css["group"]}>{t("ops.ended")}</div>}
      {ended.map((mission) => (
        <MissionRow key={mission.id} mission={mission} />
      ))}
    </>
  );
}

function RobotList({ onRobot }: { onRobot: (id: string) => void }): ReactNode {
  const { t } = useTranslation();
  const robots = [...useLive().robots.values()].sort(byNeed);
  if (robots.length === 0) return <Empty title={t("ops.noRobots")} hint={t("ops.noRobotsHint")} />;
  return robots.map((robot) => <RobotRow key={robot.id} robot={robot} current={false} onOpen={onRobot} />);
}

function ClosureList(): ReactNode {
  const { t } = useTranslation();
  const closures = useClosures();
  if (closures.length === 0) return <Empty title={t("ops.noClosures")} hint={t("ops.noClosuresHint")} />;
  return closures.map((closure) => <ClosureRow key={closure.id} closure={closure} />);
}

function AlertList(): ReactNode {
  const { t } = useTranslation();
  const alerts = useOpenAlerts();
  if (alerts.length === 0) return <Empty title={t("ops.noAlerts")} hint={t("ops.noAlertsHint")} />;
  return alerts.map((alert) => <AlertRow key={alert.id} alert={alert} />);
}
