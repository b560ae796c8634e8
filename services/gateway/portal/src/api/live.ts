/**
 * What happens, as it happens: one EventSource for the whole tab. A notice says which document has changed,
 * not how; the queries that told of it declare `meta.live` and are asked again.
 *
 *     useQuery({ queryKey: ["orders", filters], queryFn, meta: { live: ["order"] } })          // any order
 *     useQuery({ queryKey: ["order", id], queryFn, meta: { live: [`order:${id}`, "comment"] } }) // this one
 */
import type { QueryClient } from "@tanstack/react-query";
import { useSyncExternalStore } from "react";

export interface Notice {
  id: string;
  /** Name of the event, such as `order-confirmed`. */
  name: string;
  /** What `subject` is: `order`, `invoice`, `comment`, … */
  kind: string;
  subject: string;
  sequence: number;
  time: string;
}

export type Connection = "connected" | "connecting" | "lost";

/** Notices that arrive together are answered with one round of questions. */
const GATHER = 120;
const LONGEST_PAUSE = 15_000;
/** A blink of the network is nobody's business. */
const PATIENCE = 2_000;

export class Live {
  private source: EventSource | null = null;
  private lastId = "";
  private pause = 500;
  private again: ReturnType<typeof setTimeout> | undefined;
  private worry: ReturnType<typeof setTimeout> | undefined;
  private gathering: ReturnType<typeof setTimeout> | undefined;
  private waiting: Notice[] = [];
  private readonly watchers = new Set<() => void>();
  private readonly listeners = new Set<(notice: Notice) => void>();
  private state: Connection = "connecting";

  constructor(
    private readonly queries: QueryClient,
    private readonly organisation: string,
    private readonly ended: () => void,
    private readonly open: (address: string) => EventSource = (address) => new EventSource(address),
  ) {}

  start(): void {
    window.addEventListener("online", this.now);
    window.addEventListener("offline", this.lost);
    this.connect();
  }

  stop(): void {
    window.removeEventListener("online", this.now);
    window.removeEventListener("offline", this.lost);
    for (const timer of [this.again, this.worry, this.gathering]) clearTimeout(timer);
    this.source?.close();
    this.source = null;
  }

  readonly connection = (): Connection => this.state;

  readonly watch = (watcher: () => void): (() => void) => {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  };

  /** Hear every notice, for what is not a query (a toast, a glow). */
  readonly listen = (listener: (notice: Notice) => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Try at once instead of waiting for the next turn. */
  readonly now = (): void => {
    clearTimeout(this.again);
    this.pause = 500;
    this.connect();
  };

  private connect(): void {
    this.source?.close();
    const after = this.lastId ? `&after=${this.lastId}` : "";
    const source = this.open(`/api/v1/live?organisation=${this.organisation}${after}`);
    this.source = source;
    source.onopen = () => {
      this.pause = 500;
      clearTimeout(this.worry);
      this.worry = undefined;
      const wasLost = this.state === "lost";
      this.tell("connected");
      // What could not be asked while the line was down is asked now.
      if (wasLost) void this.queries.invalidateQueries();
    };
    source.onmessage = (event: MessageEvent<string>) => {
      if (event.lastEventId) this.lastId = event.lastEventId;
      this.take(JSON.parse(event.data) as Notice);
    };
    source.addEventListener("hello", (event) => {
      // What happened between an answer that is on the screen and this moment was told to nobody here.
      if (this.lastId === "") void this.queries.invalidateQueries({ predicate: ({ meta }) => meta?.live !== undefined });
      this.lastId = event.lastEventId;
    });
    source.addEventListener("reset", (event) => {
      this.lastId = event.lastEventId;
      void this.queries.invalidateQueries();
    });
    source.addEventListener("ended", () => {
      this.stop();
      this.ended();
    });
    source.onerror = () => {
      this.worry ??= setTimeout(this.lost, PATIENCE);
      if (source.readyState !== EventSource.CLOSED) return;
      // Refused (the gateway starts anew, or the session is over): the browser gives up, we do not.
      this.again = setTimeout(() => this.connect(), this.pause * (0.5 + Math.random()));
      this.pause = Math.min(this.pause * 2, LONGEST_PAUSE);
      void this.queries.invalidateQueries({ queryKey: ["session"] });
    };
  }

  private readonly lost = (): void => this.tell("lost");

  private tell(state: Connection): void {
    if (this.state === state) return;
    this.state = state;
    this.watchers.forEach((watcher) => watcher());
  }

  private take(notice: Notice): void {
    this.listeners.forEach((listener) => listener(notice));
    this.waiting.push(notice);
    this.gathering ??= setTimeout(() => {
      this.gathering = undefined;
      const notices = this.waiting.splice(0);
      void this.queries.invalidateQueries({
        predicate: ({ meta }) => notices.some((one) => concerns(meta?.live, one)),
      });
    }, GATHER);
  }
}

/** Whether a query that declares `live` told of what the notice names. */
export function concerns(live: unknown, notice: Pick<Notice, "kind" | "subject">): boolean {
  if (!Array.isArray(live)) return false;
  return live.includes(notice.kind) || live.includes(`${notice.kind}:${notice.subject}`);
}

let current: Live | null = null;
const holders = new Set<() => void>();

export function setLive(live: Live | null): void {
  current = live;
  holders.forEach((holder) => holder());
}

export function currentLive(): Live | null {
  return current;
}

/** Told of every change of the connection, also of one that begins or is replaced later. */
function follow(told: () => void): () => void {
  let unfollow = current?.watch(told);
  const holder = (): void => {
    unfollow?.();
    unfollow = current?.watch(told);
    told();
  };
  holders.add(holder);
  return () => {
    holders.delete(holder);
    unfollow?.();
  };
}

export function useConnection(): Connection {
  return useSyncExternalStore(follow, () => current?.connection() ?? "connecting");
}
