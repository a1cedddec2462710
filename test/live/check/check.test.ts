/**
 * A check is the same whenever it is made: the wall clock advances between its two sessions, and a long market is not stopped to the run.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it, vi } from "vitest";
import { checkStrategy } from "../../../src/live/check/index.ts";
import { openDesk } from "../../../src/live/desk/index.ts";
import { barsFile } from "../session/scripted.ts";
import { makeWorkspace } from "../session/stage.ts";

const RULES = "defaults: {}, parameters: {}";

it("finds the same of a strategy that cancels its orders, whatever time the wall clock reads", async () => {
  const workspace = makeWorkspace();
  mkdirSync(workspace.strategies, { recursive: true });
  const bid = "{ symbol: c.symbols[0], quantity: 1, limitPrice: 1, clientOrderId: 'bid' + c.now }";
  const text = `export default { ${RULES}, onTick: (c) => [{ cancelAll: true }, ${bid}] };\n`;
  writeFileSync(join(workspace.strategies, "bids.mjs"), text);
  // Each look at the clock finds it a minute later, as where the machine is busy.
  let wallMs = Date.UTC(2026, 0, 5);
  const clock = vi.spyOn(Date, "now").mockImplementation(() => (wallMs += 60_000));
  try {
    const found = await checkStrategy(workspace, "bids.mjs");
    expect(found).toMatchObject({ complaints: [], runs: 60, orders: 60, requests: 59 });
  } finally {
    clock.mockRestore();
  }
});

it("counts a long market up to its 2,000th run, with the orders of that run", async () => {
  const workspace = makeWorkspace();
  mkdirSync(workspace.strategies, { recursive: true });
  const order = "{ symbol: 'ABC', quantity: 1, limitPrice: 1 }";
  writeFileSync(
    join(workspace.strategies, "each.mjs"),
    `export default { ${RULES}, onTick: () => [{ cancelAll: true }, ${order}] };\n`,
  );
  const bars = Array.from({ length: 2_300 }, (_, index) => 100 + (index % 7));
  writeFileSync(join(workspace.path, "ABC.csv"), barsFile("ABC", bars));
  const { desk } = await openDesk({ workspace, bars: ["ABC.csv"], folder: workspace.path });
  const roomy = { ...desk, orchestrator: { ...desk.orchestrator, maxInflight: 10_000 } };
  const found = await checkStrategy(workspace, "each.mjs", { desk: roomy });
  expect(found).toMatchObject({ complaints: [], runs: 2_000, orders: 2_000 });
});
