// Robots are drawn once per family, look and size, then stamped: 500 of them cost a few milliseconds a frame.
import type { RobotLook } from "../parts/looks";
import { robotTone } from "../parts/looks";
import { FONT } from "./base";
import type { Palette } from "./palette";

type Context = CanvasRenderingContext2D;
export type Sprite = HTMLCanvasElement;

const RING_STEPS = 25;
const LOW_FRACTION = 0.25;
const EMPTY_FRACTION = 0.1;

export class Sprites {
  private readonly sprites = new Map<string, Sprite>();
  private readonly palette: Palette;
  private readonly ratio: number;

  constructor(palette: Palette, ratio: number) {
    this.palette = palette;
    this.ratio = ratio;
  }

  /** The body, nose to the right (east). radius in px. */
  body(family: string, look: RobotLook, radius: number): Sprite {
    return this.made(`body ${family} ${look} ${radius}`, radius * 2 + 8, (ctx) =>
      drawBody(ctx, family, look, radius, this.palette),
    );
  }

  /** Battery: a ring round the body, from the top, clockwise. */
  ring(fraction: number, radius: number): Sprite {
    const step = Math.round(fraction * RING_STEPS);
    return this.made(`ring ${step} ${radius}`, radius * 2 + 12, (ctx) =>
      drawRing(ctx, step / RING_STEPS, radius + 3, this.palette),
    );
  }

  /** A sign beside the body, for looks that a colour alone must not tell. */
  badge(sign: string, look: RobotLook): Sprite {
    return this.made(`badge ${sign} ${look}`, 18, (ctx) => drawBadge(ctx, sign, this.palette.tones[robotTone(look)]));
  }

  label(text: string, strong: boolean): Sprite {
    const key = `label ${text} ${strong}`;
    return this.sprites.get(key) ?? this.keep(key, labelSprite(text, strong, this.palette, this.ratio));
  }

  sizeOf(sprite: Sprite): [width: number, height: number] {
    return [sprite.width / this.ratio, sprite.height / this.ratio];
  }

  stamp(ctx: Context, sprite: Sprite, x: number, y: number): void {
    const width = sprite.width / this.ratio;
    const height = sprite.height / this.ratio;
    ctx.drawImage(sprite, x - width / 2, y - height / 2, width, height);
  }

  /** Turned by an angle (clockwise on the screen) about its middle. */
  stampTurned(ctx: Context, sprite: Sprite, x: number, y: number, angle: number): void {
    const cos = Math.cos(angle) * this.ratio;
    const sin = Math.sin(angle) * this.ratio;
    ctx.setTransform(cos, sin, -sin, cos, x * this.ratio, y * this.ratio);
    this.stamp(ctx, sprite, 0, 0);
    ctx.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
  }

  private made(key: string, size: number, draw: (ctx: Context) => void): Sprite {
    return this.sprites.get(key) ?? this.keep(key, square(size, this.ratio, draw));
  }

  private keep(key: string, sprite: Sprite): Sprite {
    this.sprites.set(key, sprite);
    return sprite;
  }
}

function square(size: number, ratio: number, draw: (ctx: Context) => void): Sprite {
  const sprite = document.createElement("canvas");
  sprite.width = Math.ceil(size * ratio);
  sprite.height = sprite.width;
  const ctx = sprite.getContext("2d") as Context;
  ctx.translate(sprite.width / 2, sprite.height / 2);
  ctx.scale(ratio, ratio);
  draw(ctx);
  return sprite;
}

/** The outline of a family: patrol an arrow head, disinfection a hexagon, guide a drop, service a box. */
export function outline(ctx: Pick<Context, "moveTo" | "lineTo" | "arc" | "closePath">, family: string, r: number): void {
  if (family === "patrol") polygon(ctx, [[1.08, 0], [-0.78, 0.82], [-0.42, 0], [-0.78, -0.82]], r);
  else if (family === "disinfection") polygon(ctx, hexagon(), r);
  else if (family === "guide") drop(ctx, r);
  else polygon(ctx, [[1.08, 0], [0.62, 0.7], [-0.82, 0.7], [-0.82, -0.7], [0.62, -0.7]], r);
}

function hexagon(): [number, number][] {
  return [0, 1, 2, 3, 4, 5].map((corner) => {
    const angle = (corner * Math.PI) / 3;
    return [Math.cos(angle) * (corner === 0 ? 1.12 : 0.95), Math.sin(angle) * 0.95];
  });
}

function drop(ctx: Pick<Context, "moveTo" | "lineTo" | "arc" | "closePath">, r: number): void {
  ctx.moveTo(1.12 * r, 0);
  ctx.arc(-0.08 * r, 0, 0.84 * r, 0.72, 2 * Math.PI - 0.72);
  ctx.closePath();
}

function polygon(ctx: Pick<Context, "moveTo" | "lineTo" | "closePath">, corners: number[][], r: number): void {
  corners.forEach(([x, y], index) => {
    if (index === 0) ctx.moveTo((x ?? 0) * r, (y ?? 0) * r);
    else ctx.lineTo((x ?? 0) * r, (y ?? 0) * r);
  });
  ctx.closePath();
}

function drawBody(ctx: Context, family: string, look: RobotLook, radius: number, palette: Palette): void {
  const tone = palette.tones[robotTone(look)];
  ctx.lineJoin = "round";
  ctx.beginPath();
  outline(ctx, family, radius);
  ctx.fillStyle = look === "lost" || look === "offline" ? palette.halo : tone;
  ctx.fill();
  if (look === "lost" || look === "offline") hatch(ctx, family, radius, tone);
  ctx.lineWidth = look === "lost" ? 1.6 : 1.2;
  ctx.strokeStyle = look === "lost" || look === "offline" ? tone : palette.dark ? "#0b1013" : "#ffffff";
  if (look === "lost") ctx.setLineDash([3, 2]);
  ctx.stroke();
  ctx.setLineDash([]);
  nose(ctx, radius, look === "lost" || look === "offline" ? tone : palette.dark ? "#0b1013" : "#ffffff");
}

function nose(ctx: Context, radius: number, colour: string): void {
  ctx.beginPath();
  ctx.arc(radius * 0.42, 0, Math.max(radius * 0.17, 1.4), 0, 2 * Math.PI);
  ctx.fillStyle = colour;
  ctx.fill();
}

function hatch(ctx: Context, family: string, radius: number, tone: string): void {
  ctx.save();
  ctx.beginPath();
  outline(ctx, family, radius);
  ctx.clip();
  ctx.strokeStyle = tone;
  ctx.lineWidth = 1.2;
  ctx.beginPath();
  for (let offset = -2 * radius; offset <= 2 * radius; offset += 4) {
    ctx.moveTo(offset - radius, -radius);
    ctx.lineTo(offset + radius, radius);
  }
  ctx.stroke();
  ctx.restore();
}

function drawRing(ctx: Context, fraction: number, radius: number, palette: Palette): void {
  ctx.lineWidth = 2;
  ctx.strokeStyle = palette.halo;
  ctx.beginPath();
  ctx.arc(0, 0, radius, 0, 2 * Math.PI);
  ctx.stroke();
  ctx.strokeStyle = palette.lane;
  ctx.stroke();
  ctx.strokeStyle = batteryColour(fraction, palette);
  ctx.beginPath();
  ctx.arc(0, 0, radius, -Math.PI / 2, -Math.PI / 2 + 2 * Math.PI * fraction);
  ctx.stroke();
}

function batteryColour(fraction: number, palette: Palette): string {
  if (fraction <= EMPTY_FRACTION) return palette.tones.bad;
  return fraction <= LOW_FRACTION ? palette.tones.waiting : palette.ink;
}

function drawBadge(ctx: Context, sign: string, tone: string): void {
  ctx.beginPath();
  ctx.arc(0, 0, 7, 0, 2 * Math.PI);
  ctx.fillStyle = "#ffffff";
  ctx.fill();
  ctx.strokeStyle = tone;
  ctx.lineWidth = 1.5;
  ctx.stroke();
  ctx.fillStyle = "#10181d";
  ctx.font = `700 10px ${FONT}`;
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  ctx.fillText(sign, 0, 0.5);
}

function labelSprite(text: string, strong: boolean, palette: Palette, ratio: number): Sprite {
  const sprite = document.createElement("canvas");
  const ctx = sprite.getContext("2d") as Context;
  const font = `${strong ? 700 : 600} 11px ${FONT}`;
  ctx.font = font;
  const width = ctx.measureText(text).width + 10;
  sprite.width = Math.ceil(width * ratio);
  sprite.height = Math.ceil(17 * ratio);
  ctx.scale(ratio, ratio);
  ctx.beginPath();
  ctx.roundRect(0.5, 0.5, width - 1, 16, 4);
  ctx.fillStyle = strong ? palette.accent : palette.halo;
  ctx.globalAlpha = strong ? 1 : 0.82;
  ctx.fill();
  ctx.globalAlpha = 1;
  ctx.font = font;
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  ctx.fillStyle = strong ? (palette.dark ? "#06121a" : "#ffffff") : palette.ink;
  ctx.fillText(text, width / 2, 9);
  return sprite;
}
