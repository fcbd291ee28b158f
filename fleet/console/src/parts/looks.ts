// One word for how a robot, mission, task or alert is, and the tone that goes with it everywhere. Pure.
import type { Alert, Mission, Robot } from "../api/types";

export type Tone = "idle" | "moving" | "acting" | "waiting" | "good" | "bad" | "off";

export const ROBOT_LOOKS = [
  "lost", "offline", "fault", "stopped", "manual", "paused", "out", "waiting", "charging", "acting", "moving",
  "starting", "idle",
] as const;
export type RobotLook = (typeof ROBOT_LOOKS)[number];

const ROBOT_TONES: Record<RobotLook, Tone> = {
  lost: "bad",
  offline: "off",
  fault: "bad",
  stopped: "bad",
  manual: "waiting",
  paused: "waiting",
  out: "off",
  waiting: "waiting",
  charging: "good",
  acting: "acting",
  moving: "moving",
  starting: "off",
  idle: "idle",
};

const MODE_LOOKS: Record<string, RobotLook> = {
  fault: "fault",
  stopped: "stopped",
  manual: "manual",
  paused: "paused",
};
const ACTIVITY_LOOKS: Record<string, RobotLook> = {
  offline: "offline",
  starting: "starting",
  moving: "moving",
  acting: "acting",
  charging: "charging",
};

/** What matters most about a robot, the worst first. */
export function robotLook(robot: Robot): RobotLook {
  if (robot.lost) return "lost";
  if (!robot.online) return "offline";
  const mode = MODE_LOOKS[robot.mode];
  if (mode) return mode;
  if (robot.waiting && robot.activity !== "moving") return "waiting";
  if (robot.charging) return "charging";
  const activity = ACTIVITY_LOOKS[robot.activity];
  if (activity) return activity;
  return robot.in_service ? "idle" : "out";
}

export function robotTone(look: RobotLook): Tone {
  return ROBOT_TONES[look];
}

const MISSION_TONES: Record<string, Tone> = {
  queued: "waiting",
  assigned: "idle",
  running: "moving",
  paused: "waiting",
  completed: "good",
  failed: "bad",
  cancelled: "off",
};
const TASK_TONES: Record<string, Tone> = {
  pending: "idle",
  running: "moving",
  done: "good",
  failed: "bad",
  skipped: "off",
};
const SEVERITY_TONES: Record<Alert["severity"], Tone> = { info: "moving", warning: "waiting", critical: "bad" };

export function missionTone(state: string): Tone {
  return MISSION_TONES[state] ?? "idle";
}

export function taskTone(state: string): Tone {
  return TASK_TONES[state] ?? "idle";
}

export function severityTone(severity: Alert["severity"]): Tone {
  return SEVERITY_TONES[severity];
}

const MISSION_ORDER = ["running", "paused", "assigned", "queued", "completed", "failed", "cancelled"];

/** Open ones first (under way, then waiting), then the ones that ended last. */
export function byOpenFirst(a: Mission, b: Mission): number {
  const endedA = a.ended_s !== null;
  const endedB = b.ended_s !== null;
  if (endedA !== endedB) return endedA ? 1 : -1;
  if (endedA) return (b.ended_s ?? 0) - (a.ended_s ?? 0) || a.id.localeCompare(b.id);
  const order = MISSION_ORDER.indexOf(a.state) - MISSION_ORDER.indexOf(b.state);
  return order || b.priority - a.priority || a.created_s - b.created_s || a.id.localeCompare(b.id);
}

/** Robots that need somebody first, then by name. */
export function byNeed(a: Robot, b: Robot): number {
  const need = (robot: Robot) => (robotTone(robotLook(robot)) === "bad" ? 0 : 1);
  return need(a) - need(b) || a.id.localeCompare(b.id, undefined, { numeric: true });
}

/** A confirmation that a step waits for from a person. */
export type Asked = "pin" | "loaded" | "unloaded" | "start";

const ASKED_BY_PHASE: Record<string, Asked> = {
  awaiting_pin: "pin",
  awaiting_goods: "loaded",
  awaiting_collection: "unloaded",
  awaiting_visitor: "start",
};

/** What the phase of a step waits for; null when it waits for nobody. */
export function askedOf(phase: string): Asked | null {
  return ASKED_BY_PHASE[phase] ?? null;
}
