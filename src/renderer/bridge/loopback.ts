/**
 * The bridge in a browser: a token from the address once, then a WebSocket that comes back by itself.
 *
 * The page's fragment holds the token exactly once; it leaves the address before anything else happens and is exchanged for a key. The
 * key is this tab's: it is kept in the tab's own storage, so that a reload finds it, and named in what the page asks. A browser sends
 * it nowhere by itself.
 */
import type { Bridge, ClientMessage, HostMessage } from "../../shared/contract/contract.ts";

/** `silent`: the connection is open, and the host answers nothing: it is frozen, or far behind. */
export type LinkState = "connecting" | "open" | "silent" | "lost" | "unauthorized";

/** A bridge that says how it stands. */
export interface Link extends Bridge {
  /** Called at once with the present state, then at each change. */
  status(listener: (state: LinkState) => void): () => void;
  /** Tries again at once instead of waiting for the next attempt. */
  retry(): void;
  /** Gives the tab's key back: nothing opens with it any more, here or anywhere. */
  logout(): Promise<void>;
}

/** What the bridge needs of the page; a test passes its own. */
export interface Page {
  readonly location: Pick<Location, "protocol" | "host" | "hash" | "pathname" | "search">;
  readonly replaceAddress: (address: string) => void;
  readonly fetch: (path: string, options?: RequestInit) => Promise<Pick<Response, "status" | "ok" | "json">>;
  readonly openSocket: (url: string, protocols: readonly string[]) => WebSocket;
  /** The tab's own storage: what it keeps over a reload. */
  readonly keep: { readonly get: () => string | null; readonly set: (key: string) => void; readonly drop: () => void };
  readonly later: (run: () => void, ms: number) => unknown;
  readonly cancel: (timer: unknown) => void;
}

const KEY_NAME = "logos.key";
const BRIDGE_PROTOCOL = "logos.v1";
const WAIT_MS_MIN = 300;
const WAIT_MS_MAX = 8_000;

/** The wait before the next attempt; it doubles up to a limit. */
export function waitMs(attempt: number): number {
  return Math.min(WAIT_MS_MAX, WAIT_MS_MIN * 2 ** Math.min(attempt, 10));
}

/** The token in a fragment, or null. */
export function tokenOf(hash: string): string | null {
  const token = new URLSearchParams(hash.replace(/^#/, "")).get("token");
  return token === null || token === "" ? null : token;
}

function browserPage(): Page {
  return {
    location: window.location,
    replaceAddress: (address) => window.history.replaceState(null, "", address),
    fetch: (path, options) => window.fetch(path, options),
    openSocket: (url, protocols) => new WebSocket(url, [...protocols]),
    keep: {
      get: () => window.sessionStorage.getItem(KEY_NAME),
      set: (key) => window.sessionStorage.setItem(KEY_NAME, key),
      drop: () => window.sessionStorage.removeItem(KEY_NAME),
    },
    later: (run, ms) => window.setTimeout(run, ms),
    cancel: (timer) => window.clearTimeout(timer as number),
  };
}

/** `WebSocket.OPEN`. */
const OPEN = 1;

class Loopback implements Link {
  readonly host = "loopback";
  readonly #page: Page;
  readonly #messages = new Set<(message: HostMessage) => void>();
  readonly #closings = new Set<() => void>();
  readonly #states = new Set<(state: LinkState) => void>();
  #state: LinkState = "connecting";
  #socket: WebSocket | null = null;
  #attempt = 0;
  #timer: unknown = null;
  #key: string | null;

  constructor(page: Page) {
    this.#page = page;
    this.#key = page.keep.get();
    void this.#begin();
  }

  send(message: ClientMessage): void {
    // A socket that is closing takes a message without a word and drops it, some time before it says that it is closed.
    if (this.#state !== "open" || this.#socket?.readyState !== OPEN) throw new Error("The connection is not open.");
    this.#socket.send(JSON.stringify(message));
  }

  receive(listener: (message: HostMessage) => void): () => void {
    this.#messages.add(listener);
    return () => this.#messages.delete(listener);
  }

  closed(listener: () => void): () => void {
    this.#closings.add(listener);
    return () => this.#closings.delete(listener);
  }

  status(listener: (state: LinkState) => void): () => void {
    this.#states.add(listener);
    listener(this.#state);
    return () => this.#states.delete(listener);
  }

  retry(): void {
    if (this.#state !== "lost" && this.#state !== "unauthorized") return;
    if (this.#timer !== null) this.#page.cancel(this.#timer);
    this.#timer = null;
    this.#connect();
  }

  async logout(): Promise<void> {
    const [key, socket] = [this.#key, this.#socket];
    this.#key = null;
    this.#page.keep.drop();
    this.#socket = null;
    if (this.#timer !== null) this.#page.cancel(this.#timer);
    this.#timer = null;
    this.#set("unauthorized");
    try {
      const headers = { authorization: `Bearer ${key ?? ""}` };
      if (key !== null) await this.#page.fetch("/logout", { method: "POST", credentials: "omit", headers });
    } catch {
      // A server that is gone has forgotten the key with its end.
    }
    socket?.close();
  }

  #set(state: LinkState): void {
    if (this.#state === state) return;
    this.#state = state;
    for (const listener of this.#states) listener(state);
  }

  async #begin(): Promise<void> {
    const { location } = this.#page;
    const token = tokenOf(location.hash);
    if (token === null) return this.#connect();
    this.#page.replaceAddress(`${location.pathname}${location.search}`);
    try {
      const answer = await this.#page.fetch("/session", {
        method: "POST",
        credentials: "omit",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ token }),
      });
      if (answer.status === 401 || answer.status === 403) return this.#set("unauthorized");
      const { key } = (await answer.json()) as { readonly key?: unknown };
      if (typeof key === "string") {
        this.#key = key;
        this.#page.keep.set(key);
      }
    } catch {
      // The server may be starting: later attempts show it.
    }
    this.#connect();
  }

  #connect(): void {
    const { protocol, host } = this.#page.location;
    let opened = false;
    const protocols = this.#key === null ? [BRIDGE_PROTOCOL] : [BRIDGE_PROTOCOL, `key.${this.#key}`];
    const socket = this.#page.openSocket(`${protocol === "https:" ? "wss" : "ws"}://${host}/bridge`, protocols);
    this.#socket = socket;
    socket.addEventListener("open", () => {
      if (this.#socket !== socket) return;
      opened = true;
      this.#attempt = 0;
      this.#set("open");
    });
    socket.addEventListener("message", (event: MessageEvent) => {
      if (this.#socket !== socket || typeof event.data !== "string") return;
      const message = JSON.parse(event.data) as HostMessage;
      for (const listener of this.#messages) listener(message);
    });
    socket.addEventListener("close", () => {
      if (this.#socket !== socket) return;
      this.#socket = null;
      if (opened) for (const listener of this.#closings) listener();
      void this.#again(opened);
    });
  }

  async #again(opened: boolean): Promise<void> {
    // A browser does not say why a socket was refused; the same address asked plainly does.
    if (!opened && (await this.#refused())) return this.#set("unauthorized");
    this.#set("lost");
    this.#timer = this.#page.later(() => {
      this.#timer = null;
      this.#connect();
    }, waitMs(this.#attempt));
    this.#attempt += 1;
  }

  async #refused(): Promise<boolean> {
    try {
      const headers = this.#key === null ? {} : { authorization: `Bearer ${this.#key}` };
      const answer = await this.#page.fetch("/bridge", { credentials: "omit", headers });
      return answer.status === 401 || answer.status === 403;
    } catch {
      return false;
    }
  }
}

export function createLoopbackBridge(page: Page = browserPage()): Link {
  return new Loopback(page);
}
