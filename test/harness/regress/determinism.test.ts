/**
 * The same bytes from every machine: two processes with another folder, time zone, locale and scratch place; and a strategy with
 * a clock in it, which must be found.
 */
import { insideHost } from "../../sim/inside-host.ts";
import { execFile } from "node:child_process";
import { cpSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { FIXTURES_FOLDER } from "./bars.ts";
import { keepBaseline, makeFixture, makeFolder, regress, SMALL_DESK, textsOf } from "./stage.ts";

const PROGRAM = join(import.meta.dirname, "..", "..", "..", "src", "cli", "logos.ts");

/** Runs the shipped fixture with most kinds of trouble in a process of its own; answers every artifact. */
async function elsewhere(environment: Readonly<Record<string, string>>, deep: string): Promise<Record<string, string>> {
  const place = join(makeFolder(), deep);
  cpSync(join(FIXTURES_FOLDER, "faulty"), join(place, "fixtures", "faulty"), { recursive: true });
  mkdirSync(join(place, "scratch"));
  await promisify(execFile)(
    process.execPath,
    [
      PROGRAM,
      "regress",
      "--fixtures",
      join(place, "fixtures"),
      "--report",
      join(place, "out"),
      "--workspace",
      join(place, "workspace"),
    ],
    { env: { ...process.env, TMPDIR: join(place, "scratch"), ...environment }, cwd: place },
  );
  const { "report.html": _html, "junit.xml": _junit, ...artifacts } = textsOf(join(place, "out"));
  return artifacts;
}

/** What a run may say of itself. */
const common = (artifacts: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(artifacts).map(([name, text]) => [name, text.replace(/"generated_at": "[^"]*"/, "")]),
  );

describe("two processes", () => {
  it("write the same bytes in other folders, time zones and locales", async () => {
    const [one, two] = await Promise.all([
      elsewhere({ TZ: "UTC", LC_ALL: "C" }, "one"),
      elsewhere(
        { TZ: "Asia/Kathmandu", LC_ALL: "de_DE.UTF-8", LANG: "ar_EG.UTF-8" },
        "a folder/with spaces/ünd Umlaute",
      ),
    ]);
    expect(Object.keys(one).length).toBeGreaterThan(8);
    expect(common(two)).toEqual(common(one));
  });
});

const strategy = (body: string): string => `export default {
  defaults: {},
  parameters: {},
  onTick(context) {
    const symbol = context.symbols[0];
    ${body}
    return [{ symbol, quantity, because: { text: "canary", values: {} } }];
  },
};
`;
const BIRD = strategy("const quantity = 1 + Math.floor(context.random() * 5);");
const DESK = SMALL_DESK.replace(
  /strategies:[^]*/,
  "strategies:\n  - { name: bird, module: bird.mjs, symbols: [AAA], cadence: 60s }\n",
);

describe("host processes", () => {
  it("change nothing, none, one or three of them", async () => {
    const revert = "module: mean_reversion, symbols: [AAA], cadence: 30s, params: { lookback: 10, z_entry: 0.8 }";
    const desk = `${DESK}  - { name: revert, ${revert} }\n`;
    const folder = makeFixture({ desk, strategies: { "bird.mjs": BIRD } });
    await keepBaseline(folder, { openHost: insideHost });
    for (const processes of [1, 3]) {
      const result = await regress(folder, { hosts: { processes } });
      expect([result.verdict, result.difference, result.artifacts]).toEqual(["equal", null, []]);
      expect(result.orders).toBeGreaterThan(15);
    }
  });
});

// In a process of their own strategies have no clock; run inside, one could still be smuggled in, and this is what finds it.
describe("a canary", () => {
  it("without a clock is equal from run to run", async () => {
    const folder = makeFixture({ desk: DESK, strategies: { "bird.mjs": BIRD } });
    await keepBaseline(folder, { openHost: insideHost });
    const result = await regress(folder, { openHost: insideHost });
    expect(result.orders).toBeGreaterThan(10);
    expect(result.verdict).toBe("equal");
  });

  it("with a wall clock in it fails, at an order, with the signal that led there", async () => {
    const clocked = strategy("const quantity = 1 + (Number(process.hrtime.bigint() % 97n));");
    const folder = makeFixture({ desk: DESK, strategies: { "bird.mjs": clocked } });
    await keepBaseline(folder, { openHost: insideHost });
    const result = await regress(folder, { openHost: insideHost });
    expect(result.orders).toBeGreaterThan(5);
    expect(result.verdict).toBe("differs");
    expect(result.difference).toMatchObject({ baseline: { kind: "order" }, run: { kind: "order" } });
    expect(result.difference?.fields.map((field) => field.path)).toContain("quantity");
  });
});
