// The map's colours are the page's: read from the style sheet whenever the theme changes.
import type { Tone } from "../parts/looks";

export interface Palette {
  dark: boolean;
  floor: string;
  room: string;
  roomPublic: string;
  roomCare: string;
  roomStaff: string;
  wall: string;
  lane: string;
  ink: string;
  inkSoft: string;
  halo: string;
  door: string;
  accent: string;
  tones: Record<Tone, string>;
}

const TONES: Tone[] = ["idle", "moving", "acting", "waiting", "good", "bad", "off"];

export function readPalette(element: Element, dark: boolean): Palette {
  const style = getComputedStyle(element);
  const read = (name: string) => style.getPropertyValue(`--${name}`).trim();
  return {
    dark,
    floor: read("map-floor"),
    room: read("map-room"),
    roomPublic: read("map-room-public"),
    roomCare: read("map-room-care"),
    roomStaff: read("map-room-staff"),
    wall: read("map-wall"),
    lane: read("map-lane"),
    ink: read("ink"),
    inkSoft: read("ink-soft"),
    halo: read("map-halo"),
    door: read("map-door"),
    accent: read("accent"),
    tones: Object.fromEntries(TONES.map((tone) => [tone, read(`tone-${tone}`)])) as Record<Tone, string>,
  };
}

export function roomFill(kind: string, palette: Palette): string {
  if (kind === "ward" || kind === "theatre") return palette.roomCare;
  if (kind === "public" || kind === "outpatient") return palette.roomPublic;
  if (kind === "staff" || kind === "store") return palette.roomStaff;
  return palette.room;
}
