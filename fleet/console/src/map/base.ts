// The part of the map that stands still: the level's drawing in the page's colours. Drawn when the view changes.
import type { DrawnLabel } from "../api/types";
import { inLanguage } from "../format";
import { nameSpots, spanOf, type Figure, type Prepared } from "./drawing";
import { overlap, type Label } from "./labels";
import { paintOf, type Paint, type Palette } from "./palette";
import { arrow, drawSign, isStation } from "./signs";
import type { Underlay } from "./underlay";
import { toPixel, type Pixel, type Size, type View } from "./view";

export interface BaseScene {
  drawing: Prepared;
  underlay: Underlay | null;
  view: View;
  size: Size;
  palette: Palette;
  language: string;
  /** Elements that are closed now: "edge:a>b", "zone:z". */
  closed: ReadonlySet<string>;
}

type Context = CanvasRenderingContext2D;

export const FONT = '"Inter", "Segoe UI", system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif';
/** Lanes are left out where half of them are shorter on the screen. */
const LANE_PX_MIN = 12;
const ARROW_PX_MIN = 26;
const NODE_NAMES_FROM_PX = 11;
const STATION_NAMES_FROM_PX = 30;
const ZONE_NAMES_FROM_PX = 8;
const COMPARTMENT_NAMES_FROM_PX = 24;

export function drawBase(ctx: Context, scene: BaseScene): void {
  ctx.fillStyle = scene.palette.floor;
  ctx.fillRect(0, 0, scene.size.width, scene.size.height);
  for (const { name } of scene.drawing.drawing.layers) {
    if (name === "floor_plan") drawUnderlay(ctx, scene);
    else if (name === "arrows") drawArrows(ctx, scene);
    else if (name === "nodes") drawNodes(ctx, scene);
    else if (name !== "lanes" || showsLanes(scene)) drawFigures(ctx, scene, name);
  }
  drawClosed(ctx, scene);
  drawLabels(ctx, scene);
}

function at(scene: BaseScene, x: number, y: number): Pixel {
  return toPixel(scene.view, scene.size, x, y);
}

function showsLanes({ drawing, view }: BaseScene): boolean {
  return drawing.laneM * view.pxPerM >= LANE_PX_MIN;
}

// -- areas and lines -------------------------------------------------------------------------------------

interface Bundle {
  layer: string;
  look: string;
  kind: Figure["kind"];
  path: Path2D;
}

/** Paths in metres, one for all neighbours of the same look: a whole level is some dozen strokes. */
const bundles = new WeakMap<Prepared, readonly Bundle[]>();

function bundlesOf(drawing: Prepared): readonly Bundle[] {
  const known = bundles.get(drawing);
  if (known) return known;
  const made: Bundle[] = [];
  for (const figure of drawing.figures) {
    let last = made.at(-1);
    // Areas that lie on each other must not become holes of one path.
    if (last?.layer !== figure.layer || last.look !== figure.look || figure.layer === "zones") {
      last = { layer: figure.layer, look: figure.look, kind: figure.kind, path: new Path2D() };
      made.push(last);
    }
    trace(last.path, figure);
  }
  bundles.set(drawing, made);
  return made;
}

function trace(path: Path2D, figure: Figure): void {
  figure.points.forEach(([x, y], index) => (index === 0 ? path.moveTo(x, y) : path.lineTo(x, y)));
  if (figure.kind === "area") path.closePath();
}

/** The path in pixels of the screen. */
function onScreen(scene: BaseScene, path: Path2D): Path2D {
  const { pxPerM } = scene.view;
  const moved = new Path2D();
  moved.addPath(path, new DOMMatrix([pxPerM, 0, 0, -pxPerM, ...at(scene, 0, 0)]));
  return moved;
}

function drawFigures(ctx: Context, scene: BaseScene, layer: string): void {
  for (const bundle of bundlesOf(scene.drawing)) {
    if (bundle.layer === layer) paint(ctx, scene, onScreen(scene, bundle.path), paintOf(bundle.look, scene.palette));
  }
}

function paint(ctx: Context, scene: BaseScene, path: Path2D, how: Paint): void {
  if (how.fill) {
    ctx.globalAlpha = how.alpha ?? 1;
    ctx.fillStyle = how.fill;
    ctx.fill(path);
    ctx.globalAlpha = 1;
  }
  if (how.hatch && how.stroke) hatch(ctx, path, how.stroke);
  if (!how.stroke) return;
  const { pxPerM } = scene.view;
  ctx.lineCap = how.dash ? "butt" : "round";
  ctx.lineJoin = "round";
  ctx.strokeStyle = how.stroke;
  ctx.lineWidth = how.widthM ? Math.min(Math.max(how.widthM * pxPerM, how.width ?? 1), how.widthMax ?? 6) : (how.width ?? 1);
  ctx.setLineDash(how.dash ?? []);
  ctx.stroke(path);
  ctx.setLineDash([]);
  ctx.lineCap = "butt";
}

const HATCH_PX = 9;
const hatches = new Map<string, HTMLCanvasElement>();

function hatch(ctx: Context, path: Path2D, colour: string): void {
  const pattern = ctx.createPattern(hatchTile(colour), "repeat");
  if (!pattern) return;
  ctx.globalAlpha = 0.45;
  ctx.fillStyle = pattern;
  ctx.fill(path);
  ctx.globalAlpha = 1;
}

function hatchTile(colour: string): HTMLCanvasElement {
  const known = hatches.get(colour);
  if (known) return known;
  const tile = document.createElement("canvas");
  tile.width = tile.height = HATCH_PX;
  const ctx = tile.getContext("2d") as Context;
  ctx.strokeStyle = colour;
  ctx.lineWidth = 0.8;
  ctx.beginPath();
  for (const shift of [-HATCH_PX, 0, HATCH_PX]) {
    ctx.moveTo(shift - 1, HATCH_PX + 1);
    ctx.lineTo(shift + HATCH_PX + 1, -1);
  }
  ctx.stroke();
  hatches.set(colour, tile);
  return tile;
}

function drawUnderlay(ctx: Context, scene: BaseScene): void {
  const { image } = scene.drawing;
  if (!image || !scene.underlay) return;
  const unit = image.scale * scene.view.pxPerM;
  ctx.save();
  ctx.translate(...at(scene, ...(image.origin as [number, number])));
  ctx.rotate(-image.yaw);
  ctx.scale(unit, -unit);
  scene.underlay.draw(ctx, scene.palette.dark);
  ctx.restore();
}

/** Closed: hatched and crossed in the colour of trouble, so that no colour alone says it. */
function drawClosed(ctx: Context, scene: BaseScene): void {
  if (scene.closed.size === 0) return;
  const colour = scene.palette.tones.bad;
  for (const figure of scene.drawing.figures) {
    if (!figure.refs.some((ref) => scene.closed.has(ref))) continue;
    const path = new Path2D();
    trace(path, figure);
    const isArea = figure.kind === "area";
    paint(ctx, scene, onScreen(scene, path), { ...(isArea ? { fill: colour, alpha: 0.14, hatch: true } : {}), stroke: colour, width: 2, dash: isArea ? [7, 4] : [5, 4] });
    if (!isArea) cross(ctx, middle(scene, figure), colour);
  }
}

function middle(scene: BaseScene, figure: Figure): Pixel {
  const { x, y } = spanOf(figure.points);
  return at(scene, x, y);
}

function cross(ctx: Context, [x, y]: Pixel, colour: string): void {
  ctx.strokeStyle = colour;
  ctx.lineWidth = 2.2;
  ctx.beginPath();
  for (const side of [-5, 5]) {
    ctx.moveTo(x - 5, y - side);
    ctx.lineTo(x + 5, y + side);
  }
  ctx.stroke();
}

// -- signs -----------------------------------------------------------------------------------------------

function drawArrows(ctx: Context, scene: BaseScene): void {
  const { pxPerM } = scene.view;
  ctx.fillStyle = scene.palette.lane;
  ctx.beginPath();
  for (const { sign, lengthM } of scene.drawing.arrows) {
    const isZone = lengthM === Infinity;
    if (isZone || (lengthM * pxPerM >= ARROW_PX_MIN && showsLanes(scene))) {
      arrow(ctx, ...at(scene, ...(sign.at as [number, number])), -(sign.yaw_rad ?? 0), isZone ? 1.8 : 1);
    }
  }
  ctx.fill();
}

function drawNodes(ctx: Context, scene: BaseScene): void {
  const size = Math.min(Math.max(scene.view.pxPerM * 0.32, 3), 8);
  for (const sign of scene.drawing.nodes) {
    if (isStation(sign.look) || showsLanes(scene)) {
      drawSign(ctx, sign, at(scene, ...(sign.at as [number, number])), size, scene.view.pxPerM, scene.palette);
    }
  }
}

// -- names -----------------------------------------------------------------------------------------------

const LETTERS_PX = { room: 14, other: 12 };

function drawLabels(ctx: Context, scene: BaseScene): void {
  const taken: Label[] = scene.drawing.nodes.filter((sign) => isStation(sign.look) || sign.look.includes("named")).map((sign) => signBox(scene, sign.at));
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  ctx.lineJoin = "round";
  for (const label of scene.drawing.labels) {
    if (!isShown(label, scene)) continue;
    ctx.font = fontOf(label, scene);
    const placed = spotFor(ctx, label, scene, taken);
    if (!placed) continue;
    taken.push(placed);
    write(ctx, placed, label.look.startsWith("name room") ? scene.palette.ink : scene.palette.inkSoft, scene.palette.halo);
  }
}

function signBox(scene: BaseScene, point: readonly [number, number]): Label {
  const [x, y] = at(scene, point[0], point[1]);
  return { text: "", x, y, width: 7, height: 7 };
}

/** Chargers and parking places have a sign; their names come when one looks closely. Lifts say themselves what they do. */
function isShown(label: DrawnLabel, { view }: BaseScene): boolean {
  const [, what, kind] = label.look.split(" ");
  if (what === "room") return true;
  if (what === "zone") return view.pxPerM >= (kind === "fire_compartment" ? COMPARTMENT_NAMES_FROM_PX : ZONE_NAMES_FROM_PX);
  if (what !== "node") return false;
  const close = kind === "charger" || kind === "parking" || kind === "hold_point" ? STATION_NAMES_FROM_PX : NODE_NAMES_FROM_PX;
  return view.pxPerM >= close;
}

function fontOf(label: DrawnLabel, scene: BaseScene): string {
  if (!label.look.startsWith("name room")) return `500 10.5px ${FONT}`;
  return `600 ${Math.round(Math.min(Math.max(scene.view.pxPerM * 0.75, 10), LETTERS_PX.room))}px ${FONT}`;
}

function spotFor(ctx: Context, label: DrawnLabel, scene: BaseScene, taken: readonly Label[]): Label | null {
  const text = inLanguage(label.names, scene.language, label.refs[0] ?? "");
  const width = ctx.measureText(text).width;
  const height = label.look.startsWith("name room") ? LETTERS_PX.room : LETTERS_PX.other;
  if (label.within.length > 0 && width > spanOf(label.within).width * scene.view.pxPerM - 4) return null;
  const spots = label.within.length > 0 ? nameSpots(label.within).map(([x, y]) => at(scene, x, y)) : beside(at(scene, label.at[0], label.at[1]), width);
  const boxes = spots.map(([x, y]) => ({ text, x, y, width, height }));
  return boxes.find((box) => !taken.some((other) => overlap(box, other))) ?? null;
}

/** Under the point, over it, right and left of it. */
function beside([x, y]: Pixel, width: number): Pixel[] {
  return [[x, y + 13], [x, y - 13], [x + width / 2 + 9, y], [x - width / 2 - 9, y]];
}

function write(ctx: Context, label: Label, ink: string, halo: string): void {
  ctx.strokeStyle = halo;
  ctx.lineWidth = 3;
  ctx.strokeText(label.text, label.x, label.y);
  ctx.fillStyle = ink;
  ctx.fillText(label.text, label.x, label.y);
}
