import { describe, expect, it } from "vitest";
import type { Closure, Site } from "../api/types";
import { closedRefs, closuresOf, elementsOf } from "./elements";

const SITE = {
  edges: [
    { id: "a>b", source: "a", target: "b", two_way: true, length_m: 1 },
    { id: "L1/1>L1/2", source: "L1/1", target: "L1/2", two_way: false, length_m: 1 },
  ],
} as unknown as Site;

describe("what was tapped on the map", () => {
  it("is told by kind, each thing once, and a two-way lane by the direction that the site lists", () => {
    const found = elementsOf(["door:d", "node:n", "edge:b>a", "edge:a>b", "room:r", "room:r"], SITE);
    expect(found).toEqual([
      { kind: "door", id: "d", twoWay: false },
      { kind: "lane", id: "a>b", twoWay: true },
      { kind: "room", id: "r", twoWay: false },
    ]);
  });

  it("keeps ids with slashes, arrows and colons", () => {
    expect(elementsOf(["edge:L1/1>L1/2", "zone:x:y"], SITE).map((element) => element.id)).toEqual(["L1/1>L1/2", "x:y"]);
  });
});

describe("what is closed", () => {
  const closure = (kind: Closure["kind"], element: string) => ({ id: element, kind, element }) as Closure;

  it("is marked by the drawing's names", () => {
    expect([...closedRefs([closure("lane", "a>b"), closure("zone", "z")])]).toEqual(["edge:a>b", "zone:z"]);
  });

  it("belongs to a lane in whichever direction it was closed", () => {
    const element = { kind: "lane" as const, id: "a>b", twoWay: true };
    expect(closuresOf(element, [closure("lane", "b>a"), closure("door", "a>b")], SITE).map((c) => c.element)).toEqual(["b>a"]);
  });
});
