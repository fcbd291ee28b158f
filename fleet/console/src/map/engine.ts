// Two canvases: what stands still is drawn when the view changes, what moves in every frame in which something
// moved. Owns the view, the pointer and the frame loop; React only tells it what to show.
import type { Building, Robot } from "../api/types";
import { refsUnder, type Prepared } from "./drawing";
import type { Tracks } from "./motion";
import { placeAt } from "./motion";
import { drawMoving, robotUnder, type Drawn } from "./moving";
import type { Palette } from "./palette";
import type { LevelPlan } from "./plan";
import { Pointer } from "./pointer";
import { Sprites } from "./sprites";
import { Still } from "./still";
import { Underlay } from "./underlay";
import { fit, kept, pan, scaleBar, toMetres, zoomAt, type Pixel, type Size, type View } from "./view";

export interface MapInput {
  plan: LevelPlan;
  /** Null until it has come. */
  drawing: Prepared | null;
  /** Elements that are closed now, as the drawing names them. */
  closed: ReadonlySet<string>;
  robots: readonly Robot[];
  building: Building;
  selected: string | null;
  follow: boolean;
  language: string;
  palette: Palette;
  levelName: (id: string) => string;
  isAbove: (level: string) => boolean;
}

export interface MapCallbacks {
  onSelect: (robot: string | null) => void;
  /** What was tapped beside the robots: elements as the drawing names them, the nearest first. */
  onElements: (refs: string[]) => void;
  onHover: (robot: string | null) => void;
  /** The user took the view in hand: following ends. */
  onGrab: () => void;
  onScale: (metres: number, widthPx: number) => void;
}

const SCALE_PX_MAX = 110;
const TAP_REACH_PX = 8;
/** Share of the way to a followed robot that the view goes in one frame. */
const FOLLOW_EASE = 0.12;

export class MapEngine {
  private readonly base: HTMLCanvasElement;
  private readonly moving: HTMLCanvasElement;
  private readonly tracks: Tracks;
  private readonly callbacks: MapCallbacks;
  private readonly pointer: Pointer;
  private readonly observer: ResizeObserver;
  private input: MapInput | null = null;
  private sprites: Sprites | null = null;
  private underlay: Underlay | null = null;
  private readonly still = new Still();
  private contentDirty = true;
  private size: Size = { width: 0, height: 0 };
  private view: View | null = null;
  private views = new Map<string, View>();
  private fitted = true;
  private hovered: string | null = null;
  private drawn: Drawn[] = [];
  private baseDirty = true;
  private movingDirty = true;
  private seenVersion = -1;
  private frame = 0;

  constructor(base: HTMLCanvasElement, moving: HTMLCanvasElement, tracks: Tracks, callbacks: MapCallbacks) {
    this.base = base;
    this.moving = moving;
    this.tracks = tracks;
    this.callbacks = callbacks;
    this.pointer = new Pointer(moving, {
      onPan: (dx, dy) => this.panBy(dx, dy),
      onZoom: (pixel, factor) => this.zoomBy(factor, pixel),
      onTap: (pixel) => this.tap(pixel),
      onHover: (pixel) => this.hover(pixel),
    });
    this.observer = new ResizeObserver(() => this.resize());
    this.observer.observe(moving);
    this.frame = requestAnimationFrame(this.loop);
  }

  close(): void {
    cancelAnimationFrame(this.frame);
    this.observer.disconnect();
    this.pointer.close();
  }

  show(input: MapInput): void {
    const before = this.input;
    this.input = input;
    this.movingDirty = true;
    if (before?.palette !== input.palette) this.sprites = new Sprites(input.palette, ratio());
    if (before?.plan !== input.plan) this.switchLevel(before?.plan ?? null, input.plan);
    if (before?.drawing !== input.drawing) this.lay(input.drawing);
    const keys = ["plan", "drawing", "palette", "language", "closed"] as const;
    if (!before || keys.some((key) => before[key] !== input[key])) this.redraw();
  }

  fit(): void {
    if (!this.input || this.size.width === 0) return;
    this.fitted = true;
    this.setView(fit(this.input.plan.level.bounds, this.size));
  }

  zoomBy(factor: number, pixel: Pixel = [this.size.width / 2, this.size.height / 2]): void {
    if (!this.view || !this.input) return;
    const level = this.input.plan.level.bounds;
    this.fitted = false;
    this.setView(kept(zoomAt(this.view, this.size, pixel, factor, fit(level, this.size)), level));
  }

  panBy(dxPx: number, dyPx: number): void {
    if (!this.view || !this.input) return;
    this.fitted = false;
    this.callbacks.onGrab();
    this.setView(kept(pan(this.view, dxPx, dyPx), this.input.plan.level.bounds));
  }

  /** For tests: where a robot is drawn, in CSS pixels of the canvas; null when it is not in sight. */
  pixelOf(robot: string): Pixel | null {
    const found = this.drawn.find((item) => item.robot.id === robot);
    return found ? [found.x, found.y] : null;
  }

  /** The floor plan comes later than the drawing. */
  private lay(drawing: Prepared | null): void {
    this.underlay = drawing?.image ? new Underlay(drawing.drawing.level, () => this.redraw()) : null;
  }

  private redraw(): void {
    this.baseDirty = true;
    this.contentDirty = true;
  }

  private switchLevel(before: LevelPlan | null, plan: LevelPlan): void {
    const samePlace = before?.level.id === plan.level.id;
    if (samePlace) return;
    if (before && this.view) this.views.set(before.level.id, this.view);
    const shared = before && this.view && !this.fitted ? this.view : null;
    this.view = shared ?? this.views.get(plan.level.id) ?? null;
    if (!shared) this.fit();
    this.baseDirty = true;
  }

  private setView(view: View): void {
    this.view = view;
    this.baseDirty = true;
    const bar = scaleBar(view.pxPerM, SCALE_PX_MAX);
    this.callbacks.onScale(bar.metres, bar.widthPx);
  }

  private resize(): void {
    const { clientWidth: width, clientHeight: height } = this.moving;
    if (width === 0 || height === 0) return;
    this.size = { width, height };
    for (const canvas of [this.base, this.moving]) {
      canvas.width = Math.round(width * ratio());
      canvas.height = Math.round(height * ratio());
    }
    if (this.fitted || !this.view) this.fit();
    this.baseDirty = true;
    this.draw(performance.now()); // at once: a resized canvas is empty
  }

  private readonly loop = (nowMs: number): void => {
    this.frame = requestAnimationFrame(this.loop);
    const news = this.tracks.version !== this.seenVersion || nowMs < this.tracks.movingUntilMs + 50;
    if (this.baseDirty || this.movingDirty || news || this.input?.follow) this.draw(nowMs);
  };

  private draw(nowMs: number): void {
    const { input, sprites, size } = this;
    if (!input || !sprites || size.width === 0) return;
    if (!this.view) this.fit();
    this.followSelected(input, nowMs);
    const view = this.view;
    if (!view) return;
    if (this.baseDirty) this.drawBase(input, view);
    this.baseDirty = false;
    this.movingDirty = false;
    this.seenVersion = this.tracks.version;
    const scene = { ...input, view, size, sprites, tracks: this.tracks, hovered: this.hovered };
    this.drawn = drawMoving(context(this.moving), scene, nowMs);
  }

  private drawBase({ drawing, palette, language, closed }: MapInput, view: View): void {
    const ctx = context(this.base);
    if (!drawing) {
      ctx.clearRect(0, 0, this.size.width, this.size.height);
      return;
    }
    const scene = { drawing, underlay: this.underlay, view, size: this.size, palette, language, closed };
    this.still.draw(ctx, scene, ratio(), this.contentDirty);
    this.contentDirty = false;
  }

  private followSelected(input: MapInput, nowMs: number): void {
    const track = input.follow && input.selected ? this.tracks.get(input.selected) : undefined;
    if (!track || !this.view || track.level !== input.plan.level.id) return;
    const place = placeAt(track, nowMs);
    const dx = place.x - this.view.x;
    const dy = place.y - this.view.y;
    if (Math.hypot(dx, dy) * this.view.pxPerM < 0.5) return;
    this.fitted = false;
    this.setView({ ...this.view, x: this.view.x + dx * FOLLOW_EASE, y: this.view.y + dy * FOLLOW_EASE });
  }

  private tap([x, y]: Pixel): void {
    if (!this.view) return;
    const robot = robotUnder(this.drawn, this.view, x, y);
    this.callbacks.onSelect(robot?.id ?? null);
    const drawing = this.input?.drawing;
    if (!robot && drawing) this.callbacks.onElements(refsUnder(drawing, toMetres(this.view, this.size, x, y), TAP_REACH_PX / this.view.pxPerM));
  }

  private hover(pixel: Pixel | null): void {
    const robot = pixel && this.view ? robotUnder(this.drawn, this.view, pixel[0], pixel[1]) : null;
    const id = robot?.id ?? null;
    if (id === this.hovered) return;
    this.hovered = id;
    this.movingDirty = true;
    this.moving.style.cursor = id ? "pointer" : "grab";
    this.callbacks.onHover(id);
  }
}

function ratio(): number {
  return Math.min(window.devicePixelRatio || 1, 2);
}

function context(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
  const ctx = canvas.getContext("2d");
  if (!ctx) throw new Error("this browser has no 2D canvas");
  ctx.setTransform(ratio(), 0, 0, ratio(), 0, 0);
  return ctx;
}
