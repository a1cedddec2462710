/**
 * Runs whose answers are waited for at once, without the event loop.
 */
import { describe, expect, it } from "vitest";
import { ProcessHost } from "../../../src/live/host/process-host.ts";
import type { RunResult } from "../../../src/live/strategies/run-types.ts";
import { strategyOf } from "../session/desks.ts";
import { HandTimers } from "../session/stage.ts";
import { FakeLauncher, settle } from "./fake-child.ts";
import { barsUpTo, snapshotAt } from "./scene.ts";

const LIMITS = { processes: 1, memoryMb: 64, hangMs: 5_000, loadMs: 2_000, stallMs: 100 };
const DEADLINE = { budgetMs: 1_000, deadlineMs: 3_000 };

async function hosting(names: readonly string[]) {
  const launcher = new FakeLauncher();
  const host = await ProcessHost.open({
    strategies: names.map((name) => ({
      config: strategyOf(name, `${name}.ts`, ["AAA"]),
      builtIn: true,
      step: (job, state, digest) => {
        const common = { module: `${name}.ts`, file: false, symbols: ["AAA"], params: {}, seed: "7", metas: [] };
        return { kind: "load", job, strategy: name, ...common, sizing: { dollarPerTrade: 1 }, digest, state };
      },
    })),
    refused: new Map(),
    limits: LIMITS,
    launch: launcher.launch,
    request: { entry: "", arguments: [], execArguments: [], memoryMb: 64, env: {} },
    timers: new HandTimers(),
  });
  await settle();
  return { host, launcher };
}

function ask(host: ProcessHost, strategy: string, run: number, limits: typeof DEADLINE | null = null): RunResult[] {
  const results: RunResult[] = [];
  void host.run(snapshotAt(strategy, run, barsUpTo(10 + run)), limits, (result) => results.push(result));
  return results;
}

describe("a run that is attended", () => {
  it("is sent and answered before anything else happens in the thread", async () => {
    const { host, launcher } = await hosting(["a", "b"]);
    launcher.attend = (child) => {
      child.answer();
      return true;
    };
    const [first, second] = [ask(host, "a", 1), ask(host, "b", 1)];
    expect(host.attend("b")).toBe(true);
    expect([first, second].map((results) => results.length)).toEqual([1, 0]);
    expect(host.attend("b")).toBe(true);
    expect([...first, ...second].map(({ message }) => message)).toEqual(["run 1", "run 1"]);
    expect(launcher.at(0).idle).toEqual([true]);
    expect(host.attend("b")).toBe(false);
    await settle();
    expect([first, second].map((results) => results.length)).toEqual([1, 1]);
  });

  it("is left to the event loop where it takes long, and so are some after it", async () => {
    const { host, launcher } = await hosting(["a"]);
    let quick = false;
    launcher.attend = (child) => {
      if (quick) child.answer();
      return quick;
    };
    const attended: boolean[] = [];
    for (let run = 1; run <= 100; run += 1) {
      ask(host, "a", run);
      attended.push(host.attend("a"));
      if (!attended.at(-1)) launcher.at(0).answer();
      quick = true;
    }
    const first = attended.indexOf(true);
    expect(first).toBeGreaterThan(10);
    expect(attended.slice(first).every(Boolean)).toBe(true);
    await settle();
  });

  it("is left to the event loop where its process says no more than that it is alive", async () => {
    const { host, launcher } = await hosting(["a"]);
    launcher.attend = (child) => {
      child.say({ kind: "beat", job: child.open[0]?.job });
      return true;
    };
    ask(host, "a", 1);
    expect(host.attend("a")).toBe(false);
    launcher.at(0).answer();
    launcher.attend = (child) => {
      child.answer();
      return true;
    };
    ask(host, "a", 2);
    expect(host.attend("a")).toBe(true);
    await settle();
  });

  it("is none that has a deadline of the machine's clock", async () => {
    const { host, launcher } = await hosting(["a"]);
    launcher.attend = () => {
      throw new Error("The loop has other things to do.");
    };
    ask(host, "a", 1, DEADLINE);
    expect(host.attend("a")).toBe(false);
    await settle();
  });

  it("that comes while others are open is not written at once, because its process may be busy", async () => {
    const { host, launcher } = await hosting(["a", "b"]);
    ask(host, "a", 1);
    await settle();
    ask(host, "b", 1);
    await settle();
    expect(launcher.at(0).idle).toEqual([true, false]);
  });
});
