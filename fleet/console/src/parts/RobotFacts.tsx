import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useSite } from "../api/queries";
import type { Robot, SiteNode } from "../api/types";
import { useWords } from "../i18n/words";
import { Battery } from "./Battery";
import { Facts } from "./Facts";
import { useDoes } from "./RobotRow";
import { Moment, Waiting } from "./Waiting";

/** What is known about a robot, in pairs. full: also what it is. */
export function RobotFacts({ robot, full }: { robot: Robot; full?: boolean }): ReactNode {
  const { t } = useTranslation();
  const words = useWords();
  const does = useDoes(robot);
  const near = useNear(robot);
  const where = `${words.level(robot.pose.level)}${near ? ` · ${near}` : ""} (${robot.pose.x_m.toFixed(1)}, ${robot.pose.y_m.toFixed(1)} m)`;
  const about: [string, ReactNode][] = [
    [t("robot.model"), robot.model],
    [t("robot.skills"), robot.skills.map((skill) => words.term("action", skill)).join(", ")],
  ];
  return (
    <Facts
      rows={[
        [t("robot.does"), robot.mission ? <Link to={`/missions/${robot.mission}`}>{does}</Link> : does],
        [t("common.because"), robot.because || null],
        [t("common.why"), robot.waiting ? <Waiting waiting={robot.waiting} sinceS={robot.waiting_since_s} /> : null],
        [t("robot.battery"), <Battery key="battery" fraction={robot.battery_fraction} charging={robot.charging} />],
        [robot.lost || !robot.online ? t("robot.lastPlace") : t("robot.position"), where],
        [t("robot.speed"), <span className="num" key="speed">{robot.pose.speed_mps.toFixed(1)} m/s</span>],
        [t("robot.heard"), robot.seen_s > 0 && (robot.lost || !robot.online) ? <Moment atS={robot.seen_s} /> : null],
        ...(full ? about : []),
      ]}
    />
  );
}

const NEAR_M = 8;

/** "near Pharmacy": the nearest named place on its level; '' when none is near. */
function useNear(robot: Robot): string {
  const { t } = useTranslation();
  const words = useWords();
  const site = useSite().data;
  const { level, x_m: x, y_m: y } = robot.pose;
  const away = (node: SiteNode) => Math.hypot(node.x_m - x, node.y_m - y);
  const ids = new Map(site?.places.map((place) => [place.node, place]));
  const nodes = site?.nodes.filter((node) => node.level === level && ids.has(node.id)) ?? [];
  const nearest = nodes.sort((a, b) => away(a) - away(b))[0];
  const place = nearest && away(nearest) < NEAR_M ? ids.get(nearest.id) : undefined;
  return place ? t("robot.near", { place: words.name(place.names, place.id) }) : "";
}

/** Faults as the robot reports them. */
export function RobotFaults({ robot }: { robot: Robot }): ReactNode {
  const { t } = useTranslation();
  const words = useWords();
  const faults = Object.entries(robot.faults);
  if (faults.length === 0) return <span>{t("robot.noFaults")}</span>;
  return <Facts rows={faults.map(([code, message]) => [words.term("fault", code), message])} />;
}
