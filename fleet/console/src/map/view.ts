// From metres to pixels and back. Pure.

export interface View {
  /** Metres at the middle of the canvas. */
  x: number;
  y: number;
  pxPerM: number;
}

export interface Size {
  width: number;
  height: number;
}

export type Bounds = readonly [xMin: number, yMin: number, xMax: number, yMax: number];
export type Pixel = [x: number, y: number];

const PX_PER_M_MAX = 160;
const ZOOM_OUT_MAX = 3;

export function toPixel(view: View, size: Size, xM: number, yM: number): Pixel {
  return [(xM - view.x) * view.pxPerM + size.width / 2, size.height / 2 - (yM - view.y) * view.pxPerM];
}

export function toMetres(view: View, size: Size, xPx: number, yPx: number): [number, number] {
  return [view.x + (xPx - size.width / 2) / view.pxPerM, view.y - (yPx - size.height / 2) / view.pxPerM];
}

export function fit(bounds: Bounds, size: Size, paddingPx = 24): View {
  const [xMin, yMin, xMax, yMax] = bounds;
  const width = Math.max(size.width - 2 * paddingPx, 40);
  const height = Math.max(size.height - 2 * paddingPx, 40);
  const pxPerM = Math.min(width / Math.max(xMax - xMin, 1), height / Math.max(yMax - yMin, 1), PX_PER_M_MAX);
  return { x: (xMin + xMax) / 2, y: (yMin + yMax) / 2, pxPerM };
}

/** Zooms by factor; the point under the pixel stays where it is. */
export function zoomAt(view: View, size: Size, pixel: Pixel, factor: number, fitted: View): View {
  const pxPerM = Math.min(Math.max(view.pxPerM * factor, fitted.pxPerM / ZOOM_OUT_MAX), PX_PER_M_MAX);
  const [xM, yM] = toMetres(view, size, pixel[0], pixel[1]);
  const ratio = view.pxPerM / pxPerM;
  return { x: xM + (view.x - xM) * ratio, y: yM + (view.y - yM) * ratio, pxPerM };
}

export function pan(view: View, dxPx: number, dyPx: number): View {
  return { ...view, x: view.x - dxPx / view.pxPerM, y: view.y + dyPx / view.pxPerM };
}

/** The middle of the view is kept over the level, so that nobody gets lost in emptiness. */
export function kept(view: View, bounds: Bounds): View {
  const [xMin, yMin, xMax, yMax] = bounds;
  return {
    ...view,
    x: Math.min(Math.max(view.x, xMin), xMax),
    y: Math.min(Math.max(view.y, yMin), yMax),
  };
}

/** A round length for the scale bar, and its width on the screen. */
export function scaleBar(pxPerM: number, widthPxMax: number): { metres: number; widthPx: number } {
  const metresMax = widthPxMax / pxPerM;
  const power = 10 ** Math.floor(Math.log10(metresMax));
  const metres = ([5, 2, 1].find((step) => step * power <= metresMax) ?? 1) * power;
  return { metres, widthPx: metres * pxPerM };
}
