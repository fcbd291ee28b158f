// The part of the map that moves: doors, lifts, paths, robots. Drawn every frame in which something changed.
import type { Building, Door, Lift, Robot } from "../api/types";
import { robotLook, type RobotLook } from "../parts/looks";
import { FONT } from "./base";
import { overlap, type Label } from "./labels";
import { placeAt, type Place, type Tracks } from "./motion";
import type { Palette } from "./palette";
import type { LevelPlan } from "./plan";
import type { Sprite, Sprites } from "./sprites";
import { toPixel, type Pixel, type Size, type View } from "./view";

type Context = CanvasRenderingContext2D;

export interface MovingScene {
  plan: LevelPlan;
  view: View;
  size: Size;
  palette: Palette;
  sprites: Sprites;
  tracks: Tracks;
  robots: readonly Robot[];
  building: Building;
  levelName: (id: string) => string;
  isAbove: (level: string) => boolean;
  selected: string | null;
  hovered: string | null;
  /** Elements that are closed now: a lift is drawn here, over the drawing's mark. */
  closed: ReadonlySet<string>;
}

export interface Drawn {
  robot: Robot;
  place: Place;
  x: number;
  y: number;
}

const RADIUS_PX_MIN = 8;
const RADIUS_PX_MAX = 40;
const LABELS_MAX = 90;
const MARGIN_PX = 40;
/** A moving robot that has not been heard for this long is not where the map shows it. */
const STALE_MS = 3000;

const SIGNS: Partial<Record<RobotLook, string>> = {
  lost: "?",
  fault: "!",
  stopped: "■",
  paused: "ǁ",
  manual: "M",
  waiting: "…",
  charging: "+",
};

export function drawMoving(ctx: Context, scene: MovingScene, nowMs: number): Drawn[] {
  ctx.clearRect(0, 0, scene.size.width, scene.size.height);
  for (const door of scene.plan.doors) drawDoor(ctx, scene, door);
  for (const lift of scene.plan.lifts) drawLift(ctx, scene, lift);
  const drawn = placed(scene, nowMs);
  for (const item of drawn) if (isStrong(scene, item.robot)) drawTrail(ctx, scene, item);
  drawPaths(ctx, scene, drawn);
  const ordered = [...drawn.filter((item) => !isStrong(scene, item.robot)), ...drawn.filter((item) => isStrong(scene, item.robot))];
  for (const item of ordered) drawRobot(ctx, scene, item, nowMs);
  drawNames(ctx, scene, ordered.reverse());
  return drawn;
}

/** Names under, over or beside the robots, the chosen one's first; a name that fits nowhere is left out. */
function drawNames(ctx: Context, scene: MovingScene, items: readonly Drawn[]): void {
  const many = items.length > LABELS_MAX;
  const taken: Label[] = [];
  for (const { robot, x, y } of items) {
    const strong = isStrong(scene, robot);
    if (many && !strong) continue;
    const sprite = scene.sprites.label(robot.id, strong);
    const [width, height] = scene.sprites.sizeOf(sprite);
    const radius = robotRadius(robot, scene.view);
    const spots = spotsAround(x, y, radius, width, height).map(([sx, sy]) => ({ text: "", x: sx, y: sy, width, height }));
    const spot = spots.find((candidate) => !taken.some((other) => overlap(candidate, other))) ?? (strong ? spots[0] : undefined);
    if (!spot) continue;
    taken.push(spot);
    scene.sprites.stamp(ctx, sprite, spot.x, spot.y);
  }
}

function spotsAround(x: number, y: number, radius: number, width: number, height: number): Pixel[] {
  const apart = radius + 6 + height / 2;
  const beside = radius + 8 + width / 2;
  return [[x, y + apart], [x, y - apart - 4], [x + beside, y], [x - beside, y], [x, y + apart + height]];
}

function isStrong(scene: MovingScene, robot: Robot): boolean {
  return robot.id === scene.selected || robot.id === scene.hovered;
}

/** Robots of this level that lie in sight, where they are shown now. */
function placed(scene: MovingScene, nowMs: number): Drawn[] {
  const drawn: Drawn[] = [];
  for (const robot of scene.robots) {
    const track = scene.tracks.get(robot.id);
    if (!track || track.level !== scene.plan.level.id) continue;
    const place = placeAt(track, nowMs);
    const [x, y] = toPixel(scene.view, scene.size, place.x, place.y);
    const seen = x > -MARGIN_PX && y > -MARGIN_PX && x < scene.size.width + MARGIN_PX && y < scene.size.height + MARGIN_PX;
    if (seen) drawn.push({ robot, place, x, y });
  }
  return drawn;
}

export function robotRadius(robot: Robot, view: View): number {
  return Math.round(Math.min(Math.max(robot.radius_m * view.pxPerM, RADIUS_PX_MIN), RADIUS_PX_MAX));
}

// -- robots --------------------------------------------------------------------------------------------

function drawRobot(ctx: Context, scene: MovingScene, item: Drawn, nowMs: number): void {
  const { robot, place, x, y } = item;
  const { radius, ring, body, badge } = stampsOf(scene, robot);
  if (isStrong(scene, robot)) halo(ctx, x, y, radius + 8, scene.palette.accent);
  ctx.globalAlpha = isStale(scene, robot, nowMs) ? 0.4 : 1;
  scene.sprites.stamp(ctx, ring, x, y);
  scene.sprites.stampTurned(ctx, body, x, y, -place.yaw);
  if (badge) scene.sprites.stamp(ctx, badge, x + radius * 0.85 + 4, y - radius * 0.85 - 3);
  ctx.globalAlpha = 1;
}

interface Stamps {
  sprites: Sprites;
  look: RobotLook;
  radius: number;
  ring: Sprite;
  body: Sprite;
  badge: Sprite | null;
}

/** A record does not change: its pictures are looked up once, until the zoom or the theme changes. */
const stamps = new WeakMap<Robot, Stamps>();

function stampsOf(scene: MovingScene, robot: Robot): Stamps {
  const radius = robotRadius(robot, scene.view);
  const known = stamps.get(robot);
  if (known?.radius === radius && known.sprites === scene.sprites) return known;
  const look = robotLook(robot);
  const sign = SIGNS[look];
  const made = {
    sprites: scene.sprites,
    look,
    radius,
    ring: scene.sprites.ring(robot.battery_fraction, radius),
    body: scene.sprites.body(robot.family, look, radius),
    badge: sign ? scene.sprites.badge(sign, look) : null,
  };
  stamps.set(robot, made);
  return made;
}

function isStale(scene: MovingScene, robot: Robot, nowMs: number): boolean {
  const track = scene.tracks.get(robot.id);
  return robot.activity === "moving" && robot.mode === "autonomous" && !robot.waiting && nowMs - (track?.heardMs ?? 0) > STALE_MS;
}

function halo(ctx: Context, x: number, y: number, radius: number, colour: string): void {
  ctx.beginPath();
  ctx.arc(x, y, radius, 0, 2 * Math.PI);
  ctx.globalAlpha = 0.18;
  ctx.fillStyle = colour;
  ctx.fill();
  ctx.globalAlpha = 1;
  ctx.lineWidth = 1.5;
  ctx.strokeStyle = colour;
  ctx.stroke();
}

/** Where a chosen robot came from: dots that fade. */
function drawTrail(ctx: Context, scene: MovingScene, { robot }: Drawn): void {
  const trail = scene.tracks.get(robot.id)?.trail ?? [];
  ctx.fillStyle = scene.palette.accent;
  trail.forEach(({ x, y }, index) => {
    ctx.globalAlpha = (0.6 * (index + 1)) / trail.length;
    ctx.beginPath();
    ctx.arc(...toPixel(scene.view, scene.size, x, y), 1.8, 0, 2 * Math.PI);
    ctx.fill();
  });
  ctx.globalAlpha = 1;
}

// -- paths ---------------------------------------------------------------------------------------------

function drawPaths(ctx: Context, scene: MovingScene, drawn: readonly Drawn[]): void {
  ctx.lineJoin = "round";
  ctx.strokeStyle = scene.palette.tones.moving;
  const weak = drawn.filter((item) => !isStrong(scene, item.robot));
  const strong = drawn.filter((item) => isStrong(scene, item.robot));
  ctx.globalAlpha = 0.55;
  strokePaths(ctx, scene, weak, 2);
  ctx.globalAlpha = 1;
  strokePaths(ctx, scene, strong, 3.5);
}

function strokePaths(ctx: Context, scene: MovingScene, drawn: readonly Drawn[], width: number): void {
  if (drawn.length === 0) return;
  ctx.lineWidth = width * 0.6;
  ctx.setLineDash([4, 5]);
  ctx.beginPath();
  for (const { robot, place } of drawn) line(ctx, scene, robot.path.at(-1) ?? [place.x, place.y], robot.horizon);
  ctx.stroke();
  ctx.setLineDash([]);
  ctx.lineWidth = width;
  ctx.beginPath();
  for (const { robot, place } of drawn) line(ctx, scene, [place.x, place.y], ahead(robot.path, place));
  ctx.stroke();
}

function line(ctx: Context, scene: MovingScene, start: readonly [number, number], points: readonly (readonly [number, number])[]): void {
  if (points.length === 0) return;
  ctx.moveTo(...toPixel(scene.view, scene.size, start[0], start[1]));
  for (const [x, y] of points) ctx.lineTo(...toPixel(scene.view, scene.size, x, y));
}

/** The released path from the stretch on which the robot is: what it has passed is not drawn again. */
export function ahead(path: readonly [number, number][], place: { x: number; y: number }): readonly [number, number][] {
  let best = 0;
  let bestDistance = Infinity;
  for (let index = 0; index + 1 < path.length; index += 1) {
    const distance = toStretch(path[index] as Pixel, path[index + 1] as Pixel, place);
    if (distance < bestDistance - 1e-6) {
      bestDistance = distance;
      best = index + 1;
    }
  }
  return path.slice(best);
}

function toStretch([x1, y1]: Pixel, [x2, y2]: Pixel, { x, y }: { x: number; y: number }): number {
  const length2 = (x2 - x1) ** 2 + (y2 - y1) ** 2;
  const share = length2 === 0 ? 0 : Math.min(Math.max(((x - x1) * (x2 - x1) + (y - y1) * (y2 - y1)) / length2, 0), 1);
  return Math.hypot(x - x1 - share * (x2 - x1), y - y1 - share * (y2 - y1));
}

// -- doors and lifts -------------------------------------------------------------------------------------

function drawDoor(ctx: Context, scene: MovingScene, door: Door): void {
  const state = scene.building.doors[door.id] ?? (door.automatic ? "unknown" : "open");
  const a = toPixel(scene.view, scene.size, ...door.start);
  const b = toPixel(scene.view, scene.size, ...door.end);
  const width = Math.min(Math.max(scene.view.pxPerM * 0.13, 1.4), 4);
  if (state === "open") leaves(ctx, a, b, scene.palette.door, width);
  else if (state === "moving") stroke(ctx, a, b, scene.palette.tones.waiting, width + 0.6, [3, 3]);
  else if (state === "stuck") stuck(ctx, a, b, scene.palette.tones.bad, width + 1);
  else if (state === "unknown") stroke(ctx, a, b, scene.palette.inkSoft, width, [1, 3]);
  else stroke(ctx, a, b, scene.palette.door, width + 0.8, []);
}

function stroke(ctx: Context, a: Pixel, b: Pixel, colour: string, width: number, dash: number[]): void {
  ctx.strokeStyle = colour;
  ctx.lineWidth = width;
  ctx.setLineDash(dash);
  ctx.beginPath();
  ctx.moveTo(...a);
  ctx.lineTo(...b);
  ctx.stroke();
  ctx.setLineDash([]);
}

/** Open: both leaves pulled back to the frame. */
function leaves(ctx: Context, a: Pixel, b: Pixel, colour: string, width: number): void {
  const part = (from: Pixel, to: Pixel): Pixel => [from[0] + (to[0] - from[0]) * 0.18, from[1] + (to[1] - from[1]) * 0.18];
  stroke(ctx, a, part(a, b), colour, width, []);
  stroke(ctx, b, part(b, a), colour, width, []);
}

function stuck(ctx: Context, a: Pixel, b: Pixel, colour: string, width: number): void {
  stroke(ctx, a, b, colour, width, []);
  const x = (a[0] + b[0]) / 2;
  const y = (a[1] + b[1]) / 2;
  stroke(ctx, [x - 5, y - 5], [x + 5, y + 5], colour, 2, []);
  stroke(ctx, [x - 5, y + 5], [x + 5, y - 5], colour, 2, []);
}

function drawLift(ctx: Context, scene: MovingScene, lift: Lift): void {
  const state = scene.building.lifts[lift.id];
  const here = state?.level === scene.plan.level.id;
  const [x, y] = toPixel(scene.view, scene.size, ...lift.center);
  const width = lift.width_m * scene.view.pxPerM;
  const depth = lift.depth_m * scene.view.pxPerM;
  ctx.save();
  ctx.translate(x, y);
  ctx.rotate(-lift.yaw_rad);
  cabin(ctx, width, depth, here, state?.available === false, scene.palette);
  ctx.restore();
  if (state) liftSign(ctx, scene, x, y, here, state, Math.max(width, depth));
  if (scene.closed.has(`lift:${lift.id}`)) crossOut(ctx, x, y, width / 2, depth / 2, scene.palette.tones.bad);
}

function crossOut(ctx: Context, x: number, y: number, halfWidth: number, halfDepth: number, colour: string): void {
  stroke(ctx, [x - halfWidth, y - halfDepth], [x + halfWidth, y + halfDepth], colour, 2.5, []);
  stroke(ctx, [x - halfWidth, y + halfDepth], [x + halfWidth, y - halfDepth], colour, 2.5, []);
}

function cabin(ctx: Context, width: number, depth: number, here: boolean, broken: boolean, palette: Palette): void {
  ctx.globalAlpha = here ? 0.9 : 0.5;
  ctx.fillStyle = here ? palette.halo : palette.roomStaff;
  ctx.fillRect(-width / 2, -depth / 2, width, depth);
  ctx.globalAlpha = 1;
  ctx.lineWidth = here ? 1.8 : 1;
  ctx.strokeStyle = broken ? palette.tones.bad : here ? palette.ink : palette.inkSoft;
  ctx.setLineDash(here ? [] : [3, 3]);
  ctx.strokeRect(-width / 2, -depth / 2, width, depth);
  ctx.setLineDash([]);
}

function liftSign(
  ctx: Context,
  scene: MovingScene,
  x: number,
  y: number,
  here: boolean,
  state: { level: string; doors: string; available: boolean; session: string },
  sizePx: number,
): void {
  if (sizePx < 18) return;
  ctx.font = `700 ${sizePx > 34 ? 11 : 9}px ${FONT}`;
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  ctx.fillStyle = state.available ? (here ? scene.palette.ink : scene.palette.inkSoft) : scene.palette.tones.bad;
  const doors = state.doors === "open" ? "◂ ▸" : state.doors === "closed" ? "▸◂" : "◂▸";
  ctx.fillText(!state.available ? "✕" : here ? doors : elsewhere(ctx, scene, state.level, sizePx), x, y);
}

/** Where the cabin is: the level's name if it fits into the shaft, else its id, else up or down. */
function elsewhere(ctx: Context, scene: MovingScene, level: string, widthPx: number): string {
  const fits = [scene.levelName(level), level].find((text) => ctx.measureText(text).width < widthPx - 3);
  return fits ?? (scene.isAbove(level) ? "▲" : "▼");
}

// -- what is under the pointer ----------------------------------------------------------------------------

const REACH_PX = 12;

export function robotUnder(drawn: readonly Drawn[], view: View, x: number, y: number): Robot | null {
  let best: Robot | null = null;
  let bestDistance = Infinity;
  for (const item of drawn) {
    const distance = Math.hypot(item.x - x, item.y - y) - robotRadius(item.robot, view);
    if (distance < Math.min(bestDistance, REACH_PX)) {
      best = item.robot;
      bestDistance = distance;
    }
  }
  return best;
}
