// What is inside the building: everything that a flood from the plan's edge does not reach. Entrances are closed
// first, between loose wall ends. Works for any plan of wall segments; nobody has to draw an outline. Pure.
import type { Door, Level } from "../api/types";

export interface Floor {
  /** Metres of the lower left corner, and of a cell's side. */
  x: number;
  y: number;
  cell: number;
  columns: number;
  rows: number;
  /** 1 inside, 0 outside; row 0 is the lowest. */
  inside: Uint8Array;
}

const CELLS_MAX = 160_000;
const CELL_M_MIN = 0.2;
/** Two loose wall ends that are nearer than this have an entrance between them. */
const ENTRANCE_M = 4.5;
/** The flood does not squeeze through cracks that are narrower than this. */
const CRACK_M = 1.2;
const MARGIN_M = 2;
/** Wall ends that are nearer than this are one corner. */
const CORNER_M = 0.15;

export function floorOf(level: Level, doors: readonly Door[]): Floor {
  const grid = gridOver(level);
  const walls = new Uint8Array(grid.columns * grid.rows);
  for (const [x1, y1, x2, y2] of level.walls) trace(walls, grid, x1, y1, x2, y2);
  for (const door of doors) trace(walls, grid, ...door.start, ...door.end);
  for (const [a, b] of entrances(level.walls)) trace(walls, grid, ...a, ...b);
  const reach = Math.ceil(CRACK_M / 2 / grid.cell);
  const away = distance(walls, grid, (index) => walls[index] === 1, reach, null);
  const open = flood(away, grid, reach);
  const outside = distance(walls, grid, (index) => open[index] === 1, reach, walls);
  const isOutside = (index: number) => (outside[index] as number) <= reach;
  const inside = outside.map((_, index) => (isOutside(index) || neighbours(index, grid).some(isOutside) ? 0 : 1));
  return { ...grid, inside };
}

type Grid = Omit<Floor, "inside">;

function gridOver(level: Level): Grid {
  const [xMin, yMin, xMax, yMax] = level.bounds;
  const margin = MARGIN_M;
  const width = xMax - xMin + 2 * margin;
  const height = yMax - yMin + 2 * margin;
  const cell = Math.max(CELL_M_MIN, Math.sqrt((width * height) / CELLS_MAX));
  return { x: xMin - margin, y: yMin - margin, cell, columns: Math.ceil(width / cell), rows: Math.ceil(height / cell) };
}

type Point = [x: number, y: number];

/** Pairs of loose wall ends, each with its nearest other one. */
export function entrances(walls: Level["walls"]): [Point, Point][] {
  const ends = walls.flatMap(([x1, y1, x2, y2]): Point[] => [[x1, y1], [x2, y2]]);
  const apart = (a: Point, b: Point) => Math.hypot(a[0] - b[0], a[1] - b[1]);
  const loose = ends.filter((end) => ends.filter((other) => apart(end, other) < CORNER_M).length === 1);
  const pairs: [Point, Point][] = [];
  for (const end of loose) {
    const nearest = loose.filter((other) => other !== end).sort((a, b) => apart(end, a) - apart(end, b))[0];
    if (nearest && apart(end, nearest) < ENTRANCE_M) pairs.push([end, nearest]);
  }
  return pairs;
}

function trace(mask: Uint8Array, grid: Grid, x1: number, y1: number, x2: number, y2: number): void {
  const steps = Math.max(Math.ceil(Math.hypot(x2 - x1, y2 - y1) / (grid.cell / 2)), 1);
  for (let step = 0; step <= steps; step += 1) {
    const share = step / steps;
    const column = Math.floor((x1 + (x2 - x1) * share - grid.x) / grid.cell);
    const row = Math.floor((y1 + (y2 - y1) * share - grid.y) / grid.cell);
    if (column >= 0 && row >= 0 && column < grid.columns && row < grid.rows) mask[row * grid.columns + column] = 1;
  }
}

/** Steps from the nearest seed, up to `reach`; beyond it reach + 1. Does not go through what is blocked. */
function distance(
  mask: Uint8Array,
  grid: Grid,
  isSeed: (index: number) => boolean,
  reach: number,
  blocked: Uint8Array | null,
): Uint8Array {
  const steps = new Uint8Array(mask.length).fill(reach + 1);
  let front: number[] = [];
  for (let index = 0; index < mask.length; index += 1) {
    if (isSeed(index)) {
      steps[index] = 0;
      front.push(index);
    }
  }
  for (let step = 1; step <= reach; step += 1) {
    const next: number[] = [];
    for (const index of front) {
      for (const other of neighbours(index, grid)) {
        if ((steps[other] as number) <= step || blocked?.[other]) continue;
        steps[other] = step;
        next.push(other);
      }
    }
    front = next;
  }
  return steps;
}

/** What can be reached from the corner while keeping clear of the walls. */
function flood(away: Uint8Array, grid: Grid, reach: number): Uint8Array {
  const seen = new Uint8Array(away.length);
  const stack = [0];
  seen[0] = 1;
  for (let index = stack.pop(); index !== undefined; index = stack.pop()) {
    for (const other of neighbours(index, grid)) {
      if (seen[other] || (away[other] as number) <= reach) continue;
      seen[other] = 1;
      stack.push(other);
    }
  }
  return seen;
}

function neighbours(index: number, { columns, rows }: Grid): number[] {
  const column = index % columns;
  const row = (index - column) / columns;
  const found: number[] = [];
  if (column > 0) found.push(index - 1);
  if (column < columns - 1) found.push(index + 1);
  if (row > 0) found.push(index - columns);
  if (row < rows - 1) found.push(index + columns);
  return found;
}
