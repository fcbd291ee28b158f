// The part of the map that stands still: floor, rooms, lanes, walls, names. Drawn when the view changes.
import type { Names, SiteNode } from "../api/types";
import { inLanguage } from "../format";
import { withoutOverlap, type Label } from "./labels";
import { roomFill, type Palette } from "./palette";
import { nameSpot, spanOf, type LevelPlan } from "./plan";
import { toPixel, type Pixel, type Size, type View } from "./view";

export interface BaseScene {
  plan: LevelPlan;
  view: View;
  size: Size;
  palette: Palette;
  language: string;
}

type Context = CanvasRenderingContext2D;

export const FONT = '"Inter", "Segoe UI", system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif';
const LANES_FROM_PX = 6;
const ARROWS_FROM_PX = 12;
const NODE_NAMES_FROM_PX = 11;
const STATION_NAMES_FROM_PX = 30;

export function drawBase(ctx: Context, scene: BaseScene): void {
  ctx.clearRect(0, 0, scene.size.width, scene.size.height);
  drawFloor(ctx, scene);
  drawRooms(ctx, scene);
  drawLanes(ctx, scene);
  drawWalls(ctx, scene);
  drawNodes(ctx, scene);
  drawLabels(ctx, scene);
}

function at(scene: BaseScene, x: number, y: number): Pixel {
  return toPixel(scene.view, scene.size, x, y);
}

/** The inside of the building, as a picture of one pixel a cell, stretched. */
function drawFloor(ctx: Context, scene: BaseScene): void {
  const { floor } = scene.plan;
  const picture = floorPicture(scene);
  const [left, bottom] = at(scene, floor.x, floor.y);
  const width = floor.columns * floor.cell * scene.view.pxPerM;
  const height = floor.rows * floor.cell * scene.view.pxPerM;
  ctx.imageSmoothingEnabled = true;
  ctx.drawImage(picture, left, bottom - height, width, height);
}

const pictures = new WeakMap<LevelPlan, Map<string, HTMLCanvasElement>>();

function floorPicture(scene: BaseScene): HTMLCanvasElement {
  const made = pictures.get(scene.plan) ?? new Map<string, HTMLCanvasElement>();
  pictures.set(scene.plan, made);
  const picture = made.get(scene.palette.room) ?? paintedFloor(scene);
  made.set(scene.palette.room, picture);
  return picture;
}

function paintedFloor({ plan: { floor }, palette }: BaseScene): HTMLCanvasElement {
  const picture = document.createElement("canvas");
  picture.width = floor.columns;
  picture.height = floor.rows;
  const ctx = picture.getContext("2d") as Context;
  ctx.fillStyle = palette.room;
  for (let row = 0; row < floor.rows; row += 1) {
    for (let column = 0; column < floor.columns; column += 1) {
      if (floor.inside[row * floor.columns + column]) ctx.fillRect(column, floor.rows - 1 - row, 1, 1);
    }
  }
  return picture;
}

function drawRooms(ctx: Context, scene: BaseScene): void {
  for (const room of scene.plan.rooms) {
    ctx.beginPath();
    for (const [x, y] of room.polygon) ctx.lineTo(...at(scene, x, y));
    ctx.closePath();
    ctx.fillStyle = roomFill(room.kind, scene.palette);
    ctx.fill();
  }
}

function drawLanes(ctx: Context, scene: BaseScene): void {
  if (scene.view.pxPerM < LANES_FROM_PX) return;
  ctx.strokeStyle = scene.palette.lane;
  ctx.lineWidth = 1;
  ctx.beginPath();
  for (const lane of scene.plan.lanes) {
    ctx.moveTo(...at(scene, lane.from.x_m, lane.from.y_m));
    ctx.lineTo(...at(scene, lane.to.x_m, lane.to.y_m));
  }
  ctx.stroke();
  if (scene.view.pxPerM >= ARROWS_FROM_PX) drawArrows(ctx, scene);
}

function drawArrows(ctx: Context, scene: BaseScene): void {
  ctx.fillStyle = scene.palette.lane;
  ctx.beginPath();
  for (const lane of scene.plan.lanes) {
    if (lane.twoWay) continue;
    const [x1, y1] = at(scene, lane.from.x_m, lane.from.y_m);
    const [x2, y2] = at(scene, lane.to.x_m, lane.to.y_m);
    if (Math.hypot(x2 - x1, y2 - y1) < 26) continue;
    arrow(ctx, (x1 + x2) / 2, (y1 + y2) / 2, Math.atan2(y2 - y1, x2 - x1));
  }
  ctx.fill();
}

function arrow(ctx: Context, x: number, y: number, angle: number): void {
  const point = (forward: number, side: number): Pixel => [
    x + forward * Math.cos(angle) - side * Math.sin(angle),
    y + forward * Math.sin(angle) + side * Math.cos(angle),
  ];
  ctx.moveTo(...point(4.5, 0));
  ctx.lineTo(...point(-3, 3.2));
  ctx.lineTo(...point(-3, -3.2));
  ctx.closePath();
}

function drawWalls(ctx: Context, scene: BaseScene): void {
  ctx.strokeStyle = scene.palette.wall;
  ctx.lineWidth = Math.min(Math.max(scene.view.pxPerM * 0.16, 1.2), 6);
  ctx.lineCap = "round";
  ctx.beginPath();
  for (const [x1, y1, x2, y2] of scene.plan.level.walls) {
    ctx.moveTo(...at(scene, x1, y1));
    ctx.lineTo(...at(scene, x2, y2));
  }
  ctx.stroke();
  ctx.lineCap = "butt";
}

function drawNodes(ctx: Context, scene: BaseScene): void {
  const size = Math.min(Math.max(scene.view.pxPerM * 0.32, 3), 8);
  for (const node of scene.plan.nodes) {
    const [x, y] = at(scene, node.x_m, node.y_m);
    if (node.kind === "charger") drawCharger(ctx, x, y, size, scene.palette);
    else if (node.kind === "parking") drawParking(ctx, x, y, size, scene.palette);
    else if (isNamed(node.names) && scene.view.pxPerM >= LANES_FROM_PX) drawNamed(ctx, x, y, size, scene.palette);
  }
}

function isNamed(names: Names): boolean {
  return Object.keys(names).length > 0;
}

function drawNamed(ctx: Context, x: number, y: number, size: number, palette: Palette): void {
  ctx.beginPath();
  ctx.arc(x, y, Math.max(size * 0.45, 1.8), 0, 2 * Math.PI);
  ctx.fillStyle = palette.inkSoft;
  ctx.fill();
}

function drawCharger(ctx: Context, x: number, y: number, size: number, palette: Palette): void {
  const s = size * 1.15;
  ctx.beginPath();
  ctx.moveTo(x + s * 0.25, y - s);
  ctx.lineTo(x - s * 0.6, y + s * 0.15);
  ctx.lineTo(x, y + s * 0.15);
  ctx.lineTo(x - s * 0.25, y + s);
  ctx.lineTo(x + s * 0.6, y - s * 0.15);
  ctx.lineTo(x, y - s * 0.15);
  ctx.closePath();
  ctx.fillStyle = palette.tones.good;
  ctx.fill();
}

function drawParking(ctx: Context, x: number, y: number, size: number, palette: Palette): void {
  ctx.strokeStyle = palette.inkSoft;
  ctx.lineWidth = 1;
  ctx.setLineDash([2, 2]);
  ctx.strokeRect(x - size, y - size, 2 * size, 2 * size);
  ctx.setLineDash([]);
}

function drawLabels(ctx: Context, scene: BaseScene): void {
  const rooms = roomLabels(ctx, scene);
  const nodes = scene.view.pxPerM >= NODE_NAMES_FROM_PX ? nodeLabels(ctx, scene) : [];
  const kept = new Set(withoutOverlap([...rooms, ...nodes]));
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  ctx.lineJoin = "round";
  ctx.font = roomFont(scene);
  for (const label of rooms) if (kept.has(label)) write(ctx, label, scene.palette.ink, scene.palette.halo);
  ctx.font = nodeFont();
  for (const label of nodes) if (kept.has(label)) write(ctx, label, scene.palette.inkSoft, scene.palette.halo);
}

function write(ctx: Context, label: Label, ink: string, halo: string): void {
  ctx.strokeStyle = halo;
  ctx.lineWidth = 3;
  ctx.strokeText(label.text, label.x, label.y);
  ctx.fillStyle = ink;
  ctx.fillText(label.text, label.x, label.y);
}

function roomFont(scene: BaseScene): string {
  return `600 ${Math.round(Math.min(Math.max(scene.view.pxPerM * 0.75, 10), 14))}px ${FONT}`;
}

function nodeFont(): string {
  return `500 10.5px ${FONT}`;
}

function roomLabels(ctx: Context, scene: BaseScene): Label[] {
  ctx.font = roomFont(scene);
  const labels: Label[] = [];
  for (const room of scene.plan.rooms) {
    const text = inLanguage(room.names, scene.language, room.id);
    const inside = scene.plan.nodes.filter((node) => within(node, room.polygon));
    const [x, y] = at(scene, ...nameSpot(room, inside));
    const width = ctx.measureText(text).width;
    const fits = width < spanOf(room.polygon).width * scene.view.pxPerM - 4;
    if (fits) labels.push({ text, x, y, width, height: 14 });
  }
  return labels;
}

function within(node: SiteNode, polygon: readonly (readonly [number, number])[]): boolean {
  const xs = polygon.map(([x]) => x);
  const ys = polygon.map(([, y]) => y);
  return node.x_m > Math.min(...xs) && node.x_m < Math.max(...xs) && node.y_m > Math.min(...ys) && node.y_m < Math.max(...ys);
}

/** Chargers and parking places have a sign; their names come when one looks closely. */
function nodeLabels(ctx: Context, scene: BaseScene): Label[] {
  ctx.font = nodeFont();
  const close = scene.view.pxPerM >= STATION_NAMES_FROM_PX;
  const shown = (node: SiteNode) => isNamed(node.names) && (close || (node.kind !== "charger" && node.kind !== "parking"));
  return scene.plan.nodes.filter(shown).map((node) => nodeLabel(ctx, scene, node));
}

function nodeLabel(ctx: Context, scene: BaseScene, node: SiteNode): Label {
  const text = inLanguage(node.names, scene.language, node.id);
  const [x, y] = at(scene, node.x_m, node.y_m);
  return { text, x, y: y + 13, width: ctx.measureText(text).width, height: 12 };
}
