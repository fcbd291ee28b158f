import { useCallback, useEffect, useMemo, useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { useSite } from "../api/queries";
import type { Site } from "../api/types";
import { usePart, useRobot } from "../live/hooks";
import { SiteMap } from "../map/SiteMap";
import { closedRefs, elementsOf, type Element } from "../parts/elements";
import { Empty } from "../parts/Empty";
import { ElementPanel } from "./ElementPanel";
import { RobotPanel } from "./RobotPanel";
import css from "./pages.module.css";
import { SideLists } from "./SideLists";
import { Timeline } from "./Timeline";

/** The live map, and beside it what is going on. */
export function Operations(): ReactNode {
  const { t } = useTranslation();
  const site = useSite();
  if (site.data) return <LiveSite site={site.data} />;
  return <Empty title={site.isError ? t("error.NO_ANSWER") : t("app.loading")} />;
}

function LiveSite({ site }: { site: Site }): ReactNode {
  const { robot, level, follow, select, setLevel, setFollow } = useSelection(site);
  const [elements, setElements] = useState<readonly Element[]>([]);
  const closures = usePart((state) => state.closures);
  const closed = useMemo(() => closedRefs(closures.values()), [closures]);
  const selectRobot = (id: string | null) => {
    setElements([]);
    select(id);
  };
  return (
    <div className={css["ops"]}>
      <div className={css["map"]}>
        <SiteMap site={site} level={level} onLevel={setLevel} selected={robot} onSelect={selectRobot} follow={follow} onFollow={setFollow} closed={closed} onElements={(refs) => setElements(elementsOf(refs, site))} />
      </div>
      <aside className={css["side"]}>
        <Beside robot={robot} elements={elements} site={site} onRobot={selectRobot} onElements={setElements} />
      </aside>
      <div className={css["time"]}>
        <Timeline onRobot={select} />
      </div>
    </div>
  );
}

interface BesideProps {
  robot: string | null;
  elements: readonly Element[];
  site: Site;
  onRobot: (robot: string | null) => void;
  onElements: (elements: readonly Element[]) => void;
}

/** The robot or the part of the site that was chosen, else everything that is going on. */
function Beside({ robot, elements, site, onRobot, onElements }: BesideProps): ReactNode {
  if (robot) return <RobotPanel id={robot} onClose={() => onRobot(null)} />;
  if (elements.length > 0) return <ElementPanel elements={elements} site={site} onClose={() => onElements([])} />;
  return <SideLists onRobot={onRobot} />;
}

interface Selection {
  robot: string | null;
  level: string;
  follow: boolean;
  select: (robot: string | null) => void;
  setLevel: (level: string) => void;
  setFollow: (follow: boolean) => void;
}

/** The robot and level in sight are in the address, so that one can send them to somebody. */
function useSelection(site: Site): Selection {
  const [search, setSearch] = useSearchParams();
  const [follow, setFollow] = useState(false);
  const robot = search.get("robot");
  const robotLevel = useRobot(robot ?? "")?.pose.level;
  const chosen = search.get("level");
  const level = site.levels.some((entry) => entry.id === chosen) ? (chosen as string) : (site.levels[0]?.id ?? "");
  const set = useCallback(
    (changes: Record<string, string | null>) =>
      setSearch((old) => changed(old, changes), { replace: true }),
    [setSearch],
  );
  const select = useCallback(
    (id: string | null) => {
      setFollow(false);
      set({ robot: id });
    },
    [set],
  );
  useGoAlong(robot, robotLevel, follow, (to) => set({ level: to }));
  return { robot, level, follow, select, setLevel: (to) => set({ level: to }), setFollow };
}

function changed(old: URLSearchParams, changes: Record<string, string | null>): URLSearchParams {
  const next = new URLSearchParams(old);
  for (const [key, value] of Object.entries(changes)) {
    if (value === null) next.delete(key);
    else next.set(key, value);
  }
  return next;
}

/** The level follows a robot when it is chosen, and in its lifts while it is followed. */
function useGoAlong(robot: string | null, robotLevel: string | undefined, follow: boolean, go: (level: string) => void): void {
  const [shown, setShown] = useState<string | null>(null);
  useEffect(() => {
    if (!robot || !robotLevel) {
      setShown(null);
      return;
    }
    if (shown !== robot || follow) go(robotLevel);
    setShown(robot);
    // eslint-disable-next-line react-hooks/exhaustive-deps -- go is new in every render
  }, [robot, robotLevel, follow, shown]);
}
