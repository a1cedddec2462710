/**
 * What a view may ask of the open session: start, pause, halt, resume, stop, and its strategies and orders.
 *
 * 1. Every command names its operator; the session refuses what cannot be done and says why.
 * 2. What takes time is shown as pending until it is confirmed.
 */
import type { Handlers } from "../../shared/contract/contract.ts";
import { haltCommand, resumeCommand } from "../../shared/contract/operator-commands.ts";
import { SECOND, type Duration } from "../../shared/time.ts";
import { createSession, perform, reopenSession } from "../../live/session/index.ts";
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
  | "strategy.command"
  | "limits.list"
  | "limits.change"
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
    "session.start": ({ desk: named, bars, speed, seed, forSeconds, light }) =>
      state.opening(async () => {
        const paths = bars?.map((file) => resolveInside(workspace, workspace.data, file));
        if (named !== undefined && paths === undefined) await state.choose(named);
        const desk = paths === undefined ? await state.readDesk(seed) : await state.barsDesk(paths, seed);
        const length = forSeconds === undefined ? undefined : (Math.round(forSeconds * SECOND) as Duration);
        const live = await createSession({ workspace, desk, speed, length, light, ports });
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
    "session.pause": (input) => state.perform({ command: "pause", ...input }),
    "session.continue": (input) => state.perform({ command: "continue", ...input }),
    "session.speed": ({ speed }) => state.perform({ command: "speed", speed: `${speed}` }),
    "session.halt": (input) => state.perform(haltCommand(input)),
    "session.resume": (input) => state.perform(resumeCommand(input)),
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
    "strategy.command": (input) => state.perform({ command: "strategy", ...input }),
    "limits.list": async () => ({ limits: limitRows(state.need().live.probe().limits) }),
    "limits.change": (input) => state.perform({ command: "limits", ...input }),
    "drift.review": (input) => state.perform({ command: "review", ...input }),
    "practice.unknownFill": async ({ symbol, quantity = "1" }) => {
      const { live } = state.need();
      live.injectUnknownFill({ symbol: symbol ?? live.desk.strategies[0]?.symbols[0] ?? "", quantity });
      return {};
    },
  };
}

/** Orders and positions: what a trader does by hand. */
function orderHandlers(state: HostState): Pick<SessionHandlers, OrderName> {
  return {
    "orders.cancel": async (input) => {
      const command =
        "orders" in input ? ({ command: "cancel", ...input } as const) : ({ command: "cancel_all", ...input } as const);
      return (await perform(state.need().live, command)) as CancelReport;
    },
    "order.replace": (input) => state.perform({ command: "replace", ...input }),
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
