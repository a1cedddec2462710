/**
 * What host processes may say, and bars that are sent as what changed.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { barsOfRows } from "../../../src/live/host/history.ts";
import { barsStep, MESSAGE_CHARS_MAX, readFromHost } from "../../../src/live/host/protocol.ts";
import { resultText, UNREAD_FILLS, UNREAD_UPDATES } from "../../../src/live/strategies/instance.ts";
import type { RunResult } from "../../../src/live/strategies/run-types.ts";
import type { Bar } from "../../../src/shared/market.ts";
import { barsUpTo } from "./scene.ts";

const SYMBOLS = (job: number) => (job === 7 ? { symbols: ["AAA"] } : null);
const ORDER = { symbol: "AAA", quantity: 2, because: { text: "so", values: {} } };
const RAN = { kind: "ran", job: 7, result: { outcome: "ok", orders: [ORDER], message: null }, rss: 5 };
const READ = { ...RAN, unread: 0 };

describe("a message of a host process", () => {
  it("is read when it is what a host says", () => {
    const layers = { realm: true, permission: true, inspector: true, network: false, memory: false };
    expect(readFromHost(JSON.stringify({ kind: "ready", layers }), SYMBOLS)).toEqual({ kind: "ready", layers });
    const none = { realm: false, permission: false, inspector: false, network: false, memory: false };
    expect(readFromHost('{"kind":"ready","layers":{"realm":"yes"}}', SYMBOLS)).toEqual({ kind: "ready", layers: none });
    expect(readFromHost(JSON.stringify(RAN), SYMBOLS)).toEqual(READ);
    expect(readFromHost(JSON.stringify({ ...RAN, result: { ...RAN.result, state: null } }), SYMBOLS)).toEqual({
      ...READ,
      result: { ...RAN.result, state: null },
    });
    const unread = UNREAD_FILLS + UNREAD_UPDATES;
    const text = resultText(RAN.result as RunResult, unread);
    expect(readFromHost(`{"kind":"ran","job":7,"rss":5,"result":${text}}`, SYMBOLS)).toEqual({ ...READ, unread });
    expect(readFromHost('{"kind":"loaded","job":1,"problem":"no","barsNeeded":3}', SYMBOLS)).not.toBeNull();
  });

  it.each([
    ["no text", 5],
    ["too long", " ".repeat(MESSAGE_CHARS_MAX + 1)],
    ["no JSON", "{"],
    ["no object", "null"],
    ["another kind", '{"kind":"order"}'],
    ["a job that is no number", JSON.stringify({ ...RAN, job: "7" })],
    ["a negative job", JSON.stringify({ ...RAN, job: -1 })],
    [
      "an outcome that only the host may give",
      JSON.stringify({ ...RAN, result: { ...RAN.result, outcome: "timed_out" } }),
    ],
    ["no result", JSON.stringify({ ...RAN, result: null })],
    ["a message that is too long", JSON.stringify({ ...RAN, result: { ...RAN.result, message: "x".repeat(5_000) } })],
    ["a state that is too long", JSON.stringify({ ...RAN, result: { ...RAN.result, state: "x".repeat(70_000) } })],
    ["a state that is no text", JSON.stringify({ ...RAN, result: { ...RAN.result, state: {} } })],
    ["no number of what is not read", JSON.stringify({ ...RAN, result: { ...RAN.result, unread: "all" } })],
    ["no memory", JSON.stringify({ ...RAN, rss: undefined })],
    ["bars below none", '{"kind":"loaded","job":1,"problem":null,"barsNeeded":-3}'],
  ])("is refused: %s", (_name, text) => {
    expect(readFromHost(text, SYMBOLS)).toBeNull();
  });

  it("has its orders checked like a strategy's own", () => {
    for (const orders of [
      [{ ...ORDER, symbol: "BBB" }],
      [{ ...ORDER, quantity: null }],
      {},
      [{ ...ORDER, limitPrice: -1 }],
    ]) {
      const answer = readFromHost(JSON.stringify({ ...RAN, result: { ...RAN.result, orders } }), SYMBOLS);
      expect(answer).toMatchObject({ result: { outcome: "bad_result", orders: [] } });
    }
  });

  it("never throws and never brings in prototype keys", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.anything().map((value) => JSON.stringify(value) ?? ""),
        ),
        (text) => {
          readFromHost(text, SYMBOLS);
        },
      ),
    );
    const values = JSON.stringify(RAN).replace('"values":{}', '"values":{"__proto__":1}');
    expect(readFromHost(values, SYMBOLS)).toEqual(READ);
    const field = JSON.stringify(RAN).replace('"quantity":2', '"quantity":2,"__proto__":{"limitPrice":5}');
    expect(readFromHost(field, SYMBOLS)).toMatchObject({ result: { outcome: "bad_result", orders: [] } });
  });
});

describe("bars", () => {
  it("arrive as they are, however the runSnapshots move", () => {
    const all = barsUpTo(60);
    const window = fc.tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 60 }));
    fc.assert(
      fc.property(fc.array(window, { maxLength: 12 }), (windows) => {
        let had: readonly Bar[] | undefined;
        let held: Bar[] = [];
        for (const [a, b] of windows) {
          const now = all.slice(Math.min(a, b), Math.max(a, b));
          const step = barsStep("AAA", had, now);
          if (step !== null) {
            held = [...(step.fresh ? [] : held), ...barsOfRows("AAA", step.rows)].slice(
              step.rows.length === 0 && step.total === 0 ? Infinity : -step.total,
            );
            had = now;
          }
          expect(held).toEqual(now);
        }
      }),
    );
  });

  it("that were added are all that is sent", () => {
    const all = barsUpTo(60);
    expect(barsStep("AAA", all.slice(0, 58), all.slice(0, 60))?.rows).toHaveLength(2 * 6);
    expect(barsStep("AAA", all, all)).toBeNull();
  });
});
