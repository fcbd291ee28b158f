import { useComputedColorScheme } from "@mantine/core";
import { useEffect, useId, useMemo, useRef, useState, type KeyboardEvent, type ReactNode, type RefObject } from "react";
import { useTranslation } from "react-i18next";
import { useDrawing } from "../api/queries";
import type { Robot, Site } from "../api/types";
import { useWords } from "../i18n/words";
import { useLink, usePart, useStore } from "../live/hooks";
import { prepared } from "./drawing";
import { MapEngine } from "./engine";
import css from "./map.module.css";
import { LevelTabs, MapTools, ScaleBar } from "./MapChrome";
import { readPalette } from "./palette";
import { planOf } from "./plan";

export interface SiteMapProps {
  site: Site;
  level: string;
  onLevel: (level: string) => void;
  selected: string | null;
  onSelect: (robot: string | null) => void;
  follow: boolean;
  onFollow: (follow: boolean) => void;
  /** Elements that are closed now, as the drawing names them: "edge:a>b", "door:x". */
  closed?: ReadonlySet<string>;
  /** Somebody tapped beside the robots: what lies there, the nearest first. */
  onElements?: (refs: string[]) => void;
}

const STEP_PX = 60;
const ZOOM = 1.35;
const NOTHING: ReadonlySet<string> = new Set();

/** The live map of one level. All drawing is in MapEngine; this hands it what to show. */
export function SiteMap(props: SiteMapProps): ReactNode {
  const { t } = useTranslation();
  const words = useWords();
  const link = useLink();
  const helpId = useId();
  const robots = usePart((state) => state.robots);
  const { base, moving, engine, scale, kinds } = useEngine(props, robots);
  const here = robotsOn(robots, props.level);
  const fresh = link.status === "live";
  return (
    <div className={css["map"]} data-fresh={fresh} tabIndex={0} role="group" aria-describedby={helpId} aria-label={t("map.label", { level: words.level(props.level), count: here })} onKeyDown={(event) => steer(event, engine.current)}>
      <canvas ref={base} aria-hidden />
      <canvas ref={moving} className={css["moving"]} aria-hidden data-testid="map" />
      <span id={helpId} hidden>
        {t("map.help")}
      </span>
      {!fresh && <span className={css["fresh"]}>{t("map.notFresh")}</span>}
      <LevelTabs site={props.site} level={props.level} robots={robots} onLevel={props.onLevel} />
      <MapTools
        onZoom={(direction) => engine.current?.zoomBy(direction > 0 ? ZOOM : 1 / ZOOM)}
        onFit={() => engine.current?.fit()}
        follow={props.follow}
        canFollow={props.selected !== null}
        onFollow={props.onFollow}
        kinds={kinds}
      />
      <ScaleBar {...scale} />
    </div>
  );
}

function robotsOn(robots: ReadonlyMap<string, Robot>, level: string): number {
  return [...robots.values()].filter((robot) => robot.pose.level === level).length;
}

interface EngineHandle {
  base: RefObject<HTMLCanvasElement | null>;
  moving: RefObject<HTMLCanvasElement | null>;
  engine: RefObject<MapEngine | null>;
  scale: { metres: number; widthPx: number };
  kinds: ReadonlySet<string>;
}

function useEngine(props: SiteMapProps, robots: ReadonlyMap<string, Robot>): EngineHandle {
  const store = useStore();
  const words = useWords();
  const base = useRef<HTMLCanvasElement>(null);
  const moving = useRef<HTMLCanvasElement>(null);
  const engine = useRef<MapEngine>(null);
  const latest = useRef(props);
  const [scale, setScale] = useState({ metres: 10, widthPx: 0 });
  const building = usePart((state) => state.building);
  const palette = useMapPalette();
  const plan = useMemo(() => planOf(props.site), [props.site]);
  const levelPlan = plan.find((entry) => entry.level.id === props.level) ?? plan[0];
  const loaded = useDrawing(levelPlan?.level.id ?? "").data;
  const drawing = useMemo(() => (loaded ? prepared(loaded) : null), [loaded]);
  const shown = useMemo(() => [...robots.values()], [robots]);

  useEffect(() => {
    latest.current = props;
  });
  useEffect(() => {
    if (!base.current || !moving.current) return undefined;
    const made = new MapEngine(base.current, moving.current, store.tracks, {
      onSelect: (robot) => latest.current.onSelect(robot),
      onElements: (refs) => latest.current.onElements?.(refs),
      onHover: () => undefined,
      onGrab: () => latest.current.follow && latest.current.onFollow(false),
      onScale: (metres, widthPx) => setScale((old) => (old.metres === metres && Math.abs(old.widthPx - widthPx) < 0.5 ? old : { metres, widthPx })),
    });
    engine.current = made;
    Object.assign(moving.current, { fleetMap: made }); // tests ask it where a robot is drawn
    return () => made.close();
  }, [store]);
  const { selected, follow, closed = NOTHING } = props;
  useEffect(() => {
    if (!levelPlan || !palette) return;
    const { language, level } = words;
    const order = props.site.levels.map((entry) => entry.id);
    const isAbove = (other: string) => order.indexOf(other) > order.indexOf(levelPlan.level.id);
    engine.current?.show({ plan: levelPlan, drawing, closed, robots: shown, building, selected, follow, language, palette, levelName: level, isAbove });
  }, [props.site, levelPlan, drawing, closed, shown, building, selected, follow, words, palette, store]);
  return { base, moving, engine, scale, kinds: drawing?.kinds ?? NOTHING };
}

function useMapPalette(): ReturnType<typeof readPalette> | null {
  const scheme = useComputedColorScheme("light", { getInitialValueInEffect: false });
  const [palette, setPalette] = useState<ReturnType<typeof readPalette> | null>(null);
  useEffect(() => setPalette(readPalette(document.documentElement, scheme === "dark")), [scheme]);
  return palette;
}

/** Everything that a pointer can do, by keys. */
function steer(event: KeyboardEvent, engine: MapEngine | null): void {
  const moves: Record<string, [number, number]> = {
    ArrowLeft: [STEP_PX, 0],
    ArrowRight: [-STEP_PX, 0],
    ArrowUp: [0, STEP_PX],
    ArrowDown: [0, -STEP_PX],
  };
  const move = moves[event.key];
  if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey) return;
  if (move) engine?.panBy(...move);
  else if (event.key === "+" || event.key === "=") engine?.zoomBy(ZOOM);
  else if (event.key === "-") engine?.zoomBy(1 / ZOOM);
  else if (event.key === "0") engine?.fit();
  else return;
  event.preventDefault();
}
