/**
 * A session on bars of quotes, killed at each of its commits and opened again: every market order pays half the spread of the bar that
 * fills it, whichever process it fills in.
 */
import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { OrderIntent } from "../../../../src/shared/strategy.ts";
import type { Workspace } from "../../../../src/store/index.ts";
import { barsFile, planHost, scriptedDesk, type Plan } from "../scripted.ts";
import { crashCopy, create, entriesOf, finish, journalOf, makeWorkspace, reopen } from "../stage.ts";

const because = { text: "test", values: {} };
const order = (quantity: number, more: Partial<OrderIntent> = {}): OrderIntent => ({
  symbol: "ABC",
  quantity,
  because,
  ...more,
});
const plan: Plan = (run) => {
  if (run === 2) return [order(10), order(-3, { type: "stop", stopPrice: 95 })];
  if (run === 4) return [order(-4), order(1, { limitPrice: 200 })];
  return [];
};
/** Fills are at the third, fourth and fifth bar: of spreads that differ. */
const BARS = [100, 100, 101, "101 101 94 94", 99, 100, 100];
const SPREADS = ["0.1", "0.2", "0.4", "", "0.8", "1.6", "3.2"];

const quotesFile = (): string =>
  barsFile("ABC", BARS)
    .trim()
    .split("\n")
    .map((line, index) => `${line},${index === 0 ? "spread" : (SPREADS[index - 1] as string)}\n`)
    .join("");

const fillsOf = (folder: string): string[] =>
  entriesOf(journalOf(folder), "fill")
    .filter(({ verdict }) => verdict === "booked")
    .map(({ quantity, price }) => `${quantity} @ ${price}`);

describe.each([
  ["bars", ["10 @ 101.2", "-3 @ 95", "-4 @ 98.6", "1 @ 99"]],
  ["marks", ["10 @ 101.2", "-3 @ 94", "-4 @ 98.6", "1 @ 99"]],
] as const)("by %s", (fillModel, expected) => {
  it("fills the same, wherever it was killed", async () => {
    const workspace = makeWorkspace();
    mkdirSync(join(workspace.path, "data"), { recursive: true });
    writeFileSync(join(workspace.path, "data", "ABC.csv"), quotesFile());
    const ports = { openHost: planHost({ one: plan }, new Map()), groupCommits: false };
    const base = scriptedDesk({ one: plan });
    const desk = { ...base, broker: { ...base.broker, fillModel } };
    const session = await create(desk, { workspace, ports, length: undefined });
    const cuts: Workspace[] = [];
    session.subscribe(() => {
      const copy = crashCopy(session.folder);
      cpSync(join(workspace.path, "data"), join(copy.path, "data"), { recursive: true });
      cuts.push(copy);
    });
    await finish(session);
    expect(fillsOf(session.folder)).toEqual(expected);
    expect(cuts.length).toBeGreaterThan(4);
    let same = 0;
    for (const [index, cut] of cuts.slice(0, -1).entries()) {
      const again = await reopen(cut, session.id, {
        speed: "max",
        ports: { openHost: planHost({ one: plan }, new Map()) },
      });
      await finish(again);
      expect(again.failure, `cut ${index}`).toBeNull();
      const fills = fillsOf(again.folder);
      // An order that was not sent yet is not sent by the process that follows; what fills, fills at its price.
      expect(expected, `cut ${index}`).toEqual(expect.arrayContaining(fills));
      if (fills.length === expected.length) same += 1;
    }
    expect(same).toBeGreaterThan(2);
  });
});
