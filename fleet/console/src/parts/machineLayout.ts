// Where states and arrows of a state machine go: layers by dagre, one arrow for each pair of states. Pure.
import { Graph, layout } from "@dagrejs/dagre";
import type { Machine } from "../api/types";

export interface StateBox {
  state: string;
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Arrow {
  from: string;
  to: string;
  triggers: string[];
  points: { x: number; y: number }[];
}

export interface Drawing {
  width: number;
  height: number;
  boxes: StateBox[];
  arrows: Arrow[];
}

const CHAR_PX = 7;
const BOX_HEIGHT = 26;
const MARGIN = 8;

export function drawingOf(machine: Machine, label: (state: string) => string): Drawing {
  const graph = new Graph({ multigraph: false });
  graph.setGraph({ rankdir: "LR", nodesep: 14, ranksep: 34, marginx: MARGIN, marginy: MARGIN });
  for (const state of machine.states) {
    graph.setNode(state, { width: widthOf(label(state)), height: BOX_HEIGHT });
  }
  const pairs = pairsOf(machine);
  for (const [from, to] of pairs.values()) if (from !== to) graph.setEdge(from, to, {});
  layout(graph);
  const boxes = machine.states.map((state) => ({ state, ...(graph.node(state) as Omit<StateBox, "state">) }));
  return inOrigin(boxes, [...pairs.values()].filter(([from, to]) => from !== to).map(([from, to, triggers]) => ({
      from,
      to,
      triggers,
      points: (graph.edge(from, to) as { points: { x: number; y: number }[] }).points,
    })),
  );
}

/** Arrows may swing out above or left of the states: everything is moved so that nothing is cut off. */
function inOrigin(boxes: StateBox[], arrows: Arrow[]): Drawing {
  const points = arrows.flatMap((arrow) => arrow.points);
  const xs = [...boxes.flatMap((box) => [box.x - box.width / 2, box.x + box.width / 2]), ...points.map((point) => point.x)];
  const ys = [...boxes.flatMap((box) => [box.y - box.height / 2, box.y + box.height / 2]), ...points.map((point) => point.y)];
  const left = Math.min(...xs) - MARGIN;
  const top = Math.min(...ys) - MARGIN;
  const shifted = <T extends { x: number; y: number }>(item: T): T => ({ ...item, x: item.x - left, y: item.y - top });
  return {
    width: Math.max(...xs) + MARGIN - left,
    height: Math.max(...ys) + MARGIN - top,
    boxes: boxes.map(shifted),
    arrows: arrows.map((arrow) => ({ ...arrow, points: arrow.points.map(shifted) })),
  };
}

/** Latin letters are narrow, Chinese ones wide. */
function widthOf(text: string): number {
  const units = [...text].reduce((sum, letter) => sum + (letter.charCodeAt(0) > 0x2e80 ? 1.8 : 1), 0);
  return Math.round(units * CHAR_PX + 20);
}

function pairsOf(machine: Machine): Map<string, [from: string, to: string, triggers: string[]]> {
  const pairs = new Map<string, [string, string, string[]]>();
  for (const [trigger, from, to] of machine.transitions) {
    const key = `${from} ${to}`;
    const found = pairs.get(key);
    if (found) found[2].push(trigger);
    else pairs.set(key, [from, to, [trigger]]);
  }
  return pairs;
}

/** A smooth line through the points, as an SVG path. */
export function curve(points: readonly { x: number; y: number }[]): string {
  const [first, ...rest] = points;
  if (!first) return "";
  let path = `M${round(first.x)} ${round(first.y)}`;
  rest.forEach((point, index) => {
    const next = rest[index + 1];
    if (!next) path += `L${round(point.x)} ${round(point.y)}`;
    else path += `Q${round(point.x)} ${round(point.y)} ${round((point.x + next.x) / 2)} ${round((point.y + next.y) / 2)}`;
  });
  return path;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
