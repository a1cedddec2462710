/** What the host sent: each stream's projection, the state of the connection, and the session's clock. */
import { useEffect, useMemo } from "react";
import { create } from "zustand";
import type { Bridge, Input, Output, ProcedureName, StreamName, StreamValue } from "../../shared/contract/contract.ts";
import { shapeOf } from "../../shared/errors.ts";
import type { ErrorShape } from "../../shared/errors.ts";
import type { Mark, OpenSession } from "../../shared/contract/views.ts";
import { Client } from "../bridge/client.ts";
import type { LinkState } from "../bridge/loopback.ts";

/** The frame's own streams, which are read from the start. */
type FrameStream = "app" | "session" | "alerts";
type AllStreams = { readonly [Name in StreamName]: StreamValue<Name> | null };
/** The newest value of each stream; a view's is absent until it is read. */
type Streams = Partial<AllStreams> & Pick<AllStreams, FrameStream>;

interface LiveStore {
  readonly connection: LinkState;
  readonly streams: Streams;
  /** While held, views keep what they show; the frame continues. */
  readonly held: boolean;
  /** When the session's stream last said something, by this machine's clock. */
  readonly receivedAtMs: number;
  /** When the host's last message came before the connection became silent or was lost. */
  readonly unknownSinceMs: number;
}

export const useLive = create<LiveStore>(() => ({
  connection: "connecting",
  streams: { app: null, session: null, alerts: null },
  held: false,
  receivedAtMs: 0,
  unknownSinceMs: 0,
}));

/** Streams that a hold never stops: a person who holds a view must still see a halt. */
const ALWAYS: readonly StreamName[] = ["app", "session", "alerts", "drift"];
/** Streams that no session's journal has to be read for. */
const OF_THE_HOST: readonly StreamName[] = ["app", "session", "alerts", "sessions"];
const waiting = new Map<StreamName, unknown>();
let client: Client | null = null;

function take(stream: StreamName, value: unknown): void {
  if (
    useLive.getState().held &&
    !ALWAYS.includes(stream) &&
    value !== null &&
    (useLive.getState().streams[stream] ?? null) !== null
  ) {
    waiting.set(stream, value);
    return;
  }
  waiting.delete(stream);
  useLive.setState((state) => ({
    streams: { ...state.streams, [stream]: value },
    ...(stream === "session" ? { receivedAtMs: Date.now() } : {}),
  }));
}

export function hold(held: boolean): void {
  useLive.setState({ held });
  if (held) return;
  for (const [stream, value] of waiting) take(stream, value);
  waiting.clear();
}

/** Takes the bridge and begins with the streams that the frame stands on. */
export function start(bridge: Bridge): void {
  const lessMotion = matchMedia("(prefers-reduced-motion: reduce)");
  client = new Client(bridge, {
    value: take,
    state: (connection) => useLive.setState({ connection, unknownSinceMs: client?.receivedAtMs ?? 0 }),
    calm: () => lessMotion.matches,
  });
  client.read("app");
  client.read("session");
  client.read("alerts");
}

/** Begins to read what will be shown in a moment. */
export function readAhead(streams: readonly StreamName[]): void {
  for (const stream of streams) client?.read(stream)();
}

export function retry(): void {
  client?.retry();
}

/** True where nothing is known of the present: the connection is lost, or the host does not answer. */
export const isUnknown = (connection: LinkState): boolean => connection === "lost" || connection === "silent";

export function useUnknown(): boolean {
  return useLive((state) => isUnknown(state.connection));
}

export const inBrowser = (): boolean => client?.host === "loopback";

export async function logout(): Promise<void> {
  await client?.logout();
}

/** Asks the host; rejects with a CodedError. */
export function call<Name extends ProcedureName>(procedure: Name, input: Input<Name>): Promise<Output<Name>> {
  if (client === null) return Promise.reject(new Error("There is no bridge yet."));
  return client.call(procedure, input);
}

export type Answer<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: ErrorShape };

/** Asks the host and gives back the error instead of throwing it. */
export async function ask<Name extends ProcedureName>(
  procedure: Name,
  input: Input<Name>,
): Promise<Answer<Output<Name>>> {
  try {
    return { ok: true, value: await call(procedure, input) };
  } catch (error) {
    return { ok: false, error: shapeOf(error) };
  }
}

/** A stream's projection while the component is shown; null until the whole one has come. */
export function useStream<Name extends StreamName>(stream: Name): StreamValue<Name> | null {
  useEffect(() => client?.read(stream), [stream]);
  return useLive((state) => {
    const streams: Partial<AllStreams> = state.streams;
    // While a long journal is being read, its views hold nothing yet, which is not the same as being empty.
    const reading = (state.streams.session?.session?.reading ?? null) !== null;
    return reading && !OF_THE_HOST.includes(stream) ? null : (streams[stream] ?? null);
  });
}

export function useSession(): OpenSession | null {
  return useLive((state) => state.streams.session?.session ?? null);
}

const NO_MARKS: Readonly<Record<string, Mark>> = {};

/** What charts mark, oldest first. */
export function useMarks(): readonly Mark[] {
  const marks = useLive((state) => state.streams.session?.session?.marks ?? NO_MARKS);
  return useMemo(() => Object.values(marks), [marks]);
}

const steppedNow = ({ streams }: LiveStore): number => {
  const now = streams.session?.session?.now ?? 0;
  return now - (now % 100_000);
};

/** The session's moment in steps of a tenth of a second, so that ages change only when their digits do. 0 without a session. */
export function useNow(): number {
  return useLive(steppedNow);
}

function trades({ streams }: LiveStore): boolean {
  const name = streams.session?.session?.state ?? "stopped";
  return name !== "stopped" && name !== "failed" && name !== "stopping";
}

/** Whether orders can be placed and canceled: a session is open and has not ended. */
export function useTrading(): boolean {
  return useLive(trades);
}

/** The same two for what is drawn without React. */
export const newestNow = (): number => steppedNow(useLive.getState());
export const newestTrading = (): boolean => trades(useLive.getState());

/** Calls back with each step of the session's moment. */
export function followNow(step: () => void): () => void {
  return useLive.subscribe((state, before) => {
    if (steppedNow(state) !== steppedNow(before)) step();
  });
}
