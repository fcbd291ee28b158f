// Bars of a timeline: which mission took which robot from when to when. Pure.
import type { Mission, Robot } from "../api/types";

export interface Bar {
  mission: Mission;
  fromS: number;
  toS: number;
}

export interface Lane {
  robot: string;
  bars: Bar[];
}

export interface Span {
  fromS: number;
  toS: number;
}

/** A quarter of an hour back, and as much ahead. */
export function spanAt(nowS: number, backS: number, aheadS: number): Span {
  return { fromS: nowS - backS, toS: nowS + aheadS };
}

export function lanesOf(robots: readonly Robot[], missions: readonly Mission[], span: Span, nowS: number): Lane[] {
  return robots.map((robot) => ({
    robot: robot.id,
    bars: missions
      .filter((mission) => mission.robot === robot.id)
      .flatMap((mission) => barOf(mission, nowS) ?? [])
      .filter((bar) => bar.toS > span.fromS && bar.fromS < span.toS)
      .map((bar) => ({ ...bar, fromS: Math.max(bar.fromS, span.fromS), toS: Math.min(bar.toS, span.toS) }))
      .sort((a, b) => a.fromS - b.fromS),
  }));
}

function barOf(mission: Mission, nowS: number): Bar | null {
  const fromS = mission.start_s;
  if (fromS === null) return null;
  const begun = mission.state === "running" || mission.state === "paused";
  const toS = mission.ended_s ?? Math.max(mission.end_s ?? fromS, begun ? nowS : fromS);
  return toS > fromS ? { mission, fromS, toS } : null;
}

/** Share of the span, from 0 to 1. */
export function share(atS: number, span: Span): number {
  return (atS - span.fromS) / (span.toS - span.fromS);
}

const STEPS_S = [60, 120, 300, 600, 900, 1800, 3600];

/** Round times inside the span, at most `most` of them. */
export function ticks(span: Span, most: number): number[] {
  const step = STEPS_S.find((candidate) => (span.toS - span.fromS) / candidate <= most) ?? 3600;
  const first = Math.ceil(span.fromS / step) * step;
  const count = Math.max(Math.floor((span.toS - first) / step) + 1, 0);
  return Array.from({ length: count }, (_, index) => first + index * step);
}
