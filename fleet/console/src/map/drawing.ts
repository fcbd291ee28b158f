// The drawing of a level, made ready once: paths in metres by look, lanes by their length, names in order. The same
// drawing as on paper (GET /site/levels/{level}/drawing); here it gets the page's colours (palette.ts).
import type { Drawing, DrawnLabel, DrawnSign } from "../api/types";

type Point = readonly [number, number];

export interface Figure {
  layer: string;
  look: string;
  kind: "area" | "line";
  points: readonly Point[];
  refs: readonly string[];
}

export interface Arrow {
  sign: DrawnSign;
  /** Of its lane; Infinity for the arrow of a zone. */
  lengthM: number;
}

export interface Prepared {
  drawing: Drawing;
  figures: readonly Figure[];
  arrows: readonly Arrow[];
  nodes: readonly DrawnSign[];
  /** What matters more comes first. */
  labels: readonly DrawnLabel[];
  image: ImagePlace | null;
  /** The kinds of zones and of places that occur. */
  kinds: ReadonlySet<string>;
  /** Half of the lanes are longer: where they are short on the screen, they are left out. */
  laneM: number;
}

export interface ImagePlace {
  origin: Point;
  yaw: number;
  scale: number;
}

export function prepared(drawing: Drawing): Prepared {
  const figures = figuresOf(drawing);
  const lanes = new Map(figures.filter(isLane).flatMap((lane) => lane.refs.map((ref) => [ref, lengthOf(lane.points)] as const)));
  const lengths = figures.filter(isLane).map((lane) => lengthOf(lane.points)).sort((a, b) => a - b);
  const signs = drawing.layers.flatMap(({ shapes }) => shapes.filter((shape) => shape.shape === "sign"));
  const labels = drawing.layers.flatMap(({ shapes }) => shapes.filter((shape) => shape.shape === "label"));
  return {
    drawing,
    figures,
    arrows: signs.filter((sign) => sign.look.startsWith("arrow")).map((sign) => ({ sign, lengthM: lanes.get(sign.refs[0] ?? "") ?? Infinity })),
    nodes: signs.filter((sign) => sign.look.startsWith("node")),
    labels: labels.sort((a, b) => a.priority - b.priority),
    image: imageOf(drawing),
    kinds: new Set([...figures.filter(({ layer }) => layer === "zones"), ...signs].map(({ look }) => look.split(" ")[1] ?? "")),
    laneM: lengths[Math.floor(lengths.length / 2)] ?? 0,
  };
}

function figuresOf(drawing: Drawing): Figure[] {
  const figures: Figure[] = [];
  for (const { name: layer, shapes } of drawing.layers) {
    for (const shape of shapes) {
      if (shape.shape === "area") figures.push({ layer, look: shape.look, kind: "area", points: shape.corners, refs: shape.refs });
      else if (shape.shape === "line") figures.push({ layer, look: shape.look, kind: "line", points: shape.points, refs: shape.refs });
    }
  }
  return figures;
}

function imageOf(drawing: Drawing): ImagePlace | null {
  const image = drawing.layers.flatMap(({ shapes }) => shapes).find((shape) => shape.shape === "image");
  return image ? { origin: image.origin, yaw: image.yaw_rad, scale: image.scale_m_per_px } : null;
}

function isLane(figure: Figure): boolean {
  return figure.layer === "lanes";
}

function lengthOf(points: readonly Point[]): number {
  let length = 0;
  for (let index = 1; index < points.length; index += 1) {
    const [x1, y1] = points[index - 1] as Point;
    const [x2, y2] = points[index] as Point;
    length += Math.hypot(x2 - x1, y2 - y1);
  }
  return length;
}

export interface Span {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Middle and size of the box around the points. */
export function spanOf(points: readonly Point[]): Span {
  const xs = points.map(([x]) => x);
  const ys = points.map(([, y]) => y);
  const [left, right, low, high] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  return { x: (left + right) / 2, y: (low + high) / 2, width: right - left, height: high - low };
}

/** Where a name may go in its area, the best first: the middle, else above or below it. */
export function nameSpots(within: readonly Point[]): Point[] {
  const { x, y, height } = spanOf(within);
  return [0, 0.24, -0.24, 0.38, -0.38].map((share): Point => [x, y + share * height]).filter((spot) => contains(within, spot));
}

/** Even-odd rule. */
export function contains(polygon: readonly Point[], [x, y]: Point): boolean {
  let hit = false;
  polygon.forEach(([x1, y1], index) => {
    const [x2, y2] = polygon[(index + 1) % polygon.length] as Point;
    if (y1 > y !== y2 > y && x < x1 + ((y - y1) * (x2 - x1)) / (y2 - y1)) hit = !hit;
  });
  return hit;
}

const THIN = ["doors", "lanes"];
const WIDE = ["lifts", "zones", "rooms"];

/** The elements under a point, the nearest and smallest first: doors and lanes within reach, then what it lies in. */
export function refsUnder(ready: Prepared, at: Point, reachM: number): string[] {
  const near = THIN.flatMap((layer) =>
    inLayer(ready, layer)
      .map((figure) => ({ figure, away: awayFrom(figure.points, at) }))
      .filter(({ away }) => away <= reachM)
      .sort((a, b) => a.away - b.away),
  );
  const around = WIDE.flatMap((layer) => inLayer(ready, layer).reverse().filter((figure) => contains(figure.points, at)));
  return [...near.map(({ figure }) => figure), ...around].flatMap((figure) => figure.refs);
}

function inLayer(ready: Prepared, layer: string): Figure[] {
  return ready.figures.filter((figure) => figure.layer === layer);
}

/** Metres from the chain of points. */
export function awayFrom(points: readonly Point[], [x, y]: Point): number {
  let best = Infinity;
  for (let index = 1; index < points.length; index += 1) {
    const [x1, y1] = points[index - 1] as Point;
    const [x2, y2] = points[index] as Point;
    const length2 = (x2 - x1) ** 2 + (y2 - y1) ** 2;
    const share = length2 === 0 ? 0 : Math.min(Math.max(((x - x1) * (x2 - x1) + (y - y1) * (y2 - y1)) / length2, 0), 1);
    best = Math.min(best, Math.hypot(x - x1 - share * (x2 - x1), y - y1 - share * (y2 - y1)));
  }
  return best;
}
