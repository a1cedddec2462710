/**
 * What a view may ask of the open session: start, pause, halt, resume, stop, and its strategies and orders.
 *
 * 1. Every command names its operator; the session refuses what cannot be done and says why.
 * 2. What takes time is told as pending until it is confirmed.
 */
import type { Handlers } from "../../shared/contract/contract.ts";
import { SECOND, type Duration } from "../../shared/time.ts";
import { createSession, reopenSession, type LiveSession } from "../../live/session/index.ts";
import type { CancelReport, Ticket } from "../../live/session/state/order-api.ts";
import { limitRows, resolveInside } from "../../store/index.ts";
import type { HostState } from "../state/state.ts";

type SessionHandlers = Pick<
  Handlers,
  | "session.start"
  | "session.reopen"
  | "session.pause"
  | "session.continue"
  | "session.speed"
  | "session.halt"
  | "session.resume"
  | "session.stop"
  | "session.close"
  | "strategy.pause"
  | "strategy.resume"
  | "strategy.run"
  | "limits.list"
  | "limits.change"
  | "order.cancel"
  | "orders.cancel"
  | "order.replace"
  | "order.place"
  | "order.preview"
  | "positions.close"
  | "positions.flatten"
  | "drift.review"
  | "practice.unknownFill"
>;

type InsideName = Extract<keyof SessionHandlers, `${"strategy" | "limits" | "drift" | "practice"}.${string}`>;
type OrderName = Extract<keyof SessionHandlers, `${"order" | "orders" | "positions"}.${string}`>;

/** The whole session: its life from start to close. */
function lifeHandlers(state: HostState): Omit<SessionHandlers, InsideName | OrderName> {
  const { workspace } = state;
  const ports = state.sessionPorts();
  return {
    "session.start": ({ bars, speed, seed, forSeconds }) =>
      state.opening(async () => {
        const paths = bars?.map((file) => resolveInside(workspace, workspace.data, file));
        const desk = paths === undefined ? await state.readDesk(seed) : await state.barsDesk(paths, seed);
        const length = forSeconds === undefined ? undefined : (Math.round(forSeconds * SECOND) as Duration);
        const live = await createSession({ workspace, desk, speed, length, ports });
        await state.open(live);
        return { id: live.id };
      }),
    "session.reopen": ({ id, acceptCodeChange }) =>
      state.opening(async () => {
        const code = acceptCodeChange === true ? ("accept changes" as const) : undefined;
        const live = await reopenSession({ workspace, id, code, ports });
        await state.open(live);
        return { id: live.id };
      }),
    "session.pause": async ({ operator }) => {
      state.need().live.pause(operator);
      return {};
    },
    "session.continue": async ({ operator }) => {
      state.need().live.continue(operator);
      return {};
    },
    "session.speed": async ({ speed }) => {
      state.need().live.setSpeed(speed);
      return {};
    },
    "session.halt": async (request) => {
      state.need().live.halt(request);
      return {};
    },
    "session.resume": async (request) => {
      state.need().live.resume(request);
      return {};
    },
    "session.stop": async () => {
      const opened = state.need();
      if (opened.alive) opened.pending = "stop";
      await opened.live.stop("operator");
      return {};
    },
    "session.close": async () => {
      state.needFree();
      state.opened?.close();
      state.opened = null;
      return {};
    },
  };
}

/** What is inside it: strategies, limits, drift items. */
function insideHandlers(state: HostState): Pick<SessionHandlers, InsideName> {
  return {
    "strategy.pause": async ({ name, operator }) => {
      state.need().live.pauseStrategy(name, operator);
      return {};
    },
    "strategy.resume": async ({ name, operator }) => {
      state.need().live.resumeStrategy(name, operator);
      return {};
    },
    "strategy.run": async ({ name, operator }) => {
      state.need().live.runStrategyNow(name, operator);
      return {};
    },
    "limits.list": async () => ({ limits: limitRows(state.need().live.probe().limits) }),
    "limits.change": async ({ name, value, operator, note }) => {
      state.need().live.changeLimit(name, value, { operator, note });
      return {};
    },
    "drift.review": async ({ item, action, strategy, operator, note }) => {
      const decision = { action, operator, note, ...(strategy === undefined ? {} : { strategy }) };
      state.need().live.review(item, decision);
      return {};
    },
    "practice.unknownFill": async ({ symbol, quantity = "1" }) => {
      const { live } = state.need();
      live.injectUnknownFill({ symbol: symbol ?? live.desk.strategies[0]?.symbols[0] ?? "", quantity });
      return {};
    },
  };
}

/** Cancels orders one by one; one that is gone or refuses does not keep the others from it. */
async function cancelEach(live: LiveSession, ids: readonly string[], operator: string): Promise<CancelReport> {
  const outcomes = await Promise.allSettled(ids.map((id) => live.cancelOrder(id, operator)));
  const canceled = outcomes.filter(({ status }) => status === "fulfilled").length;
  return { canceled, refused: outcomes.length - canceled, unknown: 0 };
}

/** Orders and positions: what a trader does by hand. */
function orderHandlers(state: HostState): Pick<SessionHandlers, OrderName> {
  return {
    "order.cancel": async ({ orderId, operator }) => {
      await state.need().live.cancelOrder(orderId, operator);
      return {};
    },
    "orders.cancel": async (request) => {
      const { live } = state.need();
      if ("orders" in request) return cancelEach(live, request.orders, request.operator);
      return live.cancelOrders(request.scope, request.operator);
    },
    "order.replace": async ({ orderId: replace, operator, quantity, limitPrice, stopPrice }) => {
      const change = {
        replace,
        ...(quantity === undefined ? {} : { quantity }),
        ...(limitPrice === undefined ? {} : { limitPrice }),
        ...(stopPrice === undefined ? {} : { stopPrice }),
      };
      await state.need().live.replaceOrder(change, operator);
      return {};
    },
    "order.place": async ({ ticket, operator }) => state.need().live.placeOrder(ticket as Ticket, operator),
    "order.preview": async ({ ticket }) => {
      const { guards, ...preview } = state.need().live.previewOrder(ticket as Ticket);
      return { ...preview, guards: [...guards] };
    },
    "positions.close": async ({ symbol, owner, operator, note }) => {
      const scope = { kind: "symbol", name: symbol } as const;
      return { flatten: await state.need().live.flatten({ scope, owner, shutsGate: false, operator, note }) };
    },
    "positions.flatten": async ({ scope, operator, note }) => ({
      flatten: await state.need().live.flatten({ scope, shutsGate: true, operator, note }),
    }),
  };
}

export function sessionHandlers(state: HostState): SessionHandlers {
  return { ...lifeHandlers(state), ...insideHandlers(state), ...orderHandlers(state) };
}
