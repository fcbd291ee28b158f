// Keeps the stream open and the state current; React reads it through hooks.ts, the map through `tracks`.
import type { Changes, Snapshot } from "../api/types";
import { Tracks } from "../map/motion";
import { mustReopen, retryMs, START, step, type LinkEvent, type LinkState } from "./link";
import { apply, EMPTY, posesOf, serverNowS, type LiveState } from "./state";

/** React is told at most this often; the map reads poses every frame. */
const FLUSH_MS = 200;
const TICK_MS = 500;

type Listener = () => void;

export class LiveStore {
  readonly tracks = new Tracks();
  private readonly url: string;
  private current: LiveState = EMPTY;
  private published: LiveState = EMPTY;
  private linkState: LinkState = START;
  private secondS = 0;
  private listeners = new Set<Listener>();
  private socket: WebSocket | null = null;
  private flushTimer: number | undefined;
  private retryTimer: number | undefined;
  private tickTimer: number | undefined;
  /** Called after every snapshot: what was asked by HTTP may be old. */
  onSnapshot: () => void = () => undefined;

  constructor(url: string) {
    this.url = url;
  }

  start(): void {
    this.tickTimer = window.setInterval(() => this.tick(), TICK_MS);
    this.open();
  }

  stop(): void {
    window.clearInterval(this.tickTimer);
    window.clearTimeout(this.retryTimer);
    window.clearTimeout(this.flushTimer);
    this.drop();
  }

  readonly subscribe = (listener: Listener): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly state = (): LiveState => this.published;

  readonly link = (): LinkState => this.linkState;

  /** The orchestrator's time in whole seconds: what durations on the screen are counted with. */
  readonly nowS = (): number => this.secondS;

  private open(): void {
    const socket = new WebSocket(this.url);
    socket.onmessage = (message: MessageEvent<string>) => this.receive(JSON.parse(message.data));
    socket.onclose = () => {
      if (this.socket === socket) this.lost();
    };
    this.socket = socket;
  }

  private drop(): void {
    const socket = this.socket;
    this.socket = null;
    socket?.close();
  }

  private lost(): void {
    this.drop();
    this.hear({ type: "closed", atMs: Date.now() });
    this.retryTimer = window.setTimeout(() => this.open(), retryMs(this.linkState.attempts));
  }

  private receive(message: Snapshot | Changes): void {
    const atMs = Date.now();
    this.current = apply(this.current, message, atMs);
    if (message.type === "snapshot") this.tracks.clear();
    for (const [id, pose] of posesOf(message)) this.tracks.push(id, pose, performance.now());
    this.hear({ type: "message", atMs });
    if (message.type === "snapshot") {
      this.flush();
      this.onSnapshot();
    } else {
      this.flushTimer ??= window.setTimeout(() => this.flush(), FLUSH_MS);
    }
  }

  private tick(): void {
    const atMs = Date.now();
    this.hear({ type: "tick", atMs });
    this.renewSecond(atMs);
    if (this.socket && mustReopen(this.linkState, atMs)) this.lost();
  }

  private renewSecond(atMs: number): void {
    const secondS = Math.floor(serverNowS(this.current, atMs));
    if (secondS === this.secondS) return;
    this.secondS = secondS;
    this.notify();
  }

  private hear(event: LinkEvent): void {
    const before = this.linkState;
    this.linkState = step(before, event);
    if (before.status !== this.linkState.status) this.notify();
  }

  private flush(): void {
    window.clearTimeout(this.flushTimer);
    this.flushTimer = undefined;
    this.published = this.current;
    this.secondS = Math.floor(this.current.nowS);
    this.notify();
  }

  private notify(): void {
    for (const listener of [...this.listeners]) listener();
  }
}
