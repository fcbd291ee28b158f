// What of the site can be closed, by the names that the drawing uses: "edge:a>b" is a lane, "room:r" a room.
import type { Closure, Site } from "../api/types";

export type Kind = Closure["kind"];

export interface Element {
  kind: Kind;
  id: string;
  /** Of a lane: whether robots drive both ways. */
  twoWay: boolean;
}

/** What is small comes before what lies around it. */
const RANK: readonly Kind[] = ["door", "lane", "lift", "room", "zone"];
const KINDS: Record<string, Kind> = { edge: "lane", zone: "zone", room: "room", door: "door", lift: "lift" };

/** Elements of the drawing's refs, the small ones first; of a two-way lane the direction that the site lists. */
export function elementsOf(refs: readonly string[], site: Site): Element[] {
  const lanes = new Map(site.edges.map((edge) => [edge.id, edge]));
  const found = new Map<string, Element>();
  for (const ref of refs) {
    const [what = "", ...rest] = ref.split(":");
    const kind = KINDS[what];
    const id = rest.join(":");
    const lane = kind === "lane" ? lanes.get(id) : undefined;
    if (kind && (kind !== "lane" || lane)) found.set(`${kind} ${id}`, { kind, id, twoWay: lane?.two_way ?? false });
  }
  return [...found.values()].sort((a, b) => RANK.indexOf(a.kind) - RANK.indexOf(b.kind));
}

/** The refs of what is closed now, for the map. */
export function closedRefs(closures: Iterable<Closure>): ReadonlySet<string> {
  const prefixes = new Map(Object.entries(KINDS).map(([prefix, kind]) => [kind, prefix]));
  return new Set([...closures].map((closure) => `${prefixes.get(closure.kind)}:${closure.element}`));
}

/** The closures of an element. A lane is closed by either direction's name. */
export function closuresOf(element: Element, closures: Iterable<Closure>, site: Site): Closure[] {
  const ids = [element.id];
  const lane = element.kind === "lane" ? site.edges.find((edge) => edge.id === element.id) : undefined;
  return [...closures].filter((closure) => closure.kind === element.kind && (ids.includes(closure.element) || isBack(lane, closure.element, site)));
}

function isBack(lane: Site["edges"][number] | undefined, id: string, site: Site): boolean {
  if (!lane) return false;
  const other = site.edges.find((edge) => edge.id === id);
  const between = other ? [other.source, other.target] : id.split(">");
  return between[0] === lane.target && between[1] === lane.source;
}
