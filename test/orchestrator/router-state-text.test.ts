/**
 * A `router_state.json` as a text: what is no JSON, what Logos itself writes, and the limits of both, with the file, the place and the
 * rule.
 */
import { describe, expect, it } from "vitest";
import { OrderRouter, readRouterState, ROUTER_STATE_TEXT_MAX, writeRouterState } from "../../src/orchestrator/index.ts";
import { DEPTH_MAX } from "../../src/orchestrator/state-file/json-reader.ts";
import { busyRouter, busyText, T } from "./state-file.ts";
import { faultOf, FILE, refused } from "./refusals.ts";
/** The busy file with a piece of its text replaced. */
function rewritten(piece: string, by: string): string {
  const text = busyText();
  if (!text.includes(piece)) throw new Error(`The file does not hold ${piece}.`);
  return text.replace(piece, () => by);
}

describe("text that is no JSON", () => {
  it.each<[string, string, string, RegExp]>([
    ["nothing", "", "the whole file", /valid JSON, but the text ends at line 1, column 1$/],
    ["white space", " \n ", "the whole file", /the text ends at line 2, column 2$/],
    ["a word", '{"halted": maybe}', "halted", /"m" stands at line 1, column 12$/],
    ["single quotes", "{'halted': true}", "the whole file", /"'" stands at line 1, column 2$/],
    ["a comma too many", '{\n"halted": true,\n}', "the whole file", /"}" stands at line 3, column 1$/],
    [
      "a comma too many in a list",
      '{"rate_counters": {"a": [1,]}}',
      "rate_counters.a[1]",
      /"]" stands at line 1, column 28$/,
    ],
    ["a comma missing", '{"halted": true "max_inflight": 3}', "the whole file", /"\\"" stands at line 1, column 17$/],
    ["a colon missing", '{"halted" true}', "the whole file", /"t" stands at line 1, column 11$/],
    ["text behind the end", "{}\n{}", "the whole file", /"{" stands at line 2, column 1$/],
    ["an open string", '{"halted', "the whole file", /the text ends at line 1, column 9$/],
    ["an open escaped string", '{"a": "\\n', "a", /the text ends at line 1, column 10$/],
    ["a control in a string", '{"a": "x\ty"}', "a", /"\\t" stands at line 1, column 9$/],
    ["a wrong escape", '{"a": "\\x"}', "a", /stands at line 1, column 7$/],
    ["half an escape", '{"a": "\\u12"}', "a", /stands at line 1, column 7$/],
    ["NaN", '{"a": NaN}', "a", /"N" stands at line 1, column 7$/],
    ["a leading zero", '{"a": 01}', "a", /"0" stands at line 1, column 7$/],
    ["a leading plus", '{"a": +1}', "a", /"\+" stands/],
    ["a lonely minus", '{"a": [-]}', "a[0]", /"-" stands at line 1, column 8$/],
    ["a number cut short", '{"a": 1.}', "a", /"1" stands/],
    ["a comment", "{} // state", "the whole file", /"\/" stands at line 1, column 4$/],
    ["a number without end", '{"a": 1e999}', "a", /a number must be finite$/],
    ["one in a long list", `{"a": [${"1,".repeat(100)}1e999]}`, "a[100]", /a number must be finite$/],
    ["a broken long list", `{"a": [${"1,".repeat(100)}]}`, "a[100]", /"]" stands at line 1, column 208$/],
    ["a key twice", '{"halted": true, "halted": false}', "halted", /no key may occur twice$/],
    ["a key twice in two spellings", '{"a": {"b": 1, "\\u0062": 2}}', "a.b", /no key may occur twice$/],
    ["__proto__ twice", '{"a": {"__proto__": 1, "__proto__": 2}}', "a.__proto__", /no key may occur twice$/],
  ])("%s", (_, text, place, rule) => refused(text, place, rule));

  it("in the busy file: the line and column of the break", () => {
    const text = rewritten('"k2":{"accepted":true,', '"k2":{"accepted":true;');
    const line = text.slice(0, text.indexOf(";")).split("\n").length;
    refused(text, "idempotency.k2", new RegExp(`";" stands at line ${line}, column 22$`));
  });

  it("a key twice among the decisions, in the program's own spelling and in another", () => {
    const row = '"k2":{"accepted":true,"order_id":"ROUTER-00000002","reason":"accepted"}';
    refused(rewritten(row, `${row},\n${row}`), "idempotency.k2", /no key may occur twice/);
    refused(rewritten(row, `${row},\n${row.replace("k2", "\\u006b2")}`), "idempotency.k2", /no key may occur twice/);
    refused(rewritten(row, `${row},\n"1": null,${row}`), "idempotency.k2", /no key may occur twice/);
  });

  it("an order in flight twice", () => {
    const text = busyText();
    const row = /"ROUTER-00000002":\{"strategy_id".*\}/.exec(text)?.[0] as string;
    refused(
      text.replace(row, () => `${row},${row}`),
      "inflight.ROUTER-00000002",
      /no key may occur twice/,
    );
  });

  it("values nested up to the limit are read, and one deeper is not", () => {
    const nested = (depth: number): string =>
      `{"extra": ${"[".repeat(depth)}${"]".repeat(depth)}, ${busyText().slice(1)}`;
    expect(readRouterState(nested(DEPTH_MAX - 1))).toEqual(readRouterState(busyText()));
    refused(nested(DEPTH_MAX), `extra${"[0]".repeat(DEPTH_MAX - 1)}`, /nested 32 deep at most/);
    const error = faultOf(() => readRouterState("[".repeat(1_000_000), { fileName: FILE }));
    expect(error.message).toMatch(/nested 32 deep at most/);
  });

  it("every piece of the file that stops too early is refused", () => {
    const text = busyText();
    for (let length = 0; length < text.trimEnd().length; length += 1)
      expect(faultOf(() => readRouterState(text.slice(0, length))).code).toBe("snapshot_invalid");
  });

  it("a text beyond the limit is refused before it is looked at", () => {
    const error = faultOf(() => readRouterState(" ".repeat(ROUTER_STATE_TEXT_MAX + 1), { fileName: FILE }));
    expect(error).toMatchObject({
      code: "too_large",
      message: expect.stringContaining(`${FILE} has 256000001 characters`),
    });
  });
});

describe("a file of Logos", () => {
  const logos = (more: Record<string, unknown> = {}) => ({
    rate_limit_per_sec: 2,
    max_inflight: 4,
    next_sequence: 3,
    halted: false,
    rate_counters: { alpha: ["2024-01-01T04:33:00-05:00", "2024-01-01 09:33:00,5", "2024-01-01T09:33:00.25Z"] },
    inflight: {
      "ROUTER-00000002": {
        strategy_id: "alpha",
        symbol: "AAPL",
        quantity: 2.0,
        price: 10,
        client_order_id: "c2",
        timestamp: "2024-01-01T09:33:00",
      },
    },
    idempotency: {
      "alpha:c1": { accepted: true, order_id: "ROUTER-00000001", reason: "filled" },
      "alpha:c2": { accepted: true, order_id: "ROUTER-00000002", reason: "accepted" },
    },
    ...more,
  });
  const order = { strategyId: "alpha", symbol: "AAPL", quantity: 2, price: 10 };

  it("loads: payloads are known of orders in flight, other keys replay without comparing", () => {
    const router = OrderRouter.restore(readRouterState(JSON.stringify(logos())));
    const later = T + 60_000_000;
    expect(router.submit({ ...order, clientOrderId: "c2", quantity: 3 }, later).reason).toBe("idempotency_conflict");
    expect(router.submit({ ...order, clientOrderId: "c2" }, later)).toEqual({
      accepted: true,
      orderId: "ROUTER-00000002",
      reason: "accepted",
    });
    expect(router.submit({ ...order, clientOrderId: "c1", quantity: 99 }, later)).toEqual({
      accepted: true,
      orderId: "ROUTER-00000001",
      reason: "filled",
    });
    expect(router.submit({ ...order, clientOrderId: "c3" }, later).orderId).toBe("ROUTER-00000003");
    expect(router.pendingOrders()[0]).toMatchObject({ orderId: "ROUTER-00000002", timestamp: T, idempotencyKey: null });
  });

  it("its times count in the window, in whatever order and zone they stand", () => {
    const snapshot = readRouterState(JSON.stringify(logos()));
    expect(snapshot.rateCounters).toEqual({ alpha: [T, T + 250_000, T + 500_000] });
    const router = OrderRouter.restore(snapshot);
    expect(router.rateWindow("alpha", T + 1_250_000)).toMatchObject({ used: 2 });
    expect(router.submit({ ...order, clientOrderId: "c9" }, T + 1_250_000).reason).toBe("rate_limited");
    expect(router.submit({ ...order, clientOrderId: "c8" }, T + 1_250_001).reason).toBe("accepted");
  });

  it("a clock behind its times counts as standing at them, before a restore as after it", () => {
    const restored = (router: OrderRouter) => OrderRouter.restore(readRouterState(writeRouterState(router.snapshot())));
    const first = OrderRouter.restore(readRouterState(JSON.stringify(logos({ rate_limit_per_sec: 5 }))));
    expect(first.submit({ ...order, clientOrderId: "c9" }, T - 900_000).reason).toBe("accepted");
    const second = restored(first);
    for (const at of [T + 900_000, T + 1_250_000, T + 1_500_000, T + 1_500_001])
      expect(second.rateWindow("alpha", at)).toEqual(first.rateWindow("alpha", at));
  });

  it("halted says so as a reason to resume from", () => {
    const router = OrderRouter.restore(readRouterState(JSON.stringify(logos({ halted: true }))));
    expect(router.haltReasons).toMatchObject([{ kind: "fault", code: "halted_in_file" }]);
    expect(router.submit({ ...order, clientOrderId: "c9" }, T + 9_000_000).reason).toBe("router_halted");
    router.resume({ operator: "ann", note: "looked" });
    expect(router.submit({ ...order, clientOrderId: "c9" }, T + 9_000_000).reason).toBe("accepted");
  });

  it("unknown fields are left alone", () => {
    expect(readRouterState(JSON.stringify(logos({ future: { a: [1, { b: null }] } })))).toEqual(
      readRouterState(JSON.stringify(logos())),
    );
  });
});

describe("limits", () => {
  const snapshot = () => readRouterState(busyText());

  it("that differ from the configuration are refused with both values, unless the snapshot's are asked for", () => {
    for (const [field, inSnapshot, configured] of [
      ["rateLimitPerSec", 3, 5],
      ["maxInflight", 4, 256],
    ] as const) {
      const call = () => OrderRouter.restore(snapshot(), { [field]: configured });
      expect(call).toThrow(
        expect.objectContaining({
          code: "snapshot_limits_differ",
          message: expect.stringMatching(new RegExp(`${field} ${inSnapshot}.*${configured}`)),
          detail: { field, snapshot: inSnapshot, configured },
        }),
      );
      expect(OrderRouter.restore(snapshot(), { [field]: configured, takeSnapshotLimits: true })).toMatchObject({
        [field]: inSnapshot,
      });
    }
    expect(OrderRouter.restore(snapshot(), { rateLimitPerSec: 3, maxInflight: 4 }).snapshot()).toEqual(
      busyRouter().snapshot(),
    );
  });

  it("what the router takes in, the file can hold: the longest names, sums of the largest and smallest quantities", () => {
    const longest = "n".repeat(1_024);
    const router = new OrderRouter();
    const request = { strategyId: longest, symbol: longest, price: 1, clientOrderId: longest };
    expect(router.submit({ ...request, quantity: 1e300 }, T).accepted).toBe(true);
    expect(router.submit({ ...request, quantity: 1, idempotencyKey: "small" }, T).accepted).toBe(true);
    const report = { status: "partially_filled", timestamp: T };
    router.reconcile([
      { ...report, orderId: "ROUTER-00000001", filledQty: 1.5e299, fillId: longest },
      { ...report, orderId: "ROUTER-00000002", filledQty: 5e-324, fillId: "f" },
      { ...report, orderId: longest, status: longest, filledQty: Number.NaN, fillId: longest },
      { ...report, orderId: "ROUTER-00000002", filledQty: 1, status: "İ".repeat(1_024) },
    ]);
    router.halt({ kind: "fault", message: "m".repeat(9_000), code: "c".repeat(2_000) }, T);
    router.halt({ kind: "fault", message: "", code: "" }, T);
    router.addDrift("lost_order", { text: "t".repeat(9_000), orderId: longest, evidence: { [longest]: longest } }, T);
    const before = router.snapshot();
    expect(readRouterState(writeRouterState(before))).toEqual(before);
    expect(OrderRouter.restore(readRouterState(writeRouterState(before))).snapshot()).toEqual(before);
  });
});
