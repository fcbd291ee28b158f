// What is asked for by HTTP. What moves comes by the stream (live/).
import { useQuery, type UseQueryResult } from "@tanstack/react-query";
import { get } from "./client";
import type { ClosureEffect, Drawing, Machine, Mission, MissionDetail, Site, Template, Why } from "./types";

export interface MissionFilter {
  states: string[];
  family: string | null;
}

export function useSite(): UseQueryResult<Site> {
  return useQuery({
    queryKey: ["site"],
    queryFn: ({ signal }) => get<Site>("/site", signal),
    staleTime: Infinity,
  });
}

/** What stands still on a level: the same drawing as on paper. */
export function useDrawing(level: string): UseQueryResult<Drawing> {
  return useQuery({
    queryKey: ["drawing", level],
    queryFn: ({ signal }) => get<Drawing>(`/site/levels/${encodeURIComponent(level)}/drawing`, signal),
    staleTime: Infinity,
    enabled: level !== "",
  });
}

/** What closing an element would mean as things stand now. */
export function useClosureEffect(kind: string, id: string, oneWay: boolean): UseQueryResult<ClosureEffect> {
  const query = new URLSearchParams({ kind, id, one_way: String(oneWay) });
  return useQuery({
    queryKey: ["effect", query.toString()],
    queryFn: ({ signal }) => get<ClosureEffect>(`/closures/effect?${query}`, signal),
    refetchInterval: 3000,
  });
}

export function useMachines(): UseQueryResult<Machine[]> {
  return useQuery({
    queryKey: ["machines"],
    queryFn: ({ signal }) => get<Machine[]>("/machines", signal),
    staleTime: Infinity,
  });
}

export function useTemplates(): UseQueryResult<Template[]> {
  return useQuery({
    queryKey: ["templates"],
    queryFn: ({ signal }) => get<Template[]>("/templates", signal),
    staleTime: 10_000,
  });
}

export function useMission(id: string): UseQueryResult<MissionDetail> {
  return useQuery({
    queryKey: ["mission", id],
    queryFn: ({ signal }) => get<MissionDetail>(`/missions/${encodeURIComponent(id)}`, signal),
    placeholderData: (previous) => (previous?.id === id ? previous : undefined),
  });
}

export function useMissionList(filter: MissionFilter): UseQueryResult<Mission[]> {
  const query = new URLSearchParams({ limit: "200" });
  for (const state of filter.states) query.append("state", state);
  if (filter.family) query.set("family", filter.family);
  return useQuery({
    queryKey: ["missions", query.toString()],
    queryFn: ({ signal }) => get<Mission[]>(`/missions?${query}`, signal),
    placeholderData: (previous) => previous,
    refetchInterval: 30_000,
  });
}

export function useWhy(kind: "missions" | "robots", id: string, enabled: boolean): UseQueryResult<Why> {
  return useQuery({
    queryKey: ["why", kind, id],
    queryFn: ({ signal }) => get<Why>(`/${kind}/${encodeURIComponent(id)}/why`, signal),
    enabled,
    refetchInterval: 3000,
  });
}
