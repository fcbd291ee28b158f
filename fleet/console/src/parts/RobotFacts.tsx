import { useMemo, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useSite } from "../api/queries";
import type { Place, Robot, Site, SiteNode } from "../api/types";
import { useWords } from "../i18n/words";
import { useTrack } from "../live/hooks";
import type { Track } from "../map/motion";
import { Battery } from "./Battery";
import { Facts } from "./Facts";
import { useDoes } from "./RobotRow";
import { Moment, Waiting } from "./Waiting";

/** What is known about a robot, in pairs. full: also what it is. */
export function RobotFacts({ robot, full }: { robot: Robot; full?: boolean }): ReactNode {
  const { t } = useTranslation();
  const words = useWords();
  const does = useDoes(robot);
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
        [robot.lost || !robot.online ? t("robot.lastPlace") : t("robot.position"), <Where key="where" id={robot.id} />],
        [t("robot.speed"), <Speed key="speed" id={robot.id} />],
        [t("robot.heard"), robot.seen_s > 0 && (robot.lost || !robot.online) ? <Moment atS={robot.seen_s} /> : null],
        ...(full ? about : []),
      ]}
    />
  );
}

const NEAR_M = 8;

function Where({ id }: { id: string }): ReactNode {
  const words = useWords();
  const track = useTrack(id);
  const near = useNear(track);
  if (!track) return null;
  const { x, y } = track.to;
  return (
    <span className="num">
      {[words.level(track.level), near].filter(Boolean).join(" · ")} ({x.toFixed(1)}, {y.toFixed(1)} m)
    </span>
  );
}

function Speed({ id }: { id: string }): ReactNode {
  return <span className="num">{(useTrack(id)?.speed ?? 0).toFixed(1)} m/s</span>;
}

/** "near Pharmacy": the nearest named place on that level; '' when none is near. */
function useNear(track: Track | undefined): string {
  const { t } = useTranslation();
  const words = useWords();
  const site = useSite().data;
  const places = useMemo(() => placesOf(site), [site]);
  if (!track) return "";
  const away = (spot: Spot) => Math.hypot(spot.node.x_m - track.to.x, spot.node.y_m - track.to.y);
  const nearest = places.filter((spot) => spot.node.level === track.level).sort((a, b) => away(a) - away(b))[0];
  return nearest && away(nearest) < NEAR_M ? t("robot.near", { place: words.name(nearest.place.names, nearest.place.id) }) : "";
}

interface Spot {
  place: Place;
  node: SiteNode;
}

function placesOf(site: Site | undefined): Spot[] {
  const nodes = new Map(site?.nodes.map((node) => [node.id, node]));
  return (site?.places ?? []).flatMap((place) => {
    const node = nodes.get(place.node);
    return node ? [{ place, node }] : [];
  });
}

/** Faults as the robot reports them. */
export function RobotFaults({ robot }: { robot: Robot }): ReactNode {
  const { t } = useTranslation();
  const words = useWords();
  const faults = Object.entries(robot.faults);
  if (faults.length === 0) return <span>{t("robot.noFaults")}</span>;
  return <Facts rows={faults.map(([code, message]) => [words.term("fault", code), message])} />;
}
