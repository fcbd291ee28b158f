import { describe, expect, it } from "vitest";
import type { Machine, Mission, Param, Robot, Template } from "./api/types";
import { bodyOf, fieldOf, moved, problemsOf, startValues } from "./form/values";
import { clock, duration, inLanguage, metres, percent, waitingParts } from "./format";
import en from "./i18n/en";
import zh from "./i18n/zh-CN";
import { byOpenFirst, robotLook } from "./parts/looks";
import { curve, drawingOf } from "./parts/machineLayout";
import { lanesOf, share, spanAt, ticks } from "./parts/timeline";

const UNITS = { h: "h", min: "min", s: "s" };

describe("what people read", () => {
  it("has durations in at most two units", () => {
    const shown = [-3, 0, 42.4, 60, 200, 599, 601, 3600, 3900, 90_000].map((seconds) => duration(seconds, UNITS));
    expect(shown).toEqual(["0 s", "0 s", "42 s", "1 min", "3 min 20 s", "9 min 59 s", "10 min", "1 h", "1 h 5 min", "25 h"]);
  });

  it("has times in the site's zone, with the date when it is another day", () => {
    const noon = Date.UTC(2026, 0, 15, 4, 3, 2) / 1000;
    expect(clock(noon, noon, "Asia/Shanghai", "en")).toBe("12:03:02");
    expect(clock(noon, noon, "Asia/Shanghai", "zh-CN")).toBe("12:03:02");
    expect(clock(noon, noon + 90_000, "Asia/Shanghai", "en")).toContain("Jan 15");
  });

  it("has percent and metres", () => {
    expect(percent(0.834)).toBe("83 %");
    expect(metres(3.26)).toBe("3.3 m");
    expect(metres(42.4)).toBe("42 m");
  });

  it("falls back to English, then to any language, then to the id", () => {
    expect(inLanguage({ en: "Ward", "zh-CN": "病房" }, "zh-CN", "w")).toBe("病房");
    expect(inLanguage({ en: "Ward" }, "zh-CN", "w")).toBe("Ward");
    expect(inLanguage({ de: "Station" }, "zh-CN", "w")).toBe("Station");
    expect(inLanguage({}, "en", "w")).toBe("w");
  });

  it("splits what something waits for into a kind and who", () => {
    expect(waitingParts("robot carrier-2")).toEqual({ kind: "robot", who: "carrier-2" });
    expect(waitingParts("robot_any")).toEqual({ kind: "robot_any", who: "" });
  });
});

function leaves(node: object, path = ""): [string, string][] {
  return Object.entries(node).flatMap(([key, value]) =>
    typeof value === "string" ? [[`${path}${key}`, value] as [string, string]] : leaves(value as object, `${path}${key}.`),
  );
}

describe("the two languages", () => {
  it("have the same keys, no empty text, and the same values to fill in", () => {
    const english = new Map(leaves(en));
    const chinese = new Map(leaves(zh));
    expect([...chinese.keys()].sort()).toEqual([...english.keys()].sort());
    const slots = (text: string) => (text.match(/\{\{\w+\}\}/g) ?? []).sort().join();
    for (const [key, text] of english) {
      const other = chinese.get(key) ?? "";
      expect(other, key).not.toBe("");
      expect(slots(other), key).toBe(slots(text));
    }
  });
});

describe("how a robot looks", () => {
  const base = { online: true, lost: false, mode: "autonomous", activity: "ready_idle", waiting: "", charging: false, in_service: true };
  const look = (more: object) => robotLook({ ...base, ...more } as Robot);

  it("is the worst that is true of it", () => {
    expect(look({ lost: true, mode: "stopped" })).toBe("lost");
    expect(look({ online: false, charging: true })).toBe("offline");
    expect(look({ mode: "fault", waiting: "lift a" })).toBe("fault");
    expect(look({ activity: "ready_assigned", waiting: "door d" })).toBe("waiting");
    expect(look({ activity: "moving", waiting: "door d" })).toBe("moving");
    expect(look({ activity: "charging", charging: true })).toBe("charging");
    expect(look({ in_service: false })).toBe("out");
    expect(look({})).toBe("idle");
  });
});

function mission(id: string, state: string, more: Partial<Mission> = {}): Mission {
  return { id, state, priority: 1, created_s: 0, ended_s: null, start_s: null, end_s: null, robot: "", ...more } as Mission;
}

describe("the list of missions", () => {
  it("has open ones first, by state and priority, then the last ended", () => {
    const list = [
      mission("old", "completed", { ended_s: 5 }),
      mission("new", "failed", { ended_s: 9 }),
      mission("queued", "queued"),
      mission("urgent", "queued", { priority: 3, created_s: 7 }),
      mission("running", "running"),
    ];
    expect(list.sort(byOpenFirst).map((entry) => entry.id)).toEqual(["running", "urgent", "queued", "new", "old"]);
  });
});

describe("the timeline", () => {
  const span = spanAt(1000, 600, 600);
  const robots = [{ id: "a" }, { id: "b" }] as Robot[];

  it("has one lane a robot, bars cut to the span, and a running mission at least up to now", () => {
    const missions = [
      mission("1", "completed", { robot: "a", start_s: 100, end_s: 700, ended_s: 700 }),
      mission("2", "running", { robot: "a", start_s: 900, end_s: 950 }),
      mission("3", "assigned", { robot: "a", start_s: 1500, end_s: 9000 }),
      mission("4", "completed", { robot: "a", start_s: 10, ended_s: 300 }),
      mission("5", "queued"),
    ];
    const lanes = lanesOf(robots, missions, span, 1000);
    expect(lanes.map((lane) => lane.bars.map((bar) => [bar.mission.id, bar.fromS, bar.toS]))).toEqual([
      [["1", 400, 700], ["2", 900, 1000], ["3", 1500, 1600]],
      [],
    ]);
    expect(share(1000, span)).toBe(0.5);
  });

  it("has marks at round times, not too many", () => {
    expect(ticks(span, 8)).toEqual([600, 900, 1200, 1500]);
  });
});

describe("the drawing of a state machine", () => {
  const machine: Machine = {
    name: "load",
    states: ["waiting", "open", "closing", "finished", "failed"],
    transitions: [["begin", "waiting", "open"], ["loaded", "open", "closing"], ["taken_back", "closing", "open"], ["finish", "closing", "finished"], ["fail", "open", "failed"], ["abort", "open", "failed"]],
  };
  const drawing = drawingOf(machine, (state) => state);

  it("has every state once, none over another, all inside", () => {
    expect(drawing.boxes.map((box) => box.state)).toEqual(machine.states);
    for (const a of drawing.boxes) {
      expect(a.x - a.width / 2).toBeGreaterThanOrEqual(0);
      expect(a.y + a.height / 2).toBeLessThanOrEqual(drawing.height);
      for (const b of drawing.boxes) {
        if (a === b) continue;
        const apart = Math.abs(a.x - b.x) >= (a.width + b.width) / 2 || Math.abs(a.y - b.y) >= (a.height + b.height) / 2;
        expect(apart, `${a.state} and ${b.state}`).toBe(true);
      }
    }
  });

  it("has one arrow for each pair of states, with all its triggers", () => {
    const arrow = drawing.arrows.find((entry) => entry.from === "open" && entry.to === "failed");
    expect(arrow?.triggers).toEqual(["fail", "abort"]);
    expect(drawing.arrows).toHaveLength(5);
    expect(curve([{ x: 0, y: 0 }, { x: 5, y: 5 }, { x: 10, y: 0 }])).toBe("M0 0Q5 5 7.5 2.5L10 0");
  });
});

function param(name: string, type: Param["type"], more: Partial<Param> = {}): Param {
  return { name, type, label: {}, help: {}, required: true, default: null, choices: [], choice_labels: {}, minimum: null, maximum: null, unit: "", kinds: [], ...more };
}

describe("the form", () => {
  const template = {
    id: "deliver",
    params: [param("from", "place"), param("stops", "places"), param("pin", "pin"), param("dose", "number", { required: false, default: 25, minimum: 1, maximum: 600 }), param("item", "text", { required: false })],
  } as Template;

  it("starts with the defaults and says what is missing or out of range", () => {
    const values = startValues(template);
    expect(values["dose"]).toBe(25);
    expect(problemsOf(template, values)).toEqual({ from: "required", stops: "required", pin: "required" });
    const wrong = { from: "a", stops: ["b"], pin: "12", dose: -5, item: "" };
    expect(problemsOf(template, wrong)).toEqual({ pin: "pinDigits", dose: "range" });
  });

  it("sends what is filled in, and leaves out what is not", () => {
    const body = bodyOf(template, { from: "a", stops: ["c", "b"], pin: "0471", dose: null, item: "" }, { priority: 2, robot: null, requestedBy: "Li" });
    expect(body).toEqual({ template: "deliver", params: { from: "a", stops: ["c", "b"], pin: "0471" }, priority: 2, robot: null, requested_by: "Li" });
  });

  it("moves a place up and down, and stops at the ends", () => {
    expect(moved(["a", "b", "c"], 2, -1)).toEqual(["a", "c", "b"]);
    expect(moved(["a", "b", "c"], 0, -1)).toEqual(["a", "b", "c"]);
    expect(moved(["a", "b", "c"], 0, 1)).toEqual(["b", "a", "c"]);
  });

  it("finds the field that an error names", () => {
    expect(["dose_mj_cm2", "params.dose_mj_cm2", "body.params.checkpoints.0", "robot", ""].map(fieldOf)).toEqual(["dose_mj_cm2", "dose_mj_cm2", "checkpoints", "robot", ""]);
  });
});
