import { createContext, use, useSyncExternalStore } from "react";
import type { Alert, Closure, Mission, Robot } from "../api/types";
import type { Track } from "../map/motion";
import type { LinkState } from "./link";
import type { LiveState } from "./state";
import type { LiveStore } from "./store";

export const LiveContext = createContext<LiveStore | null>(null);

export function useStore(): LiveStore {
  const store = use(LiveContext);
  if (!store) throw new Error("useStore must be used inside LiveContext");
  return store;
}

/** The whole state; it changes at most five times a second. */
export function useLive(): LiveState {
  const store = useStore();
  return useSyncExternalStore(store.subscribe, store.state);
}

/** A part of the state: pick must return the same object as long as nothing changed in it. */
export function usePart<T>(pick: (state: LiveState) => T): T {
  const store = useStore();
  return useSyncExternalStore(store.subscribe, () => pick(store.state()));
}

export function useLink(): LinkState {
  const store = useStore();
  return useSyncExternalStore(store.subscribe, store.link);
}

export function useRobot(id: string): Robot | undefined {
  return usePart((state) => state.robots.get(id));
}

/** Where a robot was heard last: poses come oftener than records. */
export function useTrack(id: string): Track | undefined {
  const store = useStore();
  return useSyncExternalStore(store.subscribe, () => store.tracks.get(id));
}

export function useLiveMission(id: string): Mission | undefined {
  return usePart((state) => state.missions.get(id));
}

/** What is closed now, the latest first. */
export function useClosures(): Closure[] {
  const closures = usePart((state) => state.closures);
  return [...closures.values()].sort((a, b) => b.closed_s - a.closed_s);
}

export function useOpenAlerts(): Alert[] {
  const alerts = usePart((state) => state.alerts);
  return [...alerts.values()].filter((alert) => alert.handled_s === null).sort(byUrgency);
}

const SEVERITIES = ["critical", "warning", "info"];

function byUrgency(a: Alert, b: Alert): number {
  return SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) || b.raised_s - a.raised_s;
}

/** The orchestrator's time, renewed every second. */
export function useNowS(): number {
  const store = useStore();
  return useSyncExternalStore(store.subscribe, store.nowS);
}
