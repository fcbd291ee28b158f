// The floor plan under a level: white paper with dark lines, so it is multiplied in the light, inverted in the dark.
import { API } from "../api/client";

type Context = CanvasRenderingContext2D;

export class Underlay {
  private readonly made = new Map<boolean, HTMLCanvasElement>();
  private image: HTMLImageElement | null = null;

  /** `onReady` is called once when the picture is there; a picture that does not come is left out. */
  constructor(level: string, onReady: () => void) {
    const image = new Image();
    image.addEventListener("load", () => {
      this.image = image;
      onReady();
    });
    image.src = `${API}/site/levels/${encodeURIComponent(level)}/floor_plan`;
  }

  /** Draws it with the bottom left corner at (0, 0) and a pixel a unit, y up. */
  draw(ctx: Context, dark: boolean): void {
    if (!this.image) return;
    const picture = this.picture(this.image, dark);
    ctx.globalCompositeOperation = dark ? "screen" : "multiply";
    ctx.globalAlpha = dark ? 0.32 : 0.42;
    ctx.scale(1, -1);
    ctx.drawImage(picture, 0, -picture.height);
    ctx.globalCompositeOperation = "source-over";
    ctx.globalAlpha = 1;
  }

  private picture(image: HTMLImageElement, dark: boolean): HTMLCanvasElement {
    const made = this.made.get(dark) ?? painted(image, dark);
    this.made.set(dark, made);
    return made;
  }
}

function painted(image: HTMLImageElement, dark: boolean): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  canvas.width = image.naturalWidth;
  canvas.height = image.naturalHeight;
  const ctx = canvas.getContext("2d") as Context;
  ctx.filter = "grayscale(1)";
  ctx.drawImage(image, 0, 0);
  ctx.filter = "none";
  if (dark) {
    ctx.globalCompositeOperation = "difference";
    ctx.fillStyle = "#fff";
    ctx.fillRect(0, 0, canvas.width, canvas.height);
  }
  return canvas;
}
