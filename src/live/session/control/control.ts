/**
 * What other processes ask of a running session: the kill switch's file and the control inbox.
 *
 * 1. The kill switch depends on nothing but a file's existence, and is looked at before anything else.
 * 2. A request is checked like anything from outside; its answer says what was wrong with it.
 */
import * as z from "zod";
import { CodedError, shapeOf } from "../../../shared/errors.ts";
import type { Speed } from "../../../shared/ports.ts";
import type { ControlInbox, ControlReply } from "../../../store/index.ts";
import type { LiveSession } from "../state/api.ts";
import type { Ticket } from "../state/order-api.ts";

const name = z.string().regex(/\S/).max(80);
const note = z.string().max(2_000);

const scope = z.object({ kind: z.enum(["strategy", "group", "symbol"]), name });
const wholeOrPart = z.union([scope, z.object({ kind: z.literal("all"), name: z.literal("all") })]);
/** An order's fields are judged by the order rules themselves. */
const ticket = z.record(z.string().max(80), z.unknown());

const RequestSchema = z.discriminatedUnion("command", [
  z.object({ command: z.literal("halt"), operator: name, note }),
  z.object({ command: z.enum(["pause", "continue", "stop"]), operator: name }),
  z.object({ command: z.literal("speed"), speed: z.enum(["1", "10", "60", "max"]) }),
  z.object({
    command: z.literal("review"),
    item: name,
    action: z.enum(["adopt", "dismiss"]),
    strategy: name.optional(),
    operator: name,
    note,
  }),
  z.object({ command: z.literal("resume"), operator: name, note }),
  z.object({
    command: z.literal("switch"),
    action: z.enum(["halt", "resume"]),
    scope,
    operator: name,
    note,
  }),
  z.object({
    command: z.literal("halt_and"),
    also: z.enum(["cancel", "flatten"]),
    scope: scope.optional(),
    operator: name,
    note,
  }),
  z.object({
    command: z.literal("cancel"),
    orders: z.array(z.string().min(1).max(200)).min(1).max(500),
    operator: name,
  }),
  z.object({ command: z.literal("cancel_all"), scope: wholeOrPart, operator: name }),
  z.object({
    command: z.literal("replace"),
    replace: z.string().min(1).max(200),
    quantity: z.number().optional(),
    limitPrice: z.number().positive().optional(),
    stopPrice: z.number().positive().optional(),
    operator: name,
  }),
  z.object({ command: z.literal("order"), ticket, operator: name }),
  z.object({ command: z.literal("preview"), ticket }),
  z.object({
    command: z.literal("flatten"),
    scope: wholeOrPart,
    owner: name.optional(),
    shutsGate: z.boolean(),
    operator: name,
    note,
  }),
  z.object({ command: z.literal("limits"), limit: name, value: name, operator: name, note }),
  z.object({ command: z.literal("strategy"), name, action: z.enum(["pause", "resume", "run"]), operator: name }),
]);

type Request = z.infer<typeof RequestSchema>;

export const speedOf = (text: "1" | "10" | "60" | "max"): Speed => (text === "max" ? "max" : (Number(text) as Speed));

/** Cancels orders one after another; the first that is refused is the answer, and those behind it are asked for all the same. */
async function cancelEach(session: LiveSession, ids: readonly string[], operator: string): Promise<unknown> {
  const outcomes = await Promise.allSettled(ids.map((id) => session.cancelOrder(id, operator)));
  const refused = outcomes.find((outcome) => outcome.status === "rejected");
  if (refused !== undefined) throw refused.reason;
  return { canceled: ids.length, refused: 0, unknown: 0 };
}

type OrderRequest = Extract<
  Request,
  { command: "cancel" | "cancel_all" | "replace" | "order" | "preview" | "flatten" }
>;

/** What is asked of orders and positions; each has an answer. */
function obeyOnOrders(session: LiveSession, request: OrderRequest): unknown {
  switch (request.command) {
    case "cancel":
      return cancelEach(session, request.orders, request.operator);
    case "cancel_all":
      return session.cancelOrders(request.scope, request.operator);
    case "replace": {
      const { replace, quantity, limitPrice, stopPrice, operator } = request;
      const change = {
        replace,
        ...(quantity === undefined ? {} : { quantity }),
        ...(limitPrice === undefined ? {} : { limitPrice }),
        ...(stopPrice === undefined ? {} : { stopPrice }),
      };
      return session.replaceOrder(change, operator);
    }
    case "order":
      return session.placeOrder(request.ticket as unknown as Ticket, request.operator);
    case "preview":
      return session.previewOrder(request.ticket as unknown as Ticket);
    default:
      return session.flatten(request);
  }
}

function obey(session: LiveSession, request: Request): unknown {
  switch (request.command) {
    case "halt_and":
      return session.halt(request);
    case "halt":
      return session.halt(request);
    case "pause":
      return session.pause(request.operator);
    case "continue":
      return session.continue(request.operator);
    case "stop":
      // The answer comes first: once the session has stopped, nobody is there to give it.
      void session.stop("operator");
      return undefined;
    case "speed":
      return session.setSpeed(speedOf(request.speed));
    case "review": {
      const { item, action, strategy, operator, note: text } = request;
      return session.review(item, { action, operator, note: text, ...(strategy === undefined ? {} : { strategy }) });
    }
    case "resume":
      return session.resume(request);
    case "switch":
      return request.action === "halt" ? session.halt(request) : session.resume(request);
    case "limits":
      return session.changeLimit(request.limit, request.value, request);
    case "strategy":
      if (request.action === "pause") return session.pauseStrategy(request.name, request.operator);
      if (request.action === "resume") return session.resumeStrategy(request.name, request.operator);
      return session.runStrategyNow(request.name, request.operator);
    default:
      return obeyOnOrders(session, request);
  }
}

function parsed(value: unknown): Request {
  const read = RequestSchema.safeParse(value);
  if (read.success) return read.data;
  throw new CodedError(
    "invalid_input",
    "The request is none that a session knows. The two programs may be of different versions.",
  );
}

/** Does what waits in the inbox and answers each request: at once, or when the venue has answered what was asked of it. */
export function answerControl(session: LiveSession, inbox: ControlInbox): void {
  for (const { id, value } of inbox.take()) {
    const reply = (answer: ControlReply): void => {
      try {
        inbox.reply(id, answer);
      } catch {
        // What was asked is done or refused all the same; its asker notices by its own patience that no answer came.
      }
    };
    const refuse = (error: unknown): void => reply({ ok: false, error: shapeOf(error) });
    try {
      const answer = obey(session, parsed(value));
      if (answer instanceof Promise)
        void answer.then(
          (done: unknown) => reply({ ok: true, ...(done === undefined ? {} : { value: done }) }),
          refuse,
        );
      else reply({ ok: true, ...(answer === undefined ? {} : { value: answer }) });
    } catch (error) {
      refuse(error);
    }
  }
}
