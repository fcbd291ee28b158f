// The map's colours are the page's: read from the style sheet whenever the theme changes.
import type { Tone } from "../parts/looks";

export interface Palette {
  dark: boolean;
  floor: string;
  room: string;
  roomPublic: string;
  roomCare: string;
  roomStaff: string;
  outdoors: string;
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
    outdoors: read("map-outdoors"),
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

/** How a look of the drawing is painted: colours of the page, widths and dashes in pixels. */
export interface Paint {
  fill?: string;
  /** Opacity of the fill. */
  alpha?: number;
  stroke?: string;
  width?: number;
  /** Width in metres, between width and widthMax: what is thick in the building is thick on the map. */
  widthM?: number;
  widthMax?: number;
  dash?: number[];
  hatch?: boolean;
}

export function paintOf(look: string, palette: Palette): Paint {
  const [first = "", second = ""] = look.split(" ");
  if (first === "room") return { fill: roomFill(second, palette) };
  if (first === "zone") return zonePaint(second, palette);
  if (first === "door") return doorPaint(second, palette);
  if (first === "floor") return { fill: palette.room };
  if (first === "wall") return { stroke: palette.wall, width: 1.2, widthM: 0.16, widthMax: 6 };
  if (first === "lane") return { stroke: palette.lane, width: 1 };
  return {};
}

function roomFill(kind: string, palette: Palette): string {
  if (kind === "ward" || kind === "theatre") return palette.roomCare;
  if (kind === "public" || kind === "outpatient" || kind === "hall" || kind === "shop") return palette.roomPublic;
  if (kind === "staff" || kind === "store") return palette.roomStaff;
  return palette.room;
}

/** Rules that bar or endanger have the colours of states; what only informs is grey. */
function zonePaint(kind: string, { tones, inkSoft, outdoors, accent }: Palette): Paint {
  if (kind === "no_go") return { fill: tones.bad, alpha: 0.08, stroke: tones.bad, width: 1, hatch: true };
  if (kind === "uv_hazard") return { fill: tones.acting, alpha: 0.07, stroke: tones.acting, width: 1, hatch: true };
  if (kind === "slow") return { fill: tones.waiting, alpha: 0.09, stroke: tones.waiting, width: 1, dash: [6, 4] };
  if (kind === "quiet") return { fill: tones.idle, alpha: 0.09, stroke: tones.idle, width: 1, dash: [2, 3] };
  if (kind === "one_way") return { fill: accent, alpha: 0.07, stroke: accent, width: 1 };
  if (kind === "outdoors") return { fill: outdoors, alpha: 0.5 };
  if (kind === "private") return { fill: inkSoft, alpha: 0.06, stroke: inkSoft, width: 0.8, hatch: true };
  return { stroke: inkSoft, width: 1.2, dash: [10, 3, 2, 3] };
}

/** Doors that somebody drives are drawn with what moves; here are the others. */
function doorPaint(kind: string, palette: Palette): Paint {
  if (kind === "doorway") return { stroke: palette.inkSoft, width: 0.8, dash: [2, 2] };
  return kind === "idle" ? { stroke: palette.door, width: 1, widthM: 0.1, widthMax: 3 } : {};
}
