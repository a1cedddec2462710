/**
 * One change anywhere in a valid state file: it is read to a router that holds together, or refused with a coded error.
 * Nothing else may happen, and the text and its parsed value are judged alike.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  fromRouterState,
  OrderRouter,
  readRouterState,
  sequenceOf,
  writeRouterState,
} from "../../src/orchestrator/index.ts";
import type { RouterSnapshot } from "../../src/orchestrator/index.ts";
import { DEPTH_MAX, JsonReader } from "../../src/orchestrator/state-file/json-reader.ts";
import { Faults } from "../../src/orchestrator/state-file/state-fault.ts";
import { CodedError } from "../../src/shared/errors.ts";
import { HOSTILE } from "./hostile.ts";
import { at, busyRouter, busyText, parsed, T } from "./state-file.ts";
import type { Json } from "./state-file.ts";

type Read = { readonly snapshot: RouterSnapshot } | { readonly refused: string };

function attempt(read: () => RouterSnapshot): Read {
  try {
    return { snapshot: read() };
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    expect(error.code).toBe("snapshot_invalid");
    expect(error.detail).toMatchObject({ place: expect.stringMatching(/./), rule: expect.stringMatching(/./) });
    return { refused: error.message };
  }
}

/** Every order id that the file's three sections speak of. */
const idsIn = (snapshot: RouterSnapshot): string[] => [
  ...Object.keys(snapshot.inflight),
  ...Object.values(snapshot.idempotency).flatMap(({ orderId }) => (orderId === null ? [] : [orderId])),
];

/** What was read is a router: it writes itself again, knows its orders, reuses no id, and keeps a halt. */
function holdsTogether(snapshot: RouterSnapshot): void {
  const router = OrderRouter.restore(snapshot);
  const before = router.snapshot();
  expect(OrderRouter.restore(readRouterState(writeRouterState(before))).snapshot()).toEqual(before);
  expect(router.pendingOrders().map(({ orderId }) => orderId)).toEqual(Object.keys(snapshot.inflight));
  const now = Math.max(snapshot.latest ?? 0, T) + 10_000_000;
  for (const [orderId, { timestamp: _timestamp, ...order }] of Object.entries(snapshot.inflight))
    expect(router.submit(order, now)).toEqual({ accepted: true, orderId, reason: "accepted" });
  const fresh = { strategyId: "fresh", symbol: "X", quantity: 1, price: 1, clientOrderId: "fresh" };
  if (router.halted) {
    expect(router.haltReasons.length).toBeGreaterThan(0);
    expect(router.submit(fresh, now).reason).toBe("router_halted");
  } else expect(router.openDrift).toBe(0);
  for (const item of router.driftItems())
    if (item.review === null) router.review(item, { operator: "ann", note: "seen", action: "dismiss" });
  if (router.halted) router.resume({ operator: "ann", note: "checked" });
  const decision = router.submit(fresh, now);
  if (decision.accepted)
    for (const id of idsIn(snapshot))
      expect(sequenceOf(decision.orderId as string)).toBeGreaterThan(sequenceOf(id) as number);
  else expect(decision.reason).toBe("inflight_limit");
}

/** Text and value are judged alike. A key twice is seen in the text alone. */
function judged(text: string): void {
  const read = attempt(() => readRouterState(text));
  let value: unknown;
  let isJson = true;
  try {
    value = JSON.parse(text);
  } catch {
    isJson = false;
  }
  if (isJson) {
    const other = attempt(() => fromRouterState(value));
    if ("snapshot" in read) expect(other).toEqual(read);
    else if (!/may occur twice|be nested|must be finite/.test(read.refused)) expect(other).toEqual(read);
  } else expect(read).toMatchObject({ refused: expect.stringContaining("the file must be valid JSON") });
  if ("snapshot" in read) holdsTogether(read.snapshot);
}

/** Every place of a value, its own included. */
function places(value: Json, path: (string | number)[] = []): (string | number)[][] {
  if (typeof value !== "object" || value === null) return [path];
  const inner = Array.isArray(value)
    ? value.flatMap((item, index) => places(item, [...path, index]))
    : Object.entries(value).flatMap(([key, item]) => places(item, [...path, key]));
  return [path, ...inner];
}

/** The file as Logos would write it: without this program's own section. */
function withoutSection(text: string): string {
  const { logos_console: _section, ...rest } = parsed(text);
  return JSON.stringify(rest);
}

/** Keys that move to the front, so that the columns have an order of their own. */
function reorderedText(): string {
  const router = busyRouter();
  router.review("DRIFT-0002", { operator: "ann", note: "seen", action: "dismiss" });
  router.resume({ operator: "ann", note: "checked" });
  for (const [index, key] of ["7", "__proto__", "3", "\ud800"].entries())
    router.submit(
      { strategyId: "1", symbol: key, quantity: 1, price: 1, clientOrderId: "c", idempotencyKey: key },
      T + 1e7 * index,
    );
  return writeRouterState(router.snapshot());
}

const FILES: readonly string[] = [
  busyText(),
  withoutSection(busyText()),
  reorderedText(),
  writeRouterState(new OrderRouter().snapshot()),
];

const someValue = (): fc.Arbitrary<Json> =>
  fc.oneof(
    fc.constantFrom<Json>(null, true, false, "", [], {}, 0, -1, 1, 2, 3, 5, 0.5, 1e300, 2 ** 53, -0),
    fc.constantFrom<Json>(
      "accepted",
      "filled",
      "ROUTER-00000001",
      "ROUTER-00000003",
      "ROUTER-00000099",
      "2255-06-05T23:47:34-23:59",
    ),
    fc.constantFrom<Json>(
      "2024-01-01T09:33:00",
      "0001-01-01T00:00:00Z",
      "9999-12-31T23:59:59Z",
      "2024-01-01T09:33:00.000001Z",
      "k2",
    ),
    fc.constantFrom<Json>(...HOSTILE),
    fc.integer(),
    fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<Json>,
  );

type Change = {
  readonly file: string;
  readonly path: (string | number)[];
  readonly how: string;
  readonly value: Json;
  readonly key: string;
};

const change = (): fc.Arbitrary<Change> =>
  fc.constantFrom(...FILES).chain((file) =>
    fc.record({
      file: fc.constant(file),
      path: fc.constantFrom(...places(parsed(file))),
      how: fc.constantFrom("set", "set", "delete", "rename", "add", "neighbour"),
      value: someValue(),
      key: fc.constantFrom(...HOSTILE, "alpha", "k2", ""),
    }),
  );

/** The file with one change made. */
function made({ file, path, how, value, key }: Change): string {
  const json = parsed(file);
  if (path.length === 0) return how === "set" ? JSON.stringify(value) : file;
  const holder = at(json, path.slice(0, -1)) as { [key: string]: Json };
  const last = path.at(-1) as string;
  const old = holder[last] as Json;
  const put = (name: string, what: Json): void => {
    if (Array.isArray(holder)) holder.splice(Number(last), how === "set" ? 1 : 0, what);
    else Object.defineProperty(holder, name, { value: what, enumerable: true, configurable: true, writable: true });
  };
  if (how === "set") put(last, value);
  else if (how === "add") put(key, value);
  else if (how === "neighbour") put(key, old);
  else {
    if (Array.isArray(holder)) holder.splice(Number(last), 1);
    else delete holder[last];
    if (how === "rename") put(key, old);
  }
  return JSON.stringify(json);
}

describe("one change in a valid state file", () => {
  it("the files themselves are read", () => {
    for (const file of FILES) holdsTogether(readRouterState(file));
  });

  it("of a value, a key or a list: a router that holds together, or a coded error", () => {
    fc.assert(
      fc.property(change(), (one) => {
        judged(made(one));
      }),
      { numRuns: 700 },
    );
  });

  it("of any value to the next whole number, another text or the other truth", () => {
    for (const file of FILES)
      for (const path of places(parsed(file))) {
        const old = at(parsed(file), path);
        const next =
          typeof old === "number"
            ? [old + 1, old - 1, -old]
            : typeof old === "string"
              ? [`${old}x`, old.slice(1)]
              : [old !== true];
        for (const value of next) judged(made({ file, path, how: "set", value, key: "" }));
      }
  });

  it("of a character: a router that holds together, or a coded error", () => {
    const piece = fc.constantFrom(
      "",
      '"',
      "\\",
      "{",
      "}",
      "[",
      "]",
      ",",
      ":",
      " ",
      "\n",
      "0",
      "9",
      "-",
      ".",
      "e",
      "x",
      "\u0000",
      "\ud800",
      "null",
    );
    fc.assert(
      fc.property(fc.constantFrom(...FILES), fc.nat(), fc.nat({ max: 2 }), piece, (file, where, cut, put) => {
        const from = where % file.length;
        judged(file.slice(0, from) + put + file.slice(from + cut));
      }),
      { numRuns: 700 },
    );
  });
});

/** What the program's own reader makes of a text: its value, or nothing. */
function own(text: string): { readonly value: unknown } | null {
  try {
    return { value: new JsonReader(text, new Faults("f")).read() };
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    return null;
  }
}

describe("the JSON reader", () => {
  it("reads whatever the language's own reader reads, to the same value", () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 6 }), fc.constantFrom(undefined, 1, "\t"), (text, indent) => {
        const value: unknown = JSON.parse(text);
        expect(own(text)).toEqual({ value });
        expect(own(` \r\n${JSON.stringify(value, null, indent)}\n`)).toEqual({ value });
      }),
      { numRuns: 500 },
    );
  });

  it("refuses whatever the language's own reader refuses", () => {
    const token = fc.constantFrom(
      "{",
      "}",
      "[",
      "]",
      ",",
      ":",
      " ",
      "\u00a0",
      '"a"',
      '"b"',
      '"\\u0061"',
      "1",
      "-0",
      "1e5",
      "01",
      "true",
      "null",
      "nul",
      "-",
    );
    fc.assert(
      fc.property(fc.array(token, { maxLength: 12 }), (tokens) => {
        const text = tokens.join("");
        let value: unknown;
        let accepted = true;
        try {
          value = JSON.parse(text);
        } catch {
          accepted = false;
        }
        const read = own(text);
        if (!accepted) expect(read).toBeNull();
        else if (read !== null) expect(read).toEqual({ value });
      }),
      { numRuns: 700 },
    );
  });

  it("reads long lists of numbers to the same value, and nesting up to its limit", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { maxLength: 60 }), (list) => {
        const text = JSON.stringify(list, null, 1);
        expect(own(text)).toEqual({ value: JSON.parse(text) as unknown });
      }),
    );
    expect(own(`${"[".repeat(DEPTH_MAX)}${"]".repeat(DEPTH_MAX)}`)).not.toBeNull();
    expect(own(`${"[".repeat(DEPTH_MAX + 1)}${"]".repeat(DEPTH_MAX + 1)}`)).toBeNull();
  });
});
