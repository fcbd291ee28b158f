import { describe, expect, it } from "vitest";
import type { Changes, Closure, Health, Mission, Robot, Snapshot } from "../api/types";
import { mustReopen, retryMs, START, step, type LinkState } from "./link";
import { apply, EMPTY, notStopped, posesOf, serverNowS } from "./state";

const HEALTH: Health = {
  site: "hospital",
  version: "1",
  now_s: 100,
  started_s: 0,
  robots_online: 1,
  missions_open: 1,
  journal_seq: 1,
  fire: false,
  stopped: false,
};

function robot(id: string, more: Partial<Robot> = {}): Robot {
  return { id, online: true, lost: false, mode: "autonomous", pose: { level: "L1", x_m: 1, y_m: 2, yaw_rad: 0 }, ...more } as Robot;
}

function mission(id: string, more: Partial<Mission> = {}): Mission {
  return { id, state: "running", ended_s: null, ...more } as Mission;
}

function snapshot(more: Partial<Snapshot> = {}): Snapshot {
  return { type: "snapshot", now_s: 100, health: HEALTH, missions: [], robots: [], alerts: [], building: { doors: {}, lifts: {} }, closures: [], ...more };
}

function changes(more: Partial<Changes> = {}): Changes {
  return { type: "changes", now_s: 101, health: null, missions: [], robots: [], poses: {}, alerts: [], building: null, closures: [], ...more };
}

describe("the live state", () => {
  it("starts anew with a snapshot: what is not in it is gone", () => {
    const first = apply(EMPTY, snapshot({ robots: [robot("a"), robot("b")] }), 1);
    const second = apply(first, snapshot({ robots: [robot("b")] }), 2);
    expect([...second.robots.keys()]).toEqual(["b"]);
  });

  it("shows a closure until it is told that it is over", () => {
    const closure = { id: "closure-1", kind: "lane", element: "a>b", opened_s: null } as Closure;
    const first = apply(EMPTY, changes({ closures: [closure] }), 1);
    expect([...first.closures.keys()]).toEqual(["closure-1"]);
    expect(apply(first, changes(), 2).closures).toBe(first.closures);
    expect(apply(first, changes({ closures: [{ ...closure, opened_s: 5 }] }), 3).closures.size).toBe(0);
  });

  it("replaces whole things that changed and keeps the others as the same objects", () => {
    const first = apply(EMPTY, snapshot({ robots: [robot("a"), robot("b")], missions: [mission("m")] }), 1);
    const second = apply(first, changes({ robots: [robot("a", { lost: true })] }), 2);
    expect(second.robots.get("a")?.lost).toBe(true);
    expect(second.robots.get("b")).toBe(first.robots.get("b"));
    expect(second.missions).toBe(first.missions);
    expect(second.health).toBe(HEALTH);
  });

  it("forgets the oldest ended missions but never an open one", () => {
    const ended = Array.from({ length: 250 }, (_, index) => mission(`e${index}`, { state: "completed", ended_s: index }));
    const state = apply(apply(EMPTY, snapshot({ missions: [mission("open")] }), 1), changes({ missions: ended }), 2);
    expect(state.missions.size).toBe(201);
    expect(state.missions.has("open")).toBe(true);
    expect(state.missions.has("e49")).toBe(false);
    expect(state.missions.has("e50")).toBe(true);
  });

  it("takes poses from robots sent whole and from those that only moved", () => {
    const moved = { level: "L2", x_m: 5, y_m: 5, yaw_rad: 1, speed_mps: 0, at_s: 0 };
    const poses = posesOf(changes({ robots: [robot("a")], poses: { b: moved } }));
    expect(poses.get("a")?.x_m).toBe(1);
    expect(poses.get("b")).toBe(moved);
  });

  it("does not let the orchestrator's time run on when nothing is heard", () => {
    const state = apply(EMPTY, snapshot(), 10_000);
    expect(serverNowS(state, 10_800)).toBeCloseTo(100.8);
    expect(serverNowS(state, 99_000)).toBeCloseTo(101.5);
    expect(serverNowS(EMPTY, 5)).toBe(0);
  });

  it("names robots that have not obeyed a stop, and those that nobody can tell", () => {
    const robots = [robot("a", { mode: "stopped" }), robot("b"), robot("c", { lost: true, online: false }), robot("d", { online: false })];
    const found = notStopped(apply(EMPTY, snapshot({ robots }), 1));
    expect(found.pending.map((entry) => entry.id)).toEqual(["b"]);
    expect(found.unreachable.map((entry) => entry.id)).toEqual(["c"]);
  });
});

describe("the link", () => {
  const live: LinkState = { status: "live", heardMs: 1000, attempts: 0 };

  it("is live from the first message and silent when nothing comes for 2.5 s", () => {
    expect(step(START, { type: "message", atMs: 1000 })).toEqual(live);
    expect(step(live, { type: "tick", atMs: 3400 }).status).toBe("live");
    expect(step(live, { type: "tick", atMs: 3600 }).status).toBe("stale");
  });

  it("is lost at once when it closes, and remembers what it heard last", () => {
    expect(step(live, { type: "closed", atMs: 1100 })).toEqual({ status: "lost", heardMs: 1000, attempts: 1 });
  });

  it("stays lost until a message comes", () => {
    const lost = step(live, { type: "closed", atMs: 1100 });
    expect(step(lost, { type: "tick", atMs: 1200 }).status).toBe("lost");
    expect(step(lost, { type: "message", atMs: 5000 })).toEqual({ status: "live", heardMs: 5000, attempts: 0 });
  });

  it("is opened anew when it is silent for long, and waits longer after each failure", () => {
    const stale = step(live, { type: "tick", atMs: 4000 });
    expect(mustReopen(stale, 6900)).toBe(false);
    expect(mustReopen(stale, 7100)).toBe(true);
    expect([1, 2, 3, 4, 9].map(retryMs)).toEqual([500, 1000, 2000, 4000, 4000]);
  });
});
