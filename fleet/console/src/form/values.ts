// What is in the form, and what is sent. Pure.
import type { MissionIn, Param, ParamValue, Template } from "../api/types";

export type FormValue = ParamValue | null;
export type FormValues = Record<string, FormValue>;
export type Problem = "required" | "pinDigits" | "range";

const EMPTY_BY_TYPE: Record<Param["type"], FormValue> = {
  place: null,
  places: [],
  room: null,
  number: null,
  choice: null,
  text: "",
  pin: "",
  flag: false,
};

export function startValues(template: Template): FormValues {
  return Object.fromEntries(template.params.map((param) => [param.name, param.default ?? EMPTY_BY_TYPE[param.type]]));
}

export function isEmpty(value: FormValue | undefined): boolean {
  return value === null || value === undefined || value === "" || (Array.isArray(value) && value.length === 0);
}

/** What can be seen here; the orchestrator checks everything again. */
export function problemsOf(template: Template, values: FormValues): Record<string, Problem> {
  const problems: Record<string, Problem> = {};
  for (const param of template.params) {
    const problem = problemOf(param, values[param.name]);
    if (problem) problems[param.name] = problem;
  }
  return problems;
}

function problemOf(param: Param, value: FormValue | undefined): Problem | null {
  if (isEmpty(value)) return param.required ? "required" : null;
  if (param.type === "pin" && !/^\d{4,6}$/.test(String(value))) return "pinDigits";
  if (param.type === "number" && !inRange(param, Number(value))) return "range";
  return null;
}

function inRange(param: Param, value: number): boolean {
  const low = param.minimum ?? -Infinity;
  const high = param.maximum ?? Infinity;
  return Number.isFinite(value) && value >= low && value <= high;
}

export type MissionRequest = Omit<MissionIn, "idempotency_key">;

export interface Extras {
  priority: number;
  robot: string | null;
  requestedBy: string;
}

/** The body to send: values that are empty and not needed are left out. */
export function bodyOf(template: Template, values: FormValues, extras: Extras): MissionRequest {
  const params: Record<string, ParamValue> = {};
  for (const param of template.params) {
    const value = values[param.name];
    if (value !== null && value !== undefined && !isEmpty(value)) params[param.name] = value;
  }
  return { template: template.id, params, priority: extras.priority, robot: extras.robot, requested_by: extras.requestedBy };
}

/** Moves one entry of a list by a step; the list stays as it is at its ends. */
export function moved<T>(list: readonly T[], index: number, step: 1 | -1): T[] {
  const to = index + step;
  const next = [...list];
  if (to < 0 || to >= list.length) return next;
  const [entry] = next.splice(index, 1);
  next.splice(to, 0, entry as T);
  return next;
}

/** A field that an error names: "params.dose_mj_cm2", "dose_mj_cm2" and "params.dose_mj_cm2.0" are all that one. */
export function fieldOf(field: string): string {
  return field.replace(/^(body\.)?(params\.)?/, "").split(".")[0] ?? "";
}

export function randomPin(): string {
  const [value] = crypto.getRandomValues(new Uint32Array(1));
  return String((value ?? 0) % 10_000).padStart(4, "0");
}
