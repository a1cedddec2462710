/**
 * What other processes ask of a running session: the kill switch's file and the control inbox.
 *
 * 1. The kill switch depends on nothing but a file's existence, and is looked at before anything else.
 * 2. A request is checked like anything from outside; its answer says what was wrong with it.
 */
import * as z from "zod";
import { CodedError, shapeOf } from "../../shared/errors.ts";
import type { Speed } from "../../shared/ports.ts";
import type { ControlInbox, ControlReply } from "../../store/index.ts";
import type { LiveSession } from "./api.ts";

const name = z.string().regex(/\S/).max(80);
const note = z.string().max(2_000);

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
    scope: z.object({ kind: z.enum(["strategy", "group"]), name }),
    operator: name,
    note,
  }),
  z.object({ command: z.literal("limits"), limit: name, value: name, operator: name, note }),
  z.object({ command: z.literal("strategy"), name, action: z.enum(["pause", "resume", "run"]), operator: name }),
]);

type Request = z.infer<typeof RequestSchema>;

export const speedOf = (text: "1" | "10" | "60" | "max"): Speed => (text === "max" ? "max" : (Number(text) as Speed));

function obey(session: LiveSession, request: Request): void {
  switch (request.command) {
    case "halt":
      return session.halt(request);
    case "pause":
      return session.pause(request.operator);
    case "continue":
      return session.continue(request.operator);
    case "stop":
      // The answer comes first: once the session has stopped, nobody is there to give it.
      void session.stop("operator");
      return;
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
  }
}

/** Does what waits in the inbox and answers each request. */
export function answerControl(session: LiveSession, inbox: ControlInbox): void {
  for (const { id, value } of inbox.take()) {
    let reply: ControlReply = { ok: true };
    try {
      const parsed = RequestSchema.safeParse(value);
      if (!parsed.success)
        throw new CodedError(
          "invalid_input",
          "The request is none that a session knows. The two programs may be of different versions.",
        );
      obey(session, parsed.data);
    } catch (error) {
      reply = { ok: false, error: shapeOf(error) };
    }
    try {
      inbox.reply(id, reply);
    } catch {
      // What was asked is done or refused all the same; who asked is told by its own patience that no answer came.
    }
  }
}
