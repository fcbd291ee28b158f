// What stands still, kept as a picture with a margin around the view: while one only moves over the map, it is copied.
import { drawBase, type BaseScene } from "./base";
import type { View } from "./view";

type Context = CanvasRenderingContext2D;

/** Of the view's width and height, on each side. */
const MARGIN = 0.25;

export class Still {
  private readonly canvas = document.createElement("canvas");
  private scene: BaseScene | null = null;
  private marginX = 0;
  private marginY = 0;

  /** Draws the scene; `changed` says that more than the view has changed. ctx is scaled by the ratio. */
  draw(ctx: Context, scene: BaseScene, ratio: number, changed: boolean): void {
    const before = this.scene;
    const sameScale = !changed && before?.view.pxPerM === scene.view.pxPerM && before.size === scene.size;
    if (!sameScale) {
      // While one zooms, a margin would only cost time.
      this.paint(scene, ratio, 0);
    } else if (!this.covers(scene.view)) {
      this.paint(scene, ratio, MARGIN);
    }
    const [x, y] = this.shift(scene.view);
    const whole = (px: number) => Math.round(px * ratio) / ratio;
    ctx.drawImage(this.canvas, whole(x) - this.marginX, whole(y) - this.marginY, this.canvas.width / ratio, this.canvas.height / ratio);
  }

  private paint(scene: BaseScene, ratio: number, margin: number): void {
    const { size } = scene;
    this.marginX = Math.round(size.width * margin);
    this.marginY = Math.round(size.height * margin);
    const wide = { width: size.width + 2 * this.marginX, height: size.height + 2 * this.marginY };
    this.canvas.width = Math.round(wide.width * ratio);
    this.canvas.height = Math.round(wide.height * ratio);
    const ctx = this.canvas.getContext("2d") as Context;
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    drawBase(ctx, { ...scene, size: wide });
    this.scene = scene;
  }

  /** How far the picture must be moved for the view. */
  private shift(view: View): [number, number] {
    const kept = (this.scene as BaseScene).view;
    return [(kept.x - view.x) * view.pxPerM, (view.y - kept.y) * view.pxPerM];
  }

  private covers(view: View): boolean {
    const [x, y] = this.shift(view);
    return Math.abs(x) <= this.marginX && Math.abs(y) <= this.marginY;
  }
}
