/** A strategy's files that change while its session is open: a process that takes over runs what was there at the start, or nothing. */
import { ordersIn } from "../strategies/actions.ts";
import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { nodeTimers } from "../../../src/live/clock/index.ts";
import { createStrategyHost } from "../../../src/live/host/index.ts";
import { deskOf, strategyOf } from "../session/desks.ts";
import { makeWorkspace } from "../session/stage.ts";
import { metaOf } from "../strategies/scene.ts";
import { barsUpTo, snapshotAt, writeStrategies } from "./scene.ts";

const HEAD = "export default { defaults: {}, parameters: {},";
const FILES = {
  "mine.ts": `import { size } from "./lib/size.ts"; ${HEAD} onTick: () => [{ symbol: "AAA", quantity: size }] };`,
  "other.ts": `${HEAD} onTick: () => [] };`,
  "lib/size.ts": 'export { size } from "../number.ts";',
  "number.ts": "export const size = 1;",
};

it.each([
  ["itself", "mine.ts", `${HEAD} onTick: () => [] };`, /^threw .*mine\.ts has changed since the session was opened/],
  ["what it imports", "lib/size.ts", "export const size = 2;", /^threw .*has changed since/],
  ["what that imports", "number.ts", "export const size = 2;", /^threw .*has changed since/],
  ["another one", "other.ts", "export const size = 2;", /^ok 1$/],
])("a change of %s", async (_, file, text, expected) => {
  for (const linked of [false, true]) {
    const real = makeWorkspace();
    writeStrategies(real, { ...FILES });
    const link = join(real.path, "linked");
    symlinkSync(real.strategies, link);
    const workspace = linked ? { ...real, strategies: link } : real;
    const strategies = [strategyOf("mine", "mine.ts", ["AAA"]), strategyOf("other", "other.ts", ["AAA"])];
    const settings = { processes: 1, memoryMb: 64 };
    const host = await createStrategyHost({
      desk: deskOf({ strategies }),
      workspace,
      metaOf,
      timers: nodeTimers,
      settings,
    });
    const run = async (number: number): Promise<string> => {
      const { outcome, orders, message } = await host.run(snapshotAt("mine", number, barsUpTo(3)), null);
      return `${outcome} ${outcome === "ok" ? String(ordersIn(orders)[0]?.quantity) : (message ?? "")}`;
    };
    expect(await run(1)).toBe("ok 1");
    writeStrategies(real, { [file]: text });
    expect(await run(2), "its process still has what it began with").toBe("ok 1");
    host.renew?.();
    expect(await run(3), linked ? "by a link" : "as it is").toMatch(expected);
    host.close();
  }
});
