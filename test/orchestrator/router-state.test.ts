/**
 * A broken `router_state.json` is refused with the file, the place and the rule, and never half read.
 */
import { describe, expect, it } from "vitest";
import {
  fromRouterState,
  OrderRouter,
  readRouterState,
  toRouterState,
  writeRouterState,
} from "../../src/orchestrator/index.ts";
import type { Moment } from "../../src/shared/time.ts";
import { busyRouter, changed, T } from "./state-file.ts";
import type { Json } from "./state-file.ts";
import { faultOf, FILE, refused } from "./refusals.ts";

const I2 = "inflight.ROUTER-00000002";
const O2 = ["inflight", "ROUTER-00000002"] as const;
const L = "logos_console";
const K = ["logos_console", "keys"] as const;
const long = "x".repeat(1_025);

/** What is set where, the place that the error names, and the rule. */
const VALUES: readonly (readonly [readonly (string | number)[], Json | undefined, string, RegExp])[] = [
  [["rate_limit_per_sec"], undefined, "rate_limit_per_sec", /must be a whole number|must be a number.*absent/],
  [["rate_limit_per_sec"], 0, "rate_limit_per_sec", /at least 1, and it is 0/],
  [["rate_limit_per_sec"], 2.5, "rate_limit_per_sec", /whole number, and it is 2\.5/],
  [["max_inflight"], "4", "max_inflight", /number, and it is "4"/],
  [["next_sequence"], null, "next_sequence", /number, and it is null/],
  [["next_sequence"], 2 ** 53, "next_sequence", /at most|whole number/],
  [
    ["next_sequence"],
    3,
    "idempotency.beta:c3.order_id|inflight.ROUTER-00000003",
    /next_sequence, 3, must be greater .* this is 3/,
  ],
  [["halted"], 1, "halted", /boolean, and it is 1/],
  [["halted"], undefined, "halted", /boolean, and it is absent/],
  [["rate_counters"], undefined, "rate_counters", /the field must be there/],
  [["rate_counters"], [], "rate_counters", /an object, and it is a list/],
  [["rate_counters", ""], [], 'rate_counters[""]', /no key may be empty/],
  [["rate_counters", "alpha"], "2024-01-01T09:33:00+00:00", "rate_counters.alpha", /a list of times/],
  [["rate_counters", "alpha", 1], "yesterday", "rate_counters.alpha[1]", /ISO 8601.*"yesterday"/],
  [["rate_counters", "alpha", 1], 1_704_101_580, "rate_counters.alpha[1]", /ISO 8601/],
  [["rate_counters", 'a "b'], [null], 'rate_counters["a \\"b"][0]', /ISO 8601.*null/],
  [["rate_counters", "alpha", 0], "2024-02-30T00:00:00Z", "rate_counters.alpha[0]", /ISO 8601/],
  [["rate_counters", "alpha", 0], "2255-06-05T23:47:34.740991-23:59", "rate_counters.alpha[0]", /ISO 8601/],
  [["inflight"], undefined, "inflight", /the field must be there/],
  [["inflight"], null, "inflight", /an object, and it is null/],
  [["inflight", "ROUTER-2"], {}, "inflight.ROUTER-2", /ROUTER- and its number of eight digits/],
  [["inflight", "__proto__"], {}, "inflight.__proto__", /ROUTER- and its number/],
  [[...O2], 7, I2, /object, and it is 7/],
  [[...O2, "strategy_id"], undefined, `${I2}.strategy_id`, /string, and it is absent/],
  [[...O2, "strategy_id"], "", `${I2}.strategy_id`, /must not be empty/],
  [[...O2, "symbol"], long, `${I2}.symbol`, /1024 at most/],
  [[...O2, "client_order_id"], long, `${I2}.client_order_id`, /1024 at most/],
  [[...O2, "quantity"], "2", `${I2}.quantity`, /number, and it is "2"/],
  [[...O2, "quantity"], null, `${I2}.quantity`, /number, and it is null/],
  [[...O2, "quantity"], 0, `${I2}.quantity`, /must not be 0/],
  [[...O2, "quantity"], 9, `${I2}.quantity`, /this is 9, and logos_console\.keys has -1\.5/],
  [[...O2, "symbol"], "TSLA", `${I2}.symbol`, /this is "TSLA", and logos_console\.keys has "AAPL"/],
  [[...O2, "price"], -0.01, `${I2}.price`, /at least 0/],
  [[...O2, "timestamp"], "09:33", `${I2}.timestamp`, /ISO 8601/],
  [[...O2, "timestamp"], T, `${I2}.timestamp`, /string/],
  [[...O2, "idempotency_key"], "k3", I2, /its accepted decision under the key "k3"/],
  [
    ["inflight", "ROUTER-00000009"],
    { strategy_id: "a" },
    "inflight.ROUTER-00000009",
    /next_sequence, 5, must be greater .* this is 9/,
  ],
  [["idempotency"], undefined, "idempotency", /the field must be there/],
  [["idempotency"], "none", "idempotency", /an object, and it is "none"/],
  [["idempotency", "k2"], undefined, I2, /its accepted decision under the key "k2"/],
  [["idempotency", "k2", "accepted"], "true", "idempotency.k2.accepted", /boolean/],
  [["idempotency", "k2", "accepted"], false, "idempotency.k2.order_id", /has no id/],
  [["idempotency", "k2", "order_id"], null, "idempotency.k2.order_id", /must have its id, and this is null/],
  [
    ["idempotency", "k2", "order_id"],
    "ROUTER-2",
    "idempotency.k2.order_id",
    /must have its id, and this is "ROUTER-2"/,
  ],
  [
    ["idempotency", "k2", "order_id"],
    "ROUTER-00000001",
    "idempotency.k2.order_id",
    /no two keys may have the same order/,
  ],
  [
    ["idempotency", "k2", "order_id"],
    "ROUTER-00000005",
    "idempotency.k2.order_id",
    /next_sequence, 5, must be greater/,
  ],
  [["idempotency", "k2", "reason"], "", "idempotency.k2.reason", /must not be empty/],
  [["idempotency", "k2", "reason"], undefined, "idempotency.k2.reason", /string, and it is absent/],
  [["idempotency", "k2", "reason"], "filled", I2, /its accepted decision under the key "k2"/],
  [
    ["idempotency", ""],
    { accepted: false, order_id: null, reason: "rate_limited" },
    'idempotency[""]',
    /no key may be empty/,
  ],
  [
    ["idempotency", "y".repeat(2_050)],
    { accepted: false, order_id: null, reason: "rate_limited" },
    `idempotency["${"y".repeat(80)}…"]`,
    /2049 characters, and this has 2050/,
  ],
  [
    ["idempotency", "new"],
    { accepted: false, order_id: null, reason: "rate_limited" },
    `${L}.keys`,
    /other keys than idempotency/,
  ],
  [[L], null, L, /object, and it is null/],
  [[L], [], L, /object, and it is a list|must be/],
  [[L, "schema_version"], 2, `${L}.schema_version`, /reads version 1, and the file has 2/],
  [[L, "schema_version"], undefined, `${L}.schema_version`, /absent/],
  [[L, "session"], 5, `${L}.session`, /string, and it is 5/],
  [[L, "journal_position"], -1, `${L}.journal_position`, /at least 0/],
  [[L, "latest_submission"], "soon", `${L}.latest_submission`, /ISO 8601/],
  [[L, "retention", "max_keys"], 0, `${L}.retention.max_keys`, /at least 1/],
  [[L, "filled"], undefined, `${L}.filled`, /the field must be there/],
  [[L, "filled", "ROUTER-00000002"], 0.5, `${L}.filled.ROUTER-00000002`, /decimal number as text/],
  [[L, "filled", "ROUTER-00000002"], "1e5", `${L}.filled.ROUTER-00000002`, /decimal number as text/],
  [[L, "filled", "ROUTER-00000001"], "1", `${L}.filled.ROUTER-00000001`, /must be in flight/],
  [[L, "fills", "ROUTER-00000002"], [["f2", 1]], `${L}.fills.ROUTER-00000002[0]`, /./],
  [
    [L, "fills", "ROUTER-00000002"],
    [
      ["f2", 1, 1],
      ["f2", 1, 1],
    ],
    `${L}.fills.ROUTER-00000002`,
    /no fill id may occur twice/,
  ],
  [[L, "fills", "ROUTER-00000002", 0, 1], "1", `${L}.fills.ROUTER-00000002[0][1]`, /number, and it is "1"/],
  [[L, "halt_reasons", 0, "kind"], "weather", `${L}.halt_reasons[0].kind`, /must be one of/],
  [[L, "halt_reasons", 0, "at"], "", `${L}.halt_reasons[0].at`, /ISO 8601/],
  [["halted"], false, "halted", /halt_reasons/],
  [[L, "halt_reasons"], [], "halted", /halt_reasons/],
  [[L, "drift", "next"], 2, `${L}.drift.items[1].id`, /drift\.next must be greater/],
  [[L, "drift", "items", 1, "id"], "DRIFT-0001", `${L}.drift.items[1].id`, /no two items/],
  [[L, "drift", "items", 0, "id"], "D1", `${L}.drift.items[0].id`, /form/],
  [
    [L, "drift", "items", 0, "review", "action"],
    "ignore",
    `${L}.drift.items[0].review.action`,
    /must be one of adopt, dismiss/,
  ],
  [[L, "drift", "items", 0, "evidence"], { a: true }, `${L}.drift.items[0].evidence.a`, /./],
  [[L, "drift", "items", 1, "report"], {}, `${L}.drift.items[1].report.order_id`, /absent/],
  [[L, "resumes", 0, "at"], "?", `${L}.resumes[0].at`, /ISO 8601/],
  [[L, "orders"], [], `${L}.orders`, /object, and it is a list|must be/],
  [[L, "orders"], { "ROUTER-00000001": {} }, `${L}.orders.ROUTER-00000001`, /must be in flight/],
  [[L, "orders"], { "ROUTER-00000002": 5 }, `${L}.orders.ROUTER-00000002`, /object, and it is 5/],
  [[L, "orders"], { "ROUTER-00000002": { type: "iceberg" } }, `${L}.orders.ROUTER-00000002.type`, /must be one of/],
  [[L, "orders"], { "ROUTER-00000002": { limit_price: "9" } }, `${L}.orders.ROUTER-00000002.limit_price`, /number/],
  [[L, "orders"], { "ROUTER-00000002": { trail: { amount: 0 } } }, `${L}.orders.ROUTER-00000002.trail.amount`, /./],
  [[L, "orders"], { "ROUTER-00000002": { expires_at: "soon" } }, `${L}.orders.ROUTER-00000002.expires_at`, /ISO 8601/],
  [[L, "orders"], { "ROUTER-00000002": { oco: "" } }, `${L}.orders.ROUTER-00000002.oco`, /must not be empty/],
  [[L, "counters", "accepted"], -1, `${L}.counters.accepted`, /at least 0/],
  [[L, "counters", "rejected", "rate_limited"], 0.5, `${L}.counters.rejected.rate_limited`, /whole number/],
  [[...K], null, `${L}.keys`, /object, and it is null/],
  [[...K, "count"], 4, `${L}.keys.strategy`, /must have 4 numbers, one for each key/],
  [[...K, "check"], 1, `${L}.keys`, /other keys than idempotency/],
  [[...K, "strategy"], [0, 0, 1], `${L}.keys.strategy`, /must have 5 numbers, one for each key/],
  [[...K, "strategy", 2], 2, `${L}.keys.strategy[2]`, /out of its range/],
  [[...K, "strategy", 2], -1, `${L}.keys.symbol[2]`, /known whole or not at all/],
  [[...K, "symbol", 0], 0.5, `${L}.keys.symbol[0]`, /out of its range/],
  [[...K, "strategies", 1], "alpha", `${L}.keys.strategies`, /no name may occur twice/],
  [[...K, "symbols", 1], "AAPL", `${L}.keys.symbols`, /no name may occur twice/],
  [[...K, "quantity", 4], null, `${L}.keys.quantity[4]`, /out of its range/],
  [[...K, "quantity", 4], 0, `${L}.keys.quantity[4]`, /must not be 0/],
  [[...K, "price", 4], null, `${L}.keys.price[4]`, /out of its range/],
  [[...K, "age_order"], [0, 1, 2, 3, 3], `${L}.keys.age_order`, /each key must occur in it once/],
  [[...K, "age_order"], [0, 1, 2, 3, 5], `${L}.keys.age_order[4]`, /out of its range/],
  [[...K, "decided_at_us", 3], 1.5, `${L}.keys.decided_at_us[3]`, /out of its range/],
  [[...K, "decided_at_us", 3], T + 9e9, `${L}.keys.decided_at_us[4]`, /ascend from the oldest key/],
];

describe("what is known of an order in flight beyond Logos' fields", () => {
  const terms = {
    type: "stop_limit",
    limitPrice: 9.5,
    stopPrice: 10,
    timeInForce: "gtd",
    expiresAt: (T + 60_000_000) as Moment,
    postOnly: false,
    reduceOnly: true,
    parent: "ROUTER-00000001",
    role: "stop",
    oco: "exit",
  } as const;
  const trailing = { type: "trailing_stop", trail: { percent: 2 }, stopPrice: 8 } as const;

  it.each([terms, trailing])(
    "stands under logos_console, is read back, and leaves the seven fields as they were",
    (one) => {
      const snapshot = busyRouter().snapshot();
      const orders = { "ROUTER-00000002": one };
      const text = writeRouterState(snapshot, { orders });
      const read = readRouterState(text, { fileName: FILE });
      expect(read.orders).toEqual(orders);
      expect(fromRouterState(JSON.parse(text)).orders).toEqual(orders);
      // Written again from what was read, and by way of the value, it is the same.
      expect(writeRouterState(read)).toBe(text);
      expect(toRouterState(read)).toEqual(JSON.parse(text));
      const { logos_console: beyond, ...fields } = JSON.parse(text) as Record<string, object>;
      const { logos_console: without, ...plain } = JSON.parse(writeRouterState(snapshot)) as Record<string, object>;
      expect(fields).toEqual(plain);
      expect(Object.keys(beyond ?? {}).filter((name) => !Object.keys(without ?? {}).includes(name))).toEqual([
        "orders",
      ]);
      expect(OrderRouter.restore(read).snapshot()).toEqual(snapshot);
    },
  );
});

describe("a value that breaks a rule", () => {
  const short = (value: unknown): string => (JSON.stringify(value) ?? "nothing").slice(0, 70);
  const named = VALUES.map((row) => [`${short(row[0])} set to ${short(row[1])}`, ...row] as const);
  it.each(named)("%s", (_, path, value, place, rule) => {
    const text = changed(path, value);
    const error = faultOf(() => readRouterState(text, { fileName: FILE }));
    const [first, second] = place.split("|");
    refused(text, second !== undefined && error.detail?.["place"] === second ? second : (first as string), rule);
    // The parsed value is refused for the same reason at the same place.
    expect(faultOf(() => fromRouterState(JSON.parse(text), { fileName: FILE })).message).toBe(error.message);
  });

  it("a file that is no object", () => {
    for (const text of ["[]", "null", "7", '"halted"', "true"])
      refused(text, "the whole file", /must hold one JSON object/);
  });
});
