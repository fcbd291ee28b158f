// A site sorted by level, once, for drawing and for finding what is under the pointer. Pure.
import type { Door, Level, Lift, Place, Room, Site, SiteNode } from "../api/types";
import { floorOf, type Floor } from "./floor";

export interface Lane {
  from: SiteNode;
  to: SiteNode;
  twoWay: boolean;
}

export interface LevelPlan {
  level: Level;
  floor: Floor;
  rooms: Room[];
  doors: Door[];
  lifts: Lift[];
  nodes: SiteNode[];
  lanes: Lane[];
}

export interface SitePlan {
  site: Site;
  levels: LevelPlan[];
  nodes: ReadonlyMap<string, SiteNode>;
  places: ReadonlyMap<string, Place>;
  doors: ReadonlyMap<string, Door>;
  lifts: ReadonlyMap<string, Lift>;
  rooms: ReadonlyMap<string, Room>;
}

export function planOf(site: Site): SitePlan {
  const nodes = new Map(site.nodes.map((node) => [node.id, node]));
  return {
    site,
    levels: site.levels.map((level) => levelPlan(site, level, nodes)),
    nodes,
    places: new Map(site.places.map((place) => [place.id, place])),
    doors: new Map(site.doors.map((door) => [door.id, door])),
    lifts: new Map(site.lifts.map((lift) => [lift.id, lift])),
    rooms: new Map(site.rooms.map((room) => [room.id, room])),
  };
}

function levelPlan(site: Site, level: Level, nodes: ReadonlyMap<string, SiteNode>): LevelPlan {
  const doors = site.doors.filter((door) => door.level === level.id);
  return {
    level,
    floor: floorOf(level, doors),
    rooms: site.rooms.filter((room) => room.level === level.id),
    doors,
    lifts: site.lifts.filter((lift) => lift.levels.includes(level.id)),
    nodes: site.nodes.filter((node) => node.level === level.id),
    lanes: lanesOn(site, level.id, nodes),
  };
}

function lanesOn(site: Site, level: string, nodes: ReadonlyMap<string, SiteNode>): Lane[] {
  const lanes: Lane[] = [];
  for (const edge of site.edges) {
    const from = nodes.get(edge.source);
    const to = nodes.get(edge.target);
    if (from?.level === level && to?.level === level) lanes.push({ from, to, twoWay: edge.two_way });
  }
  return lanes;
}

type Point = readonly [number, number];

/** Where a room's name goes: the polygon's centroid, or the middle of its box when that lies outside. */
export function centre(polygon: readonly Point[]): Point {
  let area = 0;
  let x = 0;
  let y = 0;
  polygon.forEach(([x1, y1], index) => {
    const [x2, y2] = polygon[(index + 1) % polygon.length] as Point;
    const cross = x1 * y2 - x2 * y1;
    area += cross;
    x += (x1 + x2) * cross;
    y += (y1 + y2) * cross;
  });
  if (Math.abs(area) < 1e-6) return polygon[0] ?? [0, 0];
  return [x / (3 * area), y / (3 * area)];
}

/** Where a room's name goes: above or below the middle, whichever is farther from the places inside. */
export function nameSpot(room: Room, nodes: readonly SiteNode[]): Point {
  const [x, y] = centre(room.polygon);
  const shift = spanOf(room.polygon).height * 0.24;
  const clear = (spotY: number) => Math.min(...nodes.map((node) => Math.hypot(node.x_m - x, node.y_m - spotY)));
  const spots = [y + shift, y - shift].sort((a, b) => clear(b) - clear(a));
  return [x, spots[0] ?? y];
}

export function spanOf(polygon: readonly Point[]): { width: number; height: number } {
  const xs = polygon.map(([x]) => x);
  const ys = polygon.map(([, y]) => y);
  return { width: Math.max(...xs) - Math.min(...xs), height: Math.max(...ys) - Math.min(...ys) };
}
