/**
 * The corpus of attempts to leave the fence, against real processes: none gets hold of anything, and where one layer is gone the next
 * one holds.
 */
import { spawnSync } from "node:child_process";
import { createContext, runInContext } from "node:vm";
import { join } from "node:path";
import { expect, it } from "vitest";
import { nodeTimers } from "../../../src/live/clock/index.ts";
import { createStrategyHost } from "../../../src/live/host/index.ts";
import { ProcessHost } from "../../../src/live/host/process-host.ts";
import { childRequest } from "../../../src/live/host/launch.ts";
import { deskOf, strategyOf } from "../session/desks.ts";
import { makeWorkspace } from "../session/stage.ts";
import { metaOf } from "../strategies/scene.ts";
import { ATTACKER, ATTEMPT_COUNT, UNPROTECTED } from "./attacks.ts";
import { ORDER_ATTACKER, ORDER_ATTACKS } from "./attacks-orders.ts";
import { barsUpTo, MOVED, snapshotAt, writeStrategies } from "./scene.ts";

const SOURCE = join(import.meta.dirname, "..", "..", "..", "src");

it("gets out by none of the attempts", async () => {
  expect(ATTEMPT_COUNT).toBeGreaterThan(200);
  const workspace = makeWorkspace();
  writeStrategies(workspace, { "attacker.mjs": ATTACKER });
  const host = await createStrategyHost({
    desk: deskOf({ strategies: [strategyOf("attacker", "attacker.mjs", ["AAA"])] }),
    workspace,
    metaOf,
    timers: nodeTimers,
    settings: { processes: 1, memoryMb: 128 },
  });
  expect([...host.notLoaded]).toEqual([]);
  let last: string | null = null;
  for (let run = 1; run <= ATTEMPT_COUNT + 1; run += 1) {
    const { outcome, message } = await host.run(snapshotAt("attacker", run, barsUpTo(5)), null);
    expect.soft(["ok", "threw", "bad_result"], message ?? "").toContain(outcome);
    last = message;
  }
  expect(last).toBe(`Error: ${ATTEMPT_COUNT} attempts, found . (attacker.mjs, line ${lineOf("throw new Error(at +")})`);
  host.close();
});

const lineOf = (text: string): number => ATTACKER.slice(0, ATTACKER.indexOf(text)).split("\n").length;

/** Counts its runs and remembers nothing: whether its process is still the same, its order shows. */
const NEIGHBOUR = `let runs = 0;
export default { defaults: {}, parameters: {}, onTick() { runs += 1; return [{ symbol: "AAA", quantity: runs }]; } };`;

it("loses by no order, hook or state more than the run that it is in", async () => {
  const workspace = makeWorkspace();
  writeStrategies(workspace, { "attacker.mjs": ORDER_ATTACKER, "neighbour.mjs": NEIGHBOUR });
  const names = ["attacker", "neighbour"];
  const host = await createStrategyHost({
    desk: deskOf({ strategies: names.map((name) => strategyOf(name, `${name}.mjs`, ["AAA"])) }),
    workspace,
    metaOf,
    timers: nodeTimers,
    settings: { processes: 1, memoryMb: 128 },
  });
  if (!(host instanceof ProcessHost)) throw new Error("not the real host");
  expect([...host.notLoaded]).toEqual([]);
  const home = (): unknown => host.processes().find(({ strategies }) => strategies.includes("neighbour"))?.pid;
  const pid = home();
  for (const [index, { name, is }] of ORDER_ATTACKS.entries()) {
    const run = index + 1;
    const both = [
      host.run(snapshotAt("attacker", run, barsUpTo(5), MOVED), null),
      host.run(snapshotAt("neighbour", run, barsUpTo(5)), null),
    ] as const;
    const { outcome, message, orders } = await both[0];
    expect.soft(`${outcome} ${message ?? ""} ${JSON.stringify(orders)}`, name).toMatch(is);
    expect.soft((await both[1]).orders, name).toMatchObject([{ quantity: run }]);
  }
  expect(home()).toBe(pid);
  host.close();
});

it("would get out where nothing is done against it", () => {
  const given = { bars: () => [], heartbeat: () => undefined };
  const found = runInContext(UNPROTECTED.replaceAll(/\bimport\b/g, "Import"), createContext({ given })) as string;
  expect(found).toMatch(/deep: .*e\.stack }: an object of another realm/);
  expect(found).toMatch(/code by c\.bars\.constructor: made/);
});

/** What code that is out of the realm tries in the process's own, which was locked down as a host process's is. */
const OUTSIDE = `
import { lockDown } from ${JSON.stringify(join(SOURCE, "live", "host", "lockdown.ts"))};
const print = console.log.bind(console);
lockDown("host");
const open = [];
const door = (name, walk) => { try { if (walk() !== undefined) open.push(name); } catch {} };
door("process", () => process);
door("require", () => require);
door("a module", () => globalThis.process.getBuiltinModule("node:fs"));
door("code", () => Function("return 1")());
door("code by eval", () => (0, eval)("1"));
door("a clone's error", () => { try { structuredClone(() => 1); } catch (e) {
  const symbol = Reflect.ownKeys(Object.getPrototypeOf(e)).find((one) => /messaging/.test(String(one)));
  return symbol;
} });
door("the network", () => fetch);
door("a thread", () => new Worker("1"));
door("a timer", () => setTimeout(() => 1));
door("memory", () => Buffer.allocUnsafe(8));
door("machine code", () => WebAssembly);
door("an array's method", () => { Array.prototype.map = () => []; return 1; });
door("writing stacks", () => { Error.prepareStackTrace = (_, sites) => sites; return new Error("x").stack; });
door("promises", () => { Promise.prototype.then = () => 1; return 1; });
print(JSON.stringify(open));
`;

it("meets the next layer where it is out of the realm", () => {
  const workspace = makeWorkspace();
  writeStrategies(workspace, { "outside.mjs": OUTSIDE });
  const { execArguments, env } = childRequest(workspace.strategies, 64);
  const flags = [...execArguments, `--allow-fs-read=${SOURCE}`];
  const run = spawnSync(process.execPath, [...flags, join(workspace.strategies, "outside.mjs")], {
    env: { ...env },
    encoding: "utf8",
  });
  expect(run.stderr).toBe("");
  expect(JSON.parse(run.stdout)).toEqual([]);
});
