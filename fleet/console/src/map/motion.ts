// Poses come five to ten times a second; the screen shows sixty. Each robot glides from where it is shown to
// where it was heard, in about the time between two poses. Pure but for the map that holds the tracks.
import type { Pose } from "../api/types";

export interface Place {
  x: number;
  y: number;
  yaw: number;
}

export interface Track {
  level: string;
  from: Place;
  to: Place;
  startMs: number;
  endMs: number;
  /** When the last pose came (page's clock), and when it was taken (orchestrator's clock). */
  heardMs: number;
  atS: number;
  speed: number;
  /** Where it came from on this level, oldest first. */
  trail: readonly Place[];
}

const GLIDE_MS_MIN = 80;
const GLIDE_MS_MAX = 400;
const GLIDE_MS_FIRST = 200;
/** Farther than this in one step is a jump (a lift, a restart), not a drive. */
const JUMP_M = 6;
const TRAIL_STEP_M = 0.5;
const TRAIL_POINTS_MAX = 120;

export function turned(from: number, to: number): number {
  const delta = (to - from) % (2 * Math.PI);
  if (delta > Math.PI) return delta - 2 * Math.PI;
  if (delta < -Math.PI) return delta + 2 * Math.PI;
  return delta;
}

export function placeAt(track: Track, nowMs: number): Place {
  const span = track.endMs - track.startMs;
  const share = span <= 0 ? 1 : Math.min(Math.max((nowMs - track.startMs) / span, 0), 1);
  const { from, to } = track;
  return {
    x: from.x + (to.x - from.x) * share,
    y: from.y + (to.y - from.y) * share,
    yaw: from.yaw + turned(from.yaw, to.yaw) * share,
  };
}

export function extended(track: Track | undefined, pose: Pose, nowMs: number): Track {
  const to = { x: pose.x_m, y: pose.y_m, yaw: pose.yaw_rad };
  const fresh = { level: pose.level, to, startMs: nowMs, heardMs: nowMs, atS: pose.at_s, speed: pose.speed_mps ?? 0 };
  const jumped = { ...fresh, from: to, endMs: nowMs, trail: [to] };
  if (!track || track.level !== pose.level) return jumped;
  const from = placeAt(track, nowMs);
  if (Math.hypot(to.x - from.x, to.y - from.y) > JUMP_M) return jumped;
  return { ...fresh, from, endMs: nowMs + glideMs(nowMs - track.heardMs), trail: lengthened(track.trail, to) };
}

function lengthened(trail: readonly Place[], to: Place): readonly Place[] {
  const last = trail.at(-1);
  if (last && Math.hypot(to.x - last.x, to.y - last.y) < TRAIL_STEP_M) return trail;
  return [...trail.slice(-(TRAIL_POINTS_MAX - 1)), to];
}

function glideMs(sinceMs: number): number {
  if (sinceMs > 4 * GLIDE_MS_MAX) return GLIDE_MS_FIRST;
  return Math.min(Math.max(sinceMs * 1.1, GLIDE_MS_MIN), GLIDE_MS_MAX);
}

export class Tracks {
  private readonly tracks = new Map<string, Track>();
  /** Goes up with every pose: whoever draws knows that there is something new. */
  version = 0;
  /** Until then (page's clock) something glides. */
  movingUntilMs = 0;

  push(id: string, pose: Pose, nowMs: number): void {
    const track = extended(this.tracks.get(id), pose, nowMs);
    this.tracks.set(id, track);
    this.version += 1;
    this.movingUntilMs = Math.max(this.movingUntilMs, track.endMs);
  }

  get(id: string): Track | undefined {
    return this.tracks.get(id);
  }

  clear(): void {
    this.tracks.clear();
    this.version += 1;
  }
}
