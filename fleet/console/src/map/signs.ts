// The signs of places, in pixels: a charger's bolt, a parking place, a hold point, arrows of one-way lanes.
import type { DrawnSign } from "../api/types";
import type { Palette } from "./palette";
import type { Pixel } from "./view";

type Context = CanvasRenderingContext2D;

/** From this zoom on points without a name are drawn. */
const WAYPOINTS_FROM_PX = 30;

export function drawSign(ctx: Context, sign: DrawnSign, [x, y]: Pixel, size: number, pxPerM: number, palette: Palette): void {
  const words = sign.look.split(" ");
  const kind = words[1] ?? "";
  if (kind === "charger") drawCharger(ctx, x, y, size, palette);
  else if (kind === "parking") drawParking(ctx, x, y, size, palette);
  else if (kind === "hold_point") drawHoldPoint(ctx, x, y, size, palette);
  else if (kind === "checkpoint") drawDiamond(ctx, x, y, Math.max(size * 0.6, 2.4), palette.inkSoft);
  else if (words.includes("named") || kind === "room_entrance") drawDot(ctx, x, y, Math.max(size * 0.45, 1.8), palette.inkSoft);
  else if (pxPerM >= WAYPOINTS_FROM_PX) drawDot(ctx, x, y, 1.5, palette.lane);
}

/** Whether the sign is drawn however far one is away. */
export function isStation(look: string): boolean {
  const kind = look.split(" ")[1];
  return kind === "charger" || kind === "parking";
}

function drawDot(ctx: Context, x: number, y: number, radius: number, colour: string): void {
  ctx.beginPath();
  ctx.arc(x, y, radius, 0, 2 * Math.PI);
  ctx.fillStyle = colour;
  ctx.fill();
}

function drawDiamond(ctx: Context, x: number, y: number, radius: number, colour: string): void {
  diamond(ctx, x, y, radius);
  ctx.fillStyle = colour;
  ctx.fill();
}

function diamond(ctx: Context, x: number, y: number, radius: number): void {
  ctx.beginPath();
  ctx.moveTo(x, y - radius);
  ctx.lineTo(x + radius, y);
  ctx.lineTo(x, y + radius);
  ctx.lineTo(x - radius, y);
  ctx.closePath();
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

/** A diamond with two bars: here one stands and waits. */
function drawHoldPoint(ctx: Context, x: number, y: number, size: number, palette: Palette): void {
  diamond(ctx, x, y, size * 1.1);
  ctx.strokeStyle = palette.inkSoft;
  ctx.lineWidth = 1.2;
  ctx.stroke();
  ctx.fillStyle = palette.inkSoft;
  ctx.fillRect(x - size * 0.38, y - size * 0.4, size * 0.26, size * 0.8);
  ctx.fillRect(x + size * 0.12, y - size * 0.4, size * 0.26, size * 0.8);
}

/** Adds an arrow to the path; the angle is the screen's, clockwise. */
export function arrow(ctx: Context, x: number, y: number, angle: number, size = 1): void {
  const point = (forward: number, side: number): Pixel => [
    x + size * (forward * Math.cos(angle) - side * Math.sin(angle)),
    y + size * (forward * Math.sin(angle) + side * Math.cos(angle)),
  ];
  ctx.moveTo(...point(4.5, 0));
  ctx.lineTo(...point(-3, 3.2));
  ctx.lineTo(...point(-3, -3.2));
  ctx.closePath();
}
