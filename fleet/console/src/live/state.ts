// The fleet as the stream tells it. Pure: messages in, a new state out.
import type { Alert, Building, Changes, Closure, Health, Mission, Pose, Robot, Snapshot } from "../api/types";

export interface LiveState {
  health: Health | null;
  missions: ReadonlyMap<string, Mission>;
  robots: ReadonlyMap<string, Robot>;
  alerts: ReadonlyMap<string, Alert>;
  building: Building;
  /** In force. */
  closures: ReadonlyMap<string, Closure>;
  /** The orchestrator's time of the latest message, and this page's clock (ms) when it came. */
  nowS: number;
  receivedMs: number;
}

export const EMPTY: LiveState = {
  health: null,
  missions: new Map(),
  robots: new Map(),
  alerts: new Map(),
  building: { doors: {}, lifts: {} },
  closures: new Map(),
  nowS: 0,
  receivedMs: 0,
};

export const ENDED_STATES = ["completed", "failed", "cancelled"];
/** A page that is open for weeks must not keep every mission that ever ended. */
const ENDED_KEPT = 200;

export function apply(state: LiveState, message: Snapshot | Changes, receivedMs: number): LiveState {
  return message.type === "snapshot"
    ? fromSnapshot(message, receivedMs)
    : withChanges(state, message, receivedMs);
}

function fromSnapshot(message: Snapshot, receivedMs: number): LiveState {
  return {
    health: message.health,
    missions: byId(message.missions),
    robots: byId(message.robots),
    alerts: byId(message.alerts),
    building: message.building,
    closures: byId(message.closures ?? []),
    nowS: message.now_s,
    receivedMs,
  };
}

function withChanges(state: LiveState, message: Changes, receivedMs: number): LiveState {
  return {
    health: message.health ?? state.health,
    missions: trimmed(merged(state.missions, message.missions ?? [])),
    robots: merged(state.robots, message.robots ?? []),
    alerts: merged(state.alerts, message.alerts ?? []),
    building: message.building ?? state.building,
    closures: inForce(merged(state.closures, message.closures ?? [])),
    nowS: message.now_s,
    receivedMs,
  };
}

function byId<T extends { id: string }>(items: readonly T[]): Map<string, T> {
  return new Map(items.map((item) => [item.id, item]));
}

function merged<T extends { id: string }>(old: ReadonlyMap<string, T>, items: readonly T[]): ReadonlyMap<string, T> {
  if (items.length === 0) return old;
  const next = new Map(old);
  for (const item of items) next.set(item.id, item);
  return next;
}

/** Those that are over have said so once. */
function inForce(closures: ReadonlyMap<string, Closure>): ReadonlyMap<string, Closure> {
  const all = [...closures.values()];
  return all.every((closure) => closure.opened_s === null) ? closures : byId(all.filter((closure) => closure.opened_s === null));
}

function trimmed(missions: ReadonlyMap<string, Mission>): ReadonlyMap<string, Mission> {
  const ended = [...missions.values()].filter((mission) => isEnded(mission.state));
  if (ended.length <= ENDED_KEPT) return missions;
  ended.sort((a, b) => (b.ended_s ?? 0) - (a.ended_s ?? 0));
  const next = new Map(missions);
  for (const mission of ended.slice(ENDED_KEPT)) next.delete(mission.id);
  return next;
}

/** Every pose in a message: of robots sent whole and of those that only moved. */
export function posesOf(message: Snapshot | Changes): Map<string, Pose> {
  const poses = new Map<string, Pose>();
  for (const robot of message.robots ?? []) poses.set(robot.id, robot.pose);
  if (message.type === "changes") {
    for (const [id, pose] of Object.entries(message.poses ?? {})) poses.set(id, pose);
  }
  return poses;
}

export function isEnded(state: string): boolean {
  return ENDED_STATES.includes(state);
}

/** The orchestrator's time now, by its last message and this page's clock. */
export function serverNowS(state: LiveState, clockMs: number): number {
  if (state.receivedMs === 0) return 0;
  // Never far ahead of what we have heard: a lost connection must not make durations grow as if we knew.
  return state.nowS + Math.min(Math.max(clockMs - state.receivedMs, 0), 1500) / 1000;
}

/** Robots that have not obeyed a stop-all: connected ones that are not stopped, and those that nobody can reach. */
export function notStopped(state: LiveState): { pending: Robot[]; unreachable: Robot[] } {
  const robots = [...state.robots.values()].filter((robot) => robot.mode !== "stopped");
  return {
    pending: robots.filter((robot) => robot.online && !robot.lost),
    unreachable: robots.filter((robot) => robot.lost),
  };
}
