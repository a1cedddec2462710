/**
 * One reader's connection: its calls and its subscriptions, each bounded.
 *
 * 1. A message that is none of the contract's ends the connection; a call that breaks a rule is answered with an error.
 * 2. At most `CALLS_IN_FLIGHT_MAX` calls wait for an answer, more are refused; a stream is read
 *    once, so the streams bound the subscriptions.
 * 3. After `close` nothing is sent, not even the answer of a call that was under way.
 */
import * as z from "zod/mini";
import { ClientMessageSchema, STREAMS } from "../../shared/contract/contract.ts";
import type { ClientMessage, HostMessage, StreamName } from "../../shared/contract/contract.ts";
import type { ErrorShape } from "../../shared/errors.ts";
import type { Connection } from "./api.ts";
import { CALLS_IN_FLIGHT_MAX, shownError } from "./limits.ts";
import type { StreamHub } from "./streams.ts";

export interface ConnectionOptions {
  readonly hub: StreamHub;
  readonly call: (procedure: string, input: unknown) => Promise<unknown>;
  readonly send: (message: HostMessage) => void;
  readonly end: (reason: string) => void;
  /** Called once when the connection is closed, from either side. */
  readonly closed: () => void;
}

/** Opens a connection for one reader. */
export function openConnection(options: ConnectionOptions): Connection {
  let open = true;
  let calls = 0;
  const reader = options.hub.reader((message) => {
    if (open) options.send(message);
  });

  const close = (): void => {
    if (!open) return;
    open = false;
    reader.close();
    options.closed();
  };
  const end = (reason: string): void => {
    if (!open) return;
    close();
    options.end(reason);
  };
  const answer = (message: HostMessage): void => {
    if (!open) return;
    try {
      options.send(message);
    } catch {
      end("The reader could not be reached.");
    }
  };
  const fail = (id: number, error: ErrorShape): void => answer({ kind: "result", id, ok: false, error });

  const call = (message: Extract<ClientMessage, { kind: "call" }>): void => {
    const { id, procedure } = message;
    if (calls >= CALLS_IN_FLIGHT_MAX)
      return fail(id, {
        code: "refused",
        message: `${CALLS_IN_FLIGHT_MAX} calls of this view wait for an answer already. Wait for one of them.`,
      });
    calls += 1;
    options
      .call(procedure, message.input)
      .then(
        (output) => answer({ kind: "result", id, ok: true, output }),
        (error: unknown) => fail(id, shownError(error, "the call")),
      )
      .finally(() => {
        calls -= 1;
      });
  };

  const streamOf = (name: string): StreamName | null => (Object.hasOwn(STREAMS, name) ? (name as StreamName) : null);

  return {
    receive: (raw) => {
      if (!open) return;
      const parsed = z.safeParse(ClientMessageSchema, raw);
      if (!parsed.success) return end("A message does not follow the contract.");
      const message = parsed.data as ClientMessage;
      if (message.kind === "call") return call(message);
      if (message.kind === "ping") return answer({ kind: "pong" });
      const stream = streamOf(message.stream);
      if (stream === null) return end("A message names a stream that does not exist.");
      if (message.kind === "applied") reader.applied(stream, message.version);
      else if (message.kind === "unsubscribe") reader.unsubscribe(stream);
      else reader.subscribe(stream);
    },
    close,
  };
}
