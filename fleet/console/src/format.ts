// SI in, what people read out: percent, metres, minutes, and times in the site's zone. Pure.
import type { Names } from "./api/types";

/** The text in this language, else in English, else in any. */
export function inLanguage(names: Names | undefined, language: string, fallback: string): string {
  if (!names) return fallback;
  return names[language] ?? names["en"] ?? Object.values(names)[0] ?? fallback;
}

export function percent(fraction: number): string {
  return `${Math.round(fraction * 100)} %`;
}

export function metres(value: number): string {
  return `${value.toFixed(Math.abs(value) < 10 ? 1 : 0)} m`;
}

export interface DurationWords {
  h: string;
  min: string;
  s: string;
}

/** 42 s, 3 min 20 s, 1 h 5 min; at most two units, never negative. */
export function duration(seconds: number, words: DurationWords): string {
  const whole = Math.max(Math.round(seconds), 0);
  const h = Math.floor(whole / 3600);
  const min = Math.floor((whole % 3600) / 60);
  const s = whole % 60;
  if (h > 0) return min > 0 ? `${h} ${words.h} ${min} ${words.min}` : `${h} ${words.h}`;
  if (min >= 10 || (min > 0 && s === 0)) return `${min} ${words.min}`;
  if (min > 0) return `${min} ${words.min} ${s} ${words.s}`;
  return `${s} ${words.s}`;
}

const DAY_S = 86_400;

/** 14:03:22 in the site's zone; with the date when it is more than half a day away from now. */
export function clock(atS: number, nowS: number, zone: string, language: string): string {
  const far = Math.abs(nowS - atS) > DAY_S / 2;
  return formatter(zone, language, far).format(new Date(atS * 1000));
}

const formatters = new Map<string, Intl.DateTimeFormat>();

function formatter(zone: string, language: string, far: boolean): Intl.DateTimeFormat {
  const key = `${zone} ${language} ${far}`;
  let found = formatters.get(key);
  if (!found) {
    const date: Intl.DateTimeFormatOptions = far ? { month: "short", day: "numeric" } : {};
    const time: Intl.DateTimeFormatOptions = { hour: "2-digit", minute: "2-digit", second: "2-digit" };
    found = new Intl.DateTimeFormat(language, { timeZone: zone, hourCycle: "h23", ...time, ...date });
    formatters.set(key, found);
  }
  return found;
}

/** "robot carrier-2" is a kind and who; "robot_any" a kind alone. */
export function waitingParts(waiting: string): { kind: string; who: string } {
  const space = waiting.indexOf(" ");
  return space < 0 ? { kind: waiting, who: "" } : { kind: waiting.slice(0, space), who: waiting.slice(space + 1) };
}
