// Names on the screen: none over another. Pure.

export interface Label {
  text: string;
  /** Middle of the text, in pixels. */
  x: number;
  y: number;
  width: number;
  height: number;
}

const GAP_PX = 3;

export function overlap(a: Label, b: Label): boolean {
  return (
    Math.abs(a.x - b.x) * 2 < a.width + b.width + GAP_PX && Math.abs(a.y - b.y) * 2 < a.height + b.height + GAP_PX
  );
}
