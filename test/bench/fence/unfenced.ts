/**
 * A host process without the strategies' realm, for comparison: the same process and the same steps, the files by a plain import.
 *
 * 1. The files are loaded before the process's own means are taken away, because nothing can be imported afterwards; each as often as
 *    its second argument says, which is taken away for the host process's own, because every strategy has a copy of its own.
 * 2. Its copy of the bars is kept as the realm's is, so what is compared is the realm and nothing else.
 */
import { readdirSync } from "node:fs";
import { Histories, type BarsStep } from "../../../src/live/host/history.ts";
import { Realm } from "../../../src/live/host/engine.ts";
import type { SeenWithoutBars } from "../../../src/live/host/protocol.ts";
import type { ToRealm } from "../../../src/live/host/realm.ts";
import { prepareStrategy, resultText, StrategyInstance, strategyOf } from "../../../src/live/strategies/instance.ts";

const folder = process.argv[2] ?? "";
// The way to talk is the host process's own next argument.
const [copies = "1"] = process.argv.splice(3, 1);
const files = readdirSync(new URL(folder)).filter((name) => /^[^.]+\.[mt]s$/.test(name));
const modules = new Map<string, unknown[]>();
for (const name of files)
  for (let copy = 0; copy < Number(copies); copy += 1) {
    const { default: found } = (await import(`${folder}${name}?copy=${copy}`)) as { readonly default: unknown };
    modules.set(name, [...(modules.get(name) ?? []), found]);
  }

const histories = new Histories();
const instances = new Map<string, StrategyInstance>();

function load({ strategy, module, symbols, params, sizing, seed, metas, state }: Extract<ToRealm, { kind: "load" }>) {
  const found = strategyOf(modules.get(module)?.shift());
  if (typeof found === "string") return { problem: found, barsNeeded: 0, digest: null, files: [], rules: null };
  const metaOf = (symbol: string) => metas.find((meta) => meta.symbol === symbol);
  const prepared = prepareStrategy(found, module, params, {
    symbols,
    sizing,
    seed,
    metaOf,
    heartbeat: () => undefined,
  });
  if (typeof prepared === "string") return { problem: prepared, barsNeeded: 0, digest: null, files: [], rules: null };
  instances.set(strategy, new StrategyInstance(prepared, module, state));
  return { problem: null, barsNeeded: prepared.barsNeeded, digest: null, files: [], rules: null };
}

function run(text: string, steps: string): string {
  if (steps !== "") for (const step of JSON.parse(steps) as readonly BarsStep[]) histories.take(step);
  const seen = JSON.parse(text) as SeenWithoutBars;
  const bars = histories.windows(Object.keys(seen.positions));
  const instance = instances.get(seen.strategy) as StrategyInstance;
  return resultText(instance.run({ ...seen, bars }), instance.unread);
}

const handle = (): string => "{}";

const plain = {
  load: (_folder: string, asked: Extract<ToRealm, { kind: "load" }>) => Promise.resolve(load(asked)),
  handle,
  run,
  describe: String,
};
Object.assign(Realm, { make: () => Promise.resolve(plain) });
await import("../../../src/live/host/child.ts");
