// One way to talk to the orchestrator: JSON in, JSON out, every failure an ApiError with a body to show.
import type { ErrorBody } from "./types";

export const API = "/api/v1";
const TIMEOUT_MS = 15_000;

export class ApiError extends Error {
  readonly status: number;
  readonly body: ErrorBody;

  constructor(status: number, body: ErrorBody) {
    super(body.message);
    this.status = status;
    this.body = body;
  }
}

function made(code: string, message: string): ErrorBody {
  return { code, message, field: "", hint: "", vetoes: {} };
}

async function errorBody(response: Response): Promise<ErrorBody> {
  const text = await response.text();
  try {
    return { ...made("HTTP", text), ...(JSON.parse(text) as Partial<ErrorBody>) };
  } catch {
    return made("HTTP", `${response.status} ${response.statusText}`);
  }
}

async function call<T>(path: string, init: RequestInit): Promise<T> {
  let response: Response;
  try {
    response = await fetch(API + path, { signal: AbortSignal.timeout(TIMEOUT_MS), ...init });
  } catch (error) {
    throw new ApiError(0, made("NO_ANSWER", String(error)));
  }
  if (!response.ok) throw new ApiError(response.status, await errorBody(response));
  return (await response.json()) as T;
}

export function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  return call<T>(path, signal ? { signal } : {});
}

export function del<T>(path: string, query: Record<string, string>): Promise<T> {
  return call<T>(`${path}?${new URLSearchParams(query)}`, { method: "DELETE" });
}

export function post<T>(path: string, body: unknown = {}, headers: Record<string, string> = {}): Promise<T> {
  return call<T>(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
}
