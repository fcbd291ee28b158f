// A site sorted by level, once, for drawing what moves: doors and lifts. What stands still is in the drawing. Pure.
import type { Door, Level, Lift, Site } from "../api/types";

export interface LevelPlan {
  level: Level;
  doors: Door[];
  lifts: Lift[];
}

export function planOf(site: Site): LevelPlan[] {
  return site.levels.map((level) => ({
    level,
    doors: site.doors.filter((door) => door.level === level.id),
    lifts: site.lifts.filter((lift) => lift.levels.includes(level.id)),
  }));
}
