// Mouse, pen and fingers on the map: drag, pinch, wheel, tap, hover.
import type { Pixel } from "./view";

export interface PointerCallbacks {
  onPan: (dxPx: number, dyPx: number) => void;
  onZoom: (pixel: Pixel, factor: number) => void;
  onTap: (pixel: Pixel) => void;
  onHover: (pixel: Pixel | null) => void;
}

const TAP_PX_MAX = 5;
const WHEEL_RATE = 0.0016;

export class Pointer {
  private readonly element: HTMLElement;
  private readonly callbacks: PointerCallbacks;
  private readonly down = new Map<number, Pixel>();
  private movedPx = 0;
  private readonly abort = new AbortController();

  constructor(element: HTMLElement, callbacks: PointerCallbacks) {
    this.element = element;
    this.callbacks = callbacks;
    const signal = this.abort.signal;
    element.addEventListener("pointerdown", (event) => this.press(event), { signal });
    element.addEventListener("pointermove", (event) => this.move(event), { signal });
    element.addEventListener("pointerup", (event) => this.release(event, true), { signal });
    element.addEventListener("pointercancel", (event) => this.release(event, false), { signal });
    element.addEventListener("pointerleave", () => callbacks.onHover(null), { signal });
    element.addEventListener("wheel", (event) => this.wheel(event), { signal, passive: false });
  }

  close(): void {
    this.abort.abort();
  }

  private at(event: MouseEvent): Pixel {
    const box = this.element.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  private press(event: PointerEvent): void {
    if (event.button !== 0) return;
    this.element.setPointerCapture(event.pointerId);
    if (this.down.size === 0) this.movedPx = 0;
    this.down.set(event.pointerId, this.at(event));
  }

  private move(event: PointerEvent): void {
    const to = this.at(event);
    const from = this.down.get(event.pointerId);
    if (!from) {
      this.callbacks.onHover(to);
      return;
    }
    this.movedPx += Math.hypot(to[0] - from[0], to[1] - from[1]);
    const other = [...this.down].find(([id]) => id !== event.pointerId)?.[1];
    if (other) this.pinch(from, to, other);
    else if (this.movedPx > TAP_PX_MAX) this.callbacks.onPan(to[0] - from[0], to[1] - from[1]);
    this.down.set(event.pointerId, to);
  }

  private pinch(from: Pixel, to: Pixel, other: Pixel): void {
    const before = Math.hypot(from[0] - other[0], from[1] - other[1]);
    const after = Math.hypot(to[0] - other[0], to[1] - other[1]);
    if (before < 1) return;
    this.callbacks.onPan((to[0] - from[0]) / 2, (to[1] - from[1]) / 2);
    this.callbacks.onZoom([(to[0] + other[0]) / 2, (to[1] + other[1]) / 2], after / before);
  }

  private release(event: PointerEvent, tap: boolean): void {
    const known = this.down.delete(event.pointerId);
    if (known && tap && this.down.size === 0 && this.movedPx <= TAP_PX_MAX) this.callbacks.onTap(this.at(event));
  }

  private wheel(event: WheelEvent): void {
    event.preventDefault();
    const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
    this.callbacks.onZoom(this.at(event), Math.exp(-event.deltaY * lines * WHEEL_RATE));
  }
}
