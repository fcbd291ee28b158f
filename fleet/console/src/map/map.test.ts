import { describe, expect, it } from "vitest";
import type { Level, Pose } from "../api/types";
import { entrances, floorOf } from "./floor";
import { withoutOverlap } from "./labels";
import { extended, placeAt, turned } from "./motion";
import { ahead } from "./moving";
import { centre, nameSpot } from "./plan";
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
  it("never lie over each other, and the first one stays", () => {
    const label = (text: string, x: number) => ({ text, x, y: 0, width: 40, height: 12 });
    const placed = withoutOverlap([label("a", 0), label("b", 30), label("c", 60)]);
    expect(placed.map((entry) => entry.text)).toEqual(["a", "c"]);
  });

  it("go to the middle of a room, off the places in it", () => {
    const square: [number, number][] = [[0, 0], [8, 0], [8, 8], [0, 8]];
    expect(centre(square)).toEqual([4, 4]);
    const room = { id: "r", level: "L1", names: {}, kind: "ward", polygon: square };
    const node = { id: "n", level: "L1", x_m: 4, y_m: 6, kind: "waypoint", names: {} };
    expect(nameSpot(room, [node])[1]).toBeLessThan(4);
    expect(nameSpot(room, [{ ...node, y_m: 2 }])[1]).toBeGreaterThan(4);
  });
});

function level(walls: Level["walls"]): Level {
  return { id: "L1", names: {}, elevation_m: 0, bounds: [0, 0, 20, 20], walls };
}

function isInside(floor: ReturnType<typeof floorOf>, x: number, y: number): boolean {
  const column = Math.floor((x - floor.x) / floor.cell);
  const row = Math.floor((y - floor.y) / floor.cell);
  return floor.inside[row * floor.columns + column] === 1;
}

describe("the building's floor", () => {
  const shell: Level["walls"] = [[4, 4, 16, 4], [16, 4, 16, 16], [16, 16, 4, 16], [4, 16, 4, 11], [4, 8, 4, 4]];

  it("is what the walls enclose, although there is an entrance", () => {
    expect(entrances(shell)).toContainEqual([[4, 11], [4, 8]]);
    const floor = floorOf(level(shell), []);
    expect(isInside(floor, 10, 10)).toBe(true);
    expect(isInside(floor, 5, 9.5)).toBe(true);
    expect(isInside(floor, 2, 10)).toBe(false);
    expect(isInside(floor, 18, 18)).toBe(false);
  });

  it("is nothing where a whole side is missing", () => {
    const floor = floorOf(level([[4, 4, 16, 4], [16, 4, 16, 16], [16, 16, 4, 16]]), []);
    expect(isInside(floor, 10, 10)).toBe(false);
  });
});
