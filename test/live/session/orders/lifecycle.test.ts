/**
 * The life of orders: random strategies and a random trader on one session, whose venue refuses, loses answers and reports late and twice.
 *
 * 1. The model is naive: an order's life is re-read from the journal's entries with rules of its own, and the venue's database is asked
 *    what it has. Session, journal and venue must agree on every order, whatever was done in which order.
 * 2. At a drawn moment the session is also killed and opened again, and must end with the same agreement.
 * 3. The venue reports some fills late. One whose report is due behind the session's last moment is not in its journal yet; any other one
 *    must be.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { verifySession } from "../../../../src/harness/verify.ts";
import { readRouterState } from "../../../../src/orchestrator/index.ts";
import type { LiveSession } from "../../../../src/live/session/index.ts";
import { createSession, reopenSession } from "../../../../src/live/session/index.ts";
import type { OrderIntent, StrategyAction } from "../../../../src/shared/strategy.ts";
import type { JournalEntry, Workspace } from "../../../../src/store/index.ts";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { barsFile, planHost, scriptedDesk, type Plan } from "../scripted.ts";
import { livesIn, sumOf, unreported, venueOf, wrongInLives } from "./lives.ts";
import { crashCopy, finish, journalOf, makeWorkspace, minutes, owned } from "../stage.ts";

const MINUTES = 40;
const because = { text: "model", values: {} };

const price = fc.integer({ min: 95, max: 105 });
const quantity = fc.integer({ min: -8, max: 8 }).filter((size) => size !== 0);
/** What a strategy asks for; `of` names one of its earlier orders. */
const request = fc.oneof(
  fc.record({ do: fc.constant("market" as const), quantity }),
  fc.record({ do: fc.constant("limit" as const), quantity, price, tif: fc.constantFrom("gtc", "day", "ioc", "fok") }),
  fc.record({ do: fc.constant("stop" as const), quantity, price }),
  fc.record({ do: fc.constant("trail" as const), quantity, amount: fc.integer({ min: 1, max: 4 }) }),
  fc.record({ do: fc.constant("bracket" as const), quantity, away: fc.integer({ min: 1, max: 5 }) }),
  fc.record({ do: fc.constant("oco" as const), quantity, away: fc.integer({ min: 1, max: 5 }) }),
  fc.record({ do: fc.constant("basket" as const), quantity }),
  fc.record({ do: fc.constant("reduce" as const), quantity }),
  fc.record({ do: fc.constant("cancel" as const), of: fc.nat(20) }),
  fc.record({ do: fc.constant("replace" as const), of: fc.nat(20), price }),
  fc.record({ do: fc.constant("cancelAll" as const) }),
);
type Request = typeof request extends fc.Arbitrary<infer Value> ? Value : never;
const deed = fc.constantFrom("cancelAll", "flatten", "close", "halt", "haltAndCancel", "resume", "ticket", "none");
const day = fc.record({
  closes: fc.array(fc.integer({ min: 94, max: 106 }), { minLength: MINUTES, maxLength: MINUTES }),
  a: fc.array(fc.array(request, { maxLength: 3 }), { minLength: MINUTES, maxLength: MINUTES }),
  b: fc.array(fc.array(request, { maxLength: 2 }), { minLength: MINUTES, maxLength: MINUTES }),
  deeds: fc.array(deed, { minLength: 3, maxLength: 3 }),
  seed: fc.integer({ min: 1, max: 1_000_000 }),
});

function actionsOf(asked: Request, run: number, index: number): StrategyAction[] {
  const base = { symbol: "ABC", because };
  const id = `${run}-${index}`;
  switch (asked.do) {
    case "market":
      return [{ ...base, quantity: asked.quantity, clientOrderId: id }];
    case "limit":
      return [
        {
          ...base,
          quantity: asked.quantity,
          limitPrice: asked.price,
          timeInForce: asked.tif as "gtc",
          clientOrderId: id,
        },
      ];
    case "stop":
      return [{ ...base, quantity: asked.quantity, type: "stop", stopPrice: asked.price, clientOrderId: id }];
    case "trail":
      return [
        {
          ...base,
          quantity: asked.quantity,
          type: "trailing_stop",
          trail: { amount: asked.amount },
          clientOrderId: id,
        },
      ];
    case "bracket": {
      const side = Math.sign(asked.quantity);
      const attach = {
        stop: { stopPrice: 100 - side * asked.away },
        target: { limitPrice: 100 + side * asked.away },
      };
      return [{ ...base, quantity: asked.quantity, limitPrice: 100, attach, clientOrderId: id }];
    }
    case "oco":
      return [1, -1].map((side): OrderIntent => ({
        ...base,
        quantity: asked.quantity,
        limitPrice: 100 + side * asked.away,
        oco: id,
        clientOrderId: `${id}.${side}`,
      }));
    case "basket":
      return [1, -1].map((side): OrderIntent => ({
        ...base,
        quantity: side * asked.quantity,
        basket: id,
        clientOrderId: `${id}.${side}`,
      }));
    case "reduce":
      return [{ ...base, quantity: asked.quantity, reduceOnly: true, clientOrderId: id }];
    case "cancel":
      return [{ cancel: `${Math.max(1, run - asked.of)}-0` }];
    case "replace":
      return [{ replace: `${Math.max(1, run - asked.of)}-0`, limitPrice: asked.price }];
    default:
      return [{ cancelAll: true }];
  }
}

const planOf =
  (requests: readonly (readonly Request[])[]): Plan =>
  (run) =>
    (requests[run - 1] ?? []).flatMap((asked, index) => actionsOf(asked, run, index));

const WHO = { operator: "ann", note: "drawn" };
const ALL = { kind: "all", name: "all" } as const;

async function act(session: LiveSession, what: string): Promise<void> {
  const halted = session.probe().router.halted;
  if (what === "cancelAll") await session.cancelOrders(ALL, "ann");
  else if (what === "flatten") await session.flatten({ scope: ALL, shutsGate: true, ...WHO });
  else if (what === "close") {
    const scope = { kind: "symbol", name: "ABC" } as const;
    await session.flatten({ scope, owner: "a", shutsGate: false, ...WHO });
  } else if (what === "halt" && !halted) session.halt(WHO);
  else if (what === "haltAndCancel") session.halt({ ...WHO, also: "cancel" });
  else if (what === "resume" && halted && session.probe().drift.every(({ review }) => review !== null))
    session.resume(WHO);
  else if (what === "ticket") await session.placeOrder({ symbol: "ABC", quantity: 2, limitPrice: 97 }, "ann");
}

/** What is wrong with a session that has ended, by the model. */
async function wrongIn(session: LiveSession, workspace: Workspace): Promise<string[]> {
  const entries = journalOf(session.folder);
  const probe = session.probe();
  const wrong = wrongInLives(session.folder, entries, probe);
  const venue = venueOf(session.folder);
  const held = probe.positions.find(({ symbol }) => symbol === "ABC")?.quantity ?? "0";
  const position = sumOf(venue.fills).minus(sumOf(unreported(venue, entries, probe.now)));
  if (!position.equals(held)) wrong.push(`the venue holds ${position.toFixed()}, the books ${held}`);
  const { checks } = await verifySession(workspace, session.id);
  for (const check of checks) if (check.state === "failed") wrong.push(check.text);
  // The file can be restored, and knows of each order that works what the session does.
  const { inflight, orders = {} } = readRouterState(readFileSync(join(session.folder, "router_state.json"), "utf8"));
  const file = Object.keys(inflight).map((id) => `${id} ${String(orders[id]?.limitPrice ?? null)}`);
  const ours = probe.router.orders.map(({ orderId, limitPrice }) => `${orderId} ${String(limitPrice)}`);
  if (file.join() !== ours.join()) wrong.push(`router_state.json has ${file.join()}; working are ${ours.join()}`);
  return wrong;
}

const FAULTS = { reject: 0.05, dropAck: 0.2, duplicateFill: 0.1, delayFill: 0.1, unknownFill: 0 };

describe("orders of random strategies and a random trader", () => {
  it("have one life each, on which session, journal and venue agree, also behind kills", async () => {
    await fc.assert(
      fc.asyncProperty(day, async ({ closes, a, b, deeds, seed }) => {
        const workspace = makeWorkspace();
        const furnish = ({ path }: Workspace): void => {
          mkdirSync(join(path, "data"), { recursive: true });
          writeFileSync(join(path, "data", "ABC.csv"), barsFile("ABC", bars));
        };
        const bars = closes.map((close, index) => {
          const open = closes[index - 1] ?? 100;
          return `${open} ${Math.max(open, close) + 1} ${Math.min(open, close) - 1} ${close}`;
        });
        furnish(workspace);
        const plans = { a: planOf(a), b: planOf(b) };
        const ports = { openHost: planHost(plans, new Map()) };
        const { broker } = scriptedDesk(plans);
        const desk = scriptedDesk(plans, {
          seed: String(seed),
          broker: { ...broker, partialFillShare: 0.00005, faults: FAULTS },
        });
        let session = owned(await createSession({ workspace, desk, ports, length: minutes(10) }));
        await finish(session);
        const { id } = session;
        let place = workspace;
        for (const what of deeds) {
          session = owned(await reopenSession({ workspace: place, id, ports, length: minutes(9) }));
          await act(session, what);
          // What is on the disk now is what a kill would leave.
          const killed = crashCopy(session.folder);
          await session.stop("operator");
          place = killed;
          furnish(place);
          session = owned(await reopenSession({ workspace: place, id, ports, length: minutes(9) }));
          await finish(session);
          expect(session.failure).toBeNull();
        }
        expect(await wrongIn(session, place)).toEqual([]);
      }),
      { seed: 20261127, numRuns: 8, endOnFailure: true },
    );
  });

  it("whose journal lacks a fill or an end are noticed", () => {
    const order = {
      kind: "order",
      accepted: true,
      replay: false,
      orderId: "ROUTER-00000001",
      quantity: 2,
    } as JournalEntry;
    const end = { kind: "closed", orderId: "ROUTER-00000001", status: "canceled" } as JournalEntry;
    expect(livesIn([order, end, end]).get("ROUTER-00000001")?.ends).toEqual(["canceled", "canceled"]);
    expect(livesIn([order]).get("ROUTER-00000001")?.ends).toEqual([]);
  });
});
