import { describe, expect, it } from "vitest";
import type { Drawing, Pose } from "../api/types";
import { awayFrom, contains, nameSpots, prepared, refsUnder } from "./drawing";
import { overlap } from "./labels";
import { extended, placeAt, turned } from "./motion";
import { ahead } from "./moving";
import { paintOf, type Palette } from "./palette";
import { fit, kept, pan, scaleBar, toMetres, toPixel, zoomAt } from "./view";

const SIZE = { width: 800, height: 600 };

describe("the view", () => {
  const view = { x: 10, y: 5, pxPerM: 20 };

  it("puts north up and comes back from pixels to the same metres", () => {
    expect(toPixel(view, SIZE, 10, 5)).toEqual([400, 300]);
    expect(toPixel(view, SIZE, 11, 6)).toEqual([420, 280]);
    const [x, y] = toMetres(view, SIZE, ...toPixel(view, SIZE, 3.2, -7.7));
    expect(x).toBeCloseTo(3.2);
    expect(y).toBeCloseTo(-7.7);
  });

  it("fits a level whole, whatever its shape", () => {
    for (const bounds of [[0, 0, 60, 36], [-5, -80, 5, 80], [2, 2, 2, 2]] as const) {
      const fitted = fit(bounds, SIZE, 20);
      const [left, bottom] = toPixel(fitted, SIZE, bounds[0], bounds[1]);
      const [right, top] = toPixel(fitted, SIZE, bounds[2], bounds[3]);
      expect(left).toBeGreaterThanOrEqual(19.9);
      expect(right).toBeLessThanOrEqual(780.1);
      expect(top).toBeGreaterThanOrEqual(19.9);
      expect(bottom).toBeLessThanOrEqual(580.1);
    }
  });

  it("keeps the point under the pointer when it zooms, also at its limits", () => {
    const fitted = fit([0, 0, 60, 36], SIZE);
    for (const factor of [1.5, 0.5, 1000, 0.0001]) {
      const before = toMetres(view, SIZE, 130, 470);
      const after = toMetres(zoomAt(view, SIZE, [130, 470], factor, fitted), SIZE, 130, 470);
      expect(after[0]).toBeCloseTo(before[0]);
      expect(after[1]).toBeCloseTo(before[1]);
    }
    expect(zoomAt(view, SIZE, [0, 0], 1000, fitted).pxPerM).toBe(160);
  });

  it("moves with the pointer and never leaves the level", () => {
    const moved = pan(view, 40, -20);
    expect(toPixel(moved, SIZE, 10, 5)).toEqual([440, 280]);
    expect(kept({ ...view, x: 500, y: -500 }, [0, 0, 60, 36])).toMatchObject({ x: 60, y: 0 });
  });

  it("shows a round length in its scale bar", () => {
    expect(scaleBar(20, 110)).toEqual({ metres: 5, widthPx: 100 });
    expect(scaleBar(3, 110)).toEqual({ metres: 20, widthPx: 60 });
  });
});

function pose(x: number, at: number, more: Partial<Pose> = {}): Pose {
  return { level: "L1", x_m: x, y_m: 0, yaw_rad: 0, speed_mps: 1, at_s: at, ...more };
}

describe("a robot's motion", () => {
  it("glides from where it is shown to where it was heard", () => {
    const first = extended(undefined, pose(0, 0), 1000);
    const second = extended(first, pose(1, 0.2), 1200);
    expect(placeAt(second, 1200).x).toBe(0);
    expect(placeAt(second, 1310).x).toBeCloseTo(0.5);
    expect(placeAt(second, 5000).x).toBe(1);
    const third = extended(second, pose(2, 0.3), 1310);
    expect(placeAt(third, 1310).x).toBeCloseTo(0.5);
  });

  it("jumps over a lift ride and over a gap that nobody can drive", () => {
    const track = extended(undefined, pose(0, 0), 1000);
    expect(placeAt(extended(track, pose(0.1, 1, { level: "L2" }), 1100), 1100).x).toBe(0.1);
    expect(placeAt(extended(track, pose(50, 1), 1100), 1100).x).toBe(50);
  });

  it("remembers where it came from, a point every half metre, and forgets it over a jump", () => {
    let track = extended(undefined, pose(0, 0), 0);
    for (let step = 1; step <= 1000; step += 1) track = extended(track, pose(step * 0.1, step), step * 100);
    expect(track.trail).toHaveLength(120);
    const [first, second] = track.trail;
    expect((second?.x ?? 0) - (first?.x ?? 0)).toBeGreaterThanOrEqual(0.5);
    expect(extended(track, pose(0, 1), 100_100).trail).toHaveLength(1);
  });

  it("turns the short way round", () => {
    expect(turned(3, -3)).toBeCloseTo(2 * Math.PI - 6);
    expect(turned(-3, 3)).toBeCloseTo(6 - 2 * Math.PI);
    expect(turned(0, 7 * Math.PI)).toBeCloseTo(Math.PI);
  });

  it("draws only the part of the path that lies ahead", () => {
    const path: [number, number][] = [[0, 0], [10, 0], [10, 10]];
    expect(ahead(path, { x: 4, y: 0.1 })).toEqual([[10, 0], [10, 10]]);
    expect(ahead(path, { x: 10, y: 3 })).toEqual([[10, 10]]);
    expect(ahead([[3, 3]], { x: 0, y: 0 })).toEqual([[3, 3]]);
    expect(ahead([], { x: 0, y: 0 })).toEqual([]);
  });
});

describe("names on the map", () => {
  it("cover each other when they are nearer than their sizes", () => {
    const label = (text: string, x: number) => ({ text, x, y: 0, width: 40, height: 12 });
    expect(overlap(label("a", 0), label("b", 30))).toBe(true);
    expect(overlap(label("a", 0), label("c", 60))).toBe(false);
  });

  it("go to the middle of a room, or above or below it within the room", () => {
    const square: [number, number][] = [[0, 0], [8, 0], [8, 8], [0, 8]];
    expect(nameSpots(square)[0]).toEqual([4, 4]);
    expect(nameSpots(square)).toHaveLength(5);
    const corner: [number, number][] = [[0, 0], [8, 0], [8, 2], [2, 2], [2, 8], [0, 8]];
    for (const spot of nameSpots(corner)) expect(contains(corner, spot)).toBe(true);
  });
});

function drawing(layers: Drawing["layers"]): Drawing {
  return { site: "s", site_names: {}, level: "L1", level_names: {}, bounds: [0, 0, 20, 20], content_hash: "", origin: null, scale_measured: true, layers, remarks: [] };
}

const LANE = { shape: "line", look: "lane one_way", points: [[0, 5], [10, 5]], refs: ["edge:a>b"], title: "" } as const;
const ARROW = { shape: "sign", look: "arrow", at: [5, 5], yaw_rad: 0, number: null, refs: ["edge:a>b"], title: "" } as const;
const ROOM = { shape: "area", look: "room ward", corners: [[0, 0], [8, 0], [8, 8], [0, 8]], refs: ["room:r"], title: "" } as const;
const LAYERS = [
  { name: "rooms", shapes: [ROOM] },
  { name: "lanes", shapes: [LANE] },
  { name: "arrows", shapes: [ARROW] },
] as unknown as Drawing["layers"];

describe("the drawing of a level", () => {
  const ready = prepared(drawing(LAYERS));

  it("knows how long the lane of an arrow is", () => {
    expect(ready.laneM).toBe(10);
    expect(ready.arrows.map(({ lengthM }) => lengthM)).toEqual([10]);
  });

  it("tells what lies under a point, the lane before the room", () => {
    expect(refsUnder(ready, [4, 5.2], 0.5)).toEqual(["edge:a>b", "room:r"]);
    expect(refsUnder(ready, [4, 7], 0.5)).toEqual(["room:r"]);
    expect(refsUnder(ready, [9, 9], 0.5)).toEqual([]);
  });

  it("measures from a line, not from its ends", () => {
    expect(awayFrom([[0, 0], [10, 0]], [5, 3])).toBe(3);
    expect(awayFrom([[0, 0], [10, 0]], [13, 4])).toBe(5);
  });

  it("has a paint for all that it may hold", () => {
    const palette = { tones: {} } as Palette;
    expect(paintOf("zone no_go", palette).hatch).toBe(true);
    expect(paintOf("something new", palette)).toEqual({});
  });
});
