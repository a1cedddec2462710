/** What a session's end, its status and its report say alike: what the broker refused, which strategies fail, and how fast it ran. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { folder, jsonOf, logos, type Said } from "./terminal.ts";

const SYMBOL =
  "{ symbol: AAPL, assetClass: equity, startPrice: 100, volatility: 0.3, volume: 900, pricePrecision: 2, minQuantity: 10 }";
const desk = (names: readonly string[], more = ""): string =>
  `${more}feed: { kind: synthetic, symbols: [${SYMBOL}] }\nstrategies:\n` +
  names.map((name) => `  - { name: ${name}, module: ${name}.ts, symbols: [AAPL], cadence: 30s }\n`).join("");

/** A workspace with strategies that order 5 units each run, throw each run, throw once, or order nothing. */
function workspace(text: string): string {
  const at = folder();
  mkdirSync(join(at, "ws", "strategies"), { recursive: true });
  const bodies = {
    small: "[{ symbol: 'AAPL', quantity: 5, because: { text: 'five', values: {} } }]",
    bad: "(() => { throw new Error('no luck') })()",
    once: "(() => { runs += 1; if (runs === 1) throw new Error('first'); return []; })()",
    idle: "[]",
  };
  for (const [name, body] of Object.entries(bodies))
    writeFileSync(
      join(at, "ws", "strategies", `${name}.ts`),
      `let runs = 0;\nexport default { defaults: {}, parameters: {}, onTick: () => ${body} };\n`,
    );
  writeFileSync(join(at, "ws", "desk.yaml"), text);
  return at;
}
const say = (line: string, at: string, environment: Readonly<Record<string, string>> = {}): Promise<Said> =>
  logos(line.split(" "), { at, environment });
/** A file of the newest session. */
const fileOf = (at: string, name: string): string => {
  const sessions = join(at, "ws", "sessions");
  return readFileSync(join(sessions, readFileSync(join(sessions, "latest"), "utf8").trim(), name), "utf8");
};
const reportOf = (at: string): string => fileOf(at, "session.md");

describe("orders that the broker refuses", () => {
  const at = workspace(desk(["small", "idle"]));
  let ended: Said;
  beforeAll(async () => {
    ended = await say("run --for 10m", at);
  });

  it("are reported as accepted first and refused then, with one count in the closing line, the status and the report", async () => {
    const count = Number(/^orders +(\d+) accepted, /m.exec(ended.out)?.[1]);
    expect(count).toBeGreaterThan(10);
    const orders = new RegExp(`^orders +${count} accepted, ${count} of them refused by the broker, 0 fills`, "m");
    const rejections = new RegExp(`^rejections +${count}: min_requirements ${count}$`, "m");
    const status = await say("status", at);
    for (const out of [ended.out, status.out]) {
      expect(out).toMatch(orders);
      expect(out).toMatch(rejections);
    }
    expect(jsonOf(await say("status --json", at))).toMatchObject({
      orders: { accepted: count, refused: count, fills: 0, rejections: { min_requirements: count } },
    });
    expect(reportOf(at)).toContain(`| Orders that the broker refused | ${count} |`);
    expect(reportOf(at)).toContain(`| Rejections | min\\_requirements ${count} |`);
  });
});

describe("strategies that fail", () => {
  const at = workspace(desk(["bad", "once", "idle"]));
  let ended: Said;
  beforeAll(async () => {
    ended = await say("run --for 10m", at);
  });

  it("are named with their runs and the newest reason at the end, in the status and in the report", async () => {
    expect(ended.code).toBe(0);
    expect(ended.out).toMatch(/^ended +as planned, but 1 of 3 fails, 1 more had failed runs$/m);
    const runs = Number(/ (\d+) of \1 runs failed/.exec(ended.out)?.[1]);
    expect(runs).toBeGreaterThan(10);
    const line = `bad: ${runs} of ${runs} runs failed; the newest reason: Error: no luck (bad.ts, line 2)`;
    const status = await say("status", at);
    expect(status.code).toBe(0);
    expect(status.out).toMatch(/^health +STOPPED, but 1 of 3 fails, 1 more had failed runs$/m);
    for (const out of [ended.out, status.out]) {
      expect(out).toMatch(/^strategies +1 of 3 fails, 1 more had failed runs$/m);
      expect(out.split("\n").map((one) => one.trim())).toContain(line);
      expect(out).not.toMatch(/once: /);
    }
    expect(reportOf(at)).toContain("| Strategies | 1 of 3 fails, 1 more had failed runs |");
    expect(reportOf(at)).toContain(`## Strategies that failed\n\n- ${line}\n`);
    const { troubles } = jsonOf(await say("status --json", at)) as { troubles: Record<string, unknown> };
    expect(troubles).toMatchObject({
      strategies: 3,
      failing: 1,
      more: 0,
      list: [
        { name: "bad", kind: "failing", runs, failures: runs },
        { name: "once", kind: "failed_before", failures: 1, reason: expect.stringContaining("first") },
      ],
    });
  });

  it("are reported the same after the session resumed from its checkpoint", async () => {
    const more = await say("run --session latest --for 10m", at);
    const runs = Number(/ (\d+) of \1 runs failed/.exec(more.out)?.[1]);
    expect(runs).toBeGreaterThan(30);
    expect((await say("status", at)).out).toContain(`bad: ${runs} of ${runs} runs failed; `);
    expect((await say("verify", at)).code).toBe(0);
  });
});

describe("the speed of a run", () => {
  const speedOf = (at: string): unknown => (JSON.parse(fileOf(at, "session.json")) as { speed: unknown }).speed;
  const paced = workspace(desk(["idle"], "clock: { kind: virtual, speed: 60 }\n"));
  const free = workspace(desk(["idle"]));

  it.each([
    ["the file's", paced, "run --for 1s", {}, 60, /clock runs at 60×, as \S+desk\.yaml:1:\d+ says; --speed max /],
    ["the environment's before it", paced, "run --for 1s", { LOGOS_SPEED: "max" }, "max", /^Session [^\n]+\n$/],
    ["the flag's before all", paced, "run --for 1s --speed max", { LOGOS_SPEED: "10" }, "max", /^Session [^\n]+\n$/],
    ["max by default", free, "run --for 1s", {}, "max", /^Session [^\n]+\n$/],
    [
      "the environment's where no file says",
      free,
      "run --for 1s",
      { LOGOS_SPEED: "60" },
      60,
      /60×, as LOGOS_SPEED says/,
    ],
    ["max for the demo desk, whose speed is the console's", folder(), "run --for 1s", {}, "max", /^Session [^\n]+\n$/],
  ])("is %s", async (_, at, line, environment, speed, expected) => {
    const { code, err } = await say(line, at, environment);
    expect(code).toBe(0);
    expect(speedOf(at)).toBe(speed);
    expect(err).toMatch(expected);
  });

  it("is the session's own when it resumes", async () => {
    const at = workspace(desk(["idle"], "clock: { kind: virtual, speed: 60 }\n"));
    await say("run --for 1s", at);
    const { err } = await say("run --session latest --for 1s", at);
    expect(err).toMatch(/the clock runs at 60×, as it did before; /);
    expect(speedOf(at)).toBe(60);
  });
});
