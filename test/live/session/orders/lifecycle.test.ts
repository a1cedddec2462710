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
import type { LiveSession } from "../../../../src/live/session/index.ts";
import { createSession, reopenSession } from "../../../../src/live/session/index.ts";
import type { OrderIntent, StrategyAction } from "../../../../src/shared/strategy.ts";
import { decimal, ZERO } from "../../../../src/shared/decimal.ts";
import { SECOND } from "../../../../src/shared/time.ts";
import { openForReading, type JournalEntry, type Workspace } from "../../../../src/store/index.ts";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { barsFile, planHost, scriptedDesk, type Plan } from "../scripted.ts";
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

interface Life {
  quantity: number;
  filled: number;
  ends: string[];
  sends: number;
}

/** Each order's life by rules of its own: sent once, filled never beyond what the venue took, ended once. */
function livesIn(entries: readonly JournalEntry[]): Map<string, Life> {
  const lives = new Map<string, Life>();
  const of = (id: string): Life => lives.get(id) as Life;
  for (const entry of entries) {
    if (entry.kind === "order" && entry.accepted && !entry.replay && entry.orderId !== null)
      lives.set(entry.orderId, { quantity: Math.abs(entry.quantity), filled: 0, ends: [], sends: 0 });
    else if (entry.kind === "send") of(entry.orderId).sends += 1;
    else if (entry.kind === "replace" && entry.outcome.outcome === "accepted")
      of(entry.orderId).quantity = Math.abs(Number(entry.outcome.quantity));
    else if (entry.kind === "fill" && entry.verdict === "booked" && entry.orderId !== null) {
      const life = of(entry.orderId);
      life.filled += Math.abs(Number(entry.quantity));
      if (life.filled >= life.quantity) life.ends.push("filled");
    } else if (entry.kind === "closed" && entry.orderId !== null) of(entry.orderId).ends.push(entry.status);
    else if (entry.kind === "ack" && entry.outcome.outcome === "refused") of(entry.orderId).ends.push("rejected");
  }
  return lives;
}

interface Kept {
  readonly venueId: string;
  readonly status: string;
  readonly filled: string;
}

interface KeptFill {
  readonly cursor: number;
  readonly venueId: string;
  readonly quantity: string;
  readonly at: number;
}

interface Venue {
  readonly orders: readonly Kept[];
  readonly fills: readonly KeptFill[];
}

function venueOf(folder: string): Venue {
  const database = openForReading(join(folder, "broker.db"));
  const orders = database.prepare("SELECT venueId, status, filled FROM orders ORDER BY number").all() as Kept[];
  const fills = database.prepare("SELECT cursor, venueId, quantity, at FROM fills").all() as KeptFill[];
  database.close();
  return { orders, fills };
}

type Amount = ReturnType<typeof decimal>;

const sumOf = (fills: readonly KeptFill[]): Amount => fills.reduce((sum, { quantity }) => sum.plus(quantity), ZERO);

/** How late the venue reports a delayed fill. */
const REPORT_DELAY = 30 * SECOND;

/** The venue's fills that the journal lacks and may lack: their report is due behind the session's last moment. */
function unreported({ fills }: Venue, entries: readonly JournalEntry[], end: number): KeptFill[] {
  const known = new Set(entries.flatMap((entry) => (entry.kind === "fill" ? [entry.cursor] : [])));
  return fills.filter(({ cursor, at }) => !known.has(cursor) && at + REPORT_DELAY > end);
}

/** What is wrong with a session that has ended, by the model. */
async function wrongIn(session: LiveSession, workspace: Workspace): Promise<string[]> {
  const wrong: string[] = [];
  const entries = journalOf(session.folder);
  const lives = livesIn(entries);
  const venue = venueOf(session.folder);
  const late = unreported(venue, entries, session.probe().now);
  const { orders } = session.probe().router;
  const working = new Set(orders.map(({ orderId }) => orderId));
  // Of these the session does not say what the venue has: it would ask in its next pass.
  const unknown = new Set(
    orders.filter(({ inDoubt, state }) => inDoubt || state.startsWith("pending")).map(({ venueId }) => venueId),
  );
  for (const [id, life] of lives) {
    if (life.ends.length > 1) wrong.push(`${id} ended as ${life.ends.join(" and ")}`);
    if (life.sends > 1) wrong.push(`${id} was sent ${life.sends} times`);
    if (life.filled > life.quantity) wrong.push(`${id} filled ${life.filled} of ${life.quantity}`);
    if (working.has(id) !== (life.ends.length === 0))
      wrong.push(`${id} works: ${working.has(id)}, ${life.ends.join()}`);
  }
  for (const { venueId, status, filled } of venue.orders) {
    const life = lives.get(venueId.slice(session.id.length + 1));
    const lateFills = late.filter((fill) => fill.venueId === venueId);
    if (life === undefined) wrong.push(`the venue has ${venueId}, which the journal does not know`);
    else if (decimal(filled).minus(sumOf(lateFills)).abs().toNumber() !== life.filled)
      wrong.push(`${venueId} filled ${filled} and ${life.filled}`);
    // An end that the venue made is reported behind its fills.
    else if (lateFills.length === 0 && !unknown.has(venueId) && (status === "open") !== (life.ends.length === 0))
      wrong.push(`${venueId} is ${status} and ${life.ends.join()}`);
  }
  const held = session.probe().positions.find(({ symbol }) => symbol === "ABC")?.quantity ?? "0";
  const position = sumOf(venue.fills).minus(sumOf(late));
  if (!position.equals(held)) wrong.push(`the venue holds ${position.toFixed()}, the books ${held}`);
  const { checks } = await verifySession(workspace, session.id);
  for (const check of checks) if (check.state === "failed") wrong.push(check.text);
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
  }, 120_000);

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
