/**
 * A stage for regressions: fixtures in folders that vanish, and the options that every run here has.
 */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { onTestFinished } from "vitest";
import {
  loadFixture,
  prepareFixtures,
  regressOne,
  writeBaseline,
  withScratch,
  runFixture,
  type Regression,
  type RegressOptions,
} from "../../../src/harness/regress/index.ts";
import { FIXTURES_FOLDER } from "./bars.ts";

/** Where a run's strategies run. */
export type HostsOfRun = Pick<RegressOptions, "openHost" | "hosts">;

export const OPTIONS: RegressOptions = { version: "test", wallMs: () => 0, monotonicMs: () => 0 };

/** A folder of its own, gone after the test. */
export function makeFolder(): string {
  const folder = mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "regress-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A copy of a shipped fixture, with its baseline, in a folder of its own. */
export function copyFixture(name: string): string {
  const folder = join(makeFolder(), name);
  cpSync(join(FIXTURES_FOLDER, name), folder, { recursive: true });
  return folder;
}

/** Replaces a text in a file; it must be there. */
export function edit(folder: string, file: string, from: string | RegExp, to: string): void {
  const path = join(folder, file);
  const before = readFileSync(path, "utf8");
  const after = before.replace(from, to);
  if (before === after) throw new Error(`${file} does not hold ${String(from)}`);
  writeFileSync(path, after);
}

const DESK = `name: small
seed: "3"
broker: { cash: 100000, slippage_bps: 1, fee_bps: 1 }
clock: { kind: virtual, speed: max }
feed:
  kind: synthetic
  warmupBars: 40
  symbols:
    - { symbol: AAA, assetClass: equity, startPrice: 50, volatility: 0.9 }
    - { symbol: BBB, assetClass: equity, startPrice: 20, volatility: 0.9 }
strategies:
  - { name: revert, module: mean_reversion, symbols: [AAA], cadence: 30s, params: { lookback: 10, z_entry: 0.8 } }
  - { name: momentum, module: momentum, symbols: [BBB], cadence: 30s, params: { fast: 2, slow: 6 } }
`;

/** A small fixture of a synthetic market; `script` and more lines go into its fixture.yaml. */
export function makeFixture(
  more: { readonly head?: string; readonly desk?: string; readonly strategies?: Readonly<Record<string, string>> } = {},
): string {
  const folder = join(makeFolder(), "small");
  mkdirSync(folder);
  writeFileSync(join(folder, "fixture.yaml"), `schema: 1\nname: small\nlength: 20m\n${more.head ?? ""}`);
  writeFileSync(join(folder, "desk.yaml"), more.desk ?? DESK);
  for (const [name, text] of Object.entries(more.strategies ?? {})) {
    mkdirSync(join(folder, "strategies"), { recursive: true });
    writeFileSync(join(folder, "strategies", name), text);
  }
  return folder;
}

export const SMALL_DESK = DESK;

/** Makes a fixture's present run its baseline. */
export async function keepBaseline(folder: string, how: HostsOfRun = {}): Promise<void> {
  await withScratch({}, async (scratch) => {
    const fixture = await loadFixture(folder);
    writeBaseline(fixture, (await runFixture(fixture, scratch, { ...OPTIONS, ...how })).result);
  });
}

export async function regress(folder: string, how: HostsOfRun = {}): Promise<Regression> {
  const [prepared] = await prepareFixtures([{ name: "", folder }], false);
  if (prepared === undefined) throw new Error("nothing was prepared");
  return regressOne(prepared, { ...OPTIONS, ...how });
}

/** Every file under a folder with its text, to see that nothing changed. */
export function textsOf(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    files.map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return [relative(folder, path), readFileSync(path, "latin1")];
    }),
  );
}
