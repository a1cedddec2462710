/**
 * Does an operator's command, wherever it comes from: the console, the control inbox, the command line or a fixture's script.
 *
 * 1. A command that the session refuses throws its coded error and changes nothing.
 * 2. What a command answers is plain JSON; most answer nothing.
 */
import type { OperatorCommand } from "../../../shared/contract/operator-commands.ts";
import type { Speed } from "../../../shared/ports.ts";
import type { LiveSession } from "../state/api.ts";
import type { CancelReport, Ticket } from "../state/order-api.ts";

type OrderCommand = Extract<
  OperatorCommand,
  { command: "cancel" | "cancel_all" | "replace" | "order" | "preview" | "flatten" }
>;

/** `1`, `10`, `60` or `max` as a speed. */
export const speedOf = (text: "1" | "10" | "60" | "max"): Speed => (text === "max" ? "max" : (Number(text) as Speed));

/**
 * Cancels orders by their ids; one that is gone or refused does not keep the others from it. Throws the refusal where only one order is
 * named, or none was canceled.
 */
async function cancelEach(session: LiveSession, ids: readonly string[], operator: string): Promise<CancelReport> {
  const outcomes = await Promise.allSettled(ids.map((id) => session.cancelOrder(id, operator)));
  const refused = outcomes.filter((outcome) => outcome.status === "rejected");
  if (refused.length === ids.length) throw refused[0]?.reason;
  return { canceled: ids.length - refused.length, refused: refused.length, unknown: 0 };
}

function performOnOrders(session: LiveSession, request: OrderCommand): unknown {
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

/** Does a command. Answers what the session answers, or a promise of it where the venue is asked; `stop` answers once it has stopped. */
export function perform(session: LiveSession, request: OperatorCommand): unknown {
  switch (request.command) {
    case "halt":
    case "halt_and":
      return session.halt(request);
    case "resume":
      return session.resume(request);
    case "switch":
      return request.action === "halt" ? session.halt(request) : session.resume(request);
    case "pause":
      return session.pause(request.operator);
    case "continue":
      return session.continue(request.operator);
    case "stop":
      return session.stop("operator");
    case "speed":
      return session.setSpeed(speedOf(request.speed));
    case "review": {
      const { item, action, strategy, operator, note } = request;
      return session.review(item, { action, operator, note, ...(strategy === undefined ? {} : { strategy }) });
    }
    case "limits":
      return session.changeLimit(request.limit, request.value, request);
    case "strategy":
      if (request.action === "pause") return session.pauseStrategy(request.name, request.operator);
      if (request.action === "resume") return session.resumeStrategy(request.name, request.operator);
      return session.runStrategyNow(request.name, request.operator);
    default:
      return performOnOrders(session, request);
  }
}
