// Is what the screen shows fresh? Pure: what happened on the connection in, its state out.

export type LinkStatus = "connecting" | "live" | "stale" | "lost";

export interface LinkState {
  status: LinkStatus;
  /** This page's clock (ms) at the last message; 0: none yet. */
  heardMs: number;
  /** Failed attempts in a row. */
  attempts: number;
}

export type LinkEvent = { type: "message" | "closed" | "tick"; atMs: number };

/** The orchestrator speaks at least once a second; this much silence is a lost connection. */
export const SILENCE_MS = 2500;
/** An open but silent connection is given up after this. */
export const GIVE_UP_MS = 6000;
const RETRY_MS = [500, 1000, 2000, 4000];

export const START: LinkState = { status: "connecting", heardMs: 0, attempts: 0 };

export function step(state: LinkState, event: LinkEvent): LinkState {
  if (event.type === "message") return { status: "live", heardMs: event.atMs, attempts: 0 };
  if (event.type === "closed") return { ...state, status: "lost", attempts: state.attempts + 1 };
  const silent = state.status === "live" && event.atMs - state.heardMs > SILENCE_MS;
  return silent ? { ...state, status: "stale" } : state;
}

export function mustReopen(state: LinkState, atMs: number): boolean {
  return state.status === "stale" && atMs - state.heardMs > GIVE_UP_MS;
}

export function retryMs(attempts: number): number {
  return RETRY_MS[Math.min(Math.max(attempts - 1, 0), RETRY_MS.length - 1)] ?? 4000;
}
