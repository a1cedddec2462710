/** Sessions from the command line, in this process: their start, their end, what they say, and the hand of an operator between runs. */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { folder, jsonOf, logos, tree, type Said } from "./terminal.ts";

const at = folder();
const sessionsIn = (place: string): string[] =>
  readdirSync(join(place, "ws", "sessions")).filter((name) => name !== "latest");
/** The strategies of the newest session, as its record has them. */
const strategyNames = (place: string): string[] => {
  const record = readFileSync(join(place, "ws", "sessions", sessionsIn(place)[0] ?? "", "session.json"), "utf8");
  const { configuration } = JSON.parse(record) as { configuration: { strategies: { name: string }[] } };
  return configuration.strategies.map((one) => one.name);
};
const say = async (line: string, place = at): Promise<Said> => logos(line.split(" "), { at: place });
const SYMBOL = "{ symbol: AAPL, assetClass: equity, startPrice: 100, volatility: 0.3, volume: 900, pricePrecision: 2 }";
const DESK = (strategies: string): string =>
  `feed: { kind: synthetic, symbols: [${SYMBOL}] }\nstrategies:\n${strategies}`;
const strategy = (name: string, module: string): string =>
  `  - { name: ${name}, module: ${module}, symbols: [AAPL], cadence: 30s }\n`;

/** What SQLite keeps beside a database that is read. */
const LOGS = /(?:journal|broker)\.db-(?:shm|wal)/;

let first: Said;
let id = "";
beforeAll(async () => {
  first = await say("run --for 2m");
  id = sessionsIn(at)[0] as string;
});

describe("a first session", () => {
  it("ends in order, its summary on stdout and its messages on stderr", () => {
    expect(first.code).toBe(0);
    expect(first.err).toBe(`Session ${id}: 24 strategies, seed demo, paper account.\n`);
    expect(first.out).toMatch(
      new RegExp(`^${id}\\nended +as planned\\nsession time +2026-01-05T14:30:00.* \\(2m\\)\\n`),
    );
    expect(first.out).toMatch(/\nequity +1000000\.00 to \d+\.\d\d(?: USD)?\n/);
    for (const file of ["session.md", "session.json", "journal.db", "orders.csv"]) expect(first.out).toContain(file);
  });

  it("is listed, and reported by status, review and verify, which change nothing", async () => {
    const before = tree(join(at, "ws", "sessions", id)).filter((line) => !LOGS.test(line));
    const listed = await say("sessions");
    expect(listed).toMatchObject({ code: 0, err: "" });
    expect(listed.out.split("\n")[1]).toMatch(new RegExp(`^${id} +stopped +demo +demo +\\d+ `));
    const status = await say("status");
    expect(status).toMatchObject({ code: 0, err: "" });
    expect(status.out).toMatch(/^health +STOPPED$/m);
    expect(status.out).toMatch(/^state +stopped$/m);
    const lasting = (out: string): string => out.replace(/^last written.*$/m, "");
    for (const line of ["status latest", `status ${id}`, `status --session ${id}`])
      expect(lasting((await say(line)).out)).toBe(lasting(status.out));
    expect(await say("review")).toEqual({ code: 0, out: `${id}: not halted, 0 open\n`, err: "" });
    expect((await say("verify")).code).toBe(0);
    expect(tree(join(at, "ws", "sessions", id)).filter((line) => !LOGS.test(line))).toEqual(before);
  });

  it("lists positions with figures that can be read, and exact ones as JSON", async () => {
    const table = (await say(`positions ${id}`)).out.trimEnd().split("\n").slice(1);
    const { positions } = jsonOf(await say("positions --json")) as { positions: readonly Record<string, string>[] };
    expect(table).toHaveLength(positions.length);
    expect(table.length).toBeGreaterThan(3);
    for (const [index, row] of table.entries()) {
      const [owner, , , average, realized, fees] = row.split(/ {2,}/);
      const exact = positions[index];
      expect(owner).toBe(exact?.["owner"]);
      expect(average).toMatch(/^\d+(\.\d{1,6})?$/);
      expect(Number(average)).toBeCloseTo(Number(exact?.["averagePrice"]), 5);
      for (const [shown, name] of [
        [realized, "realized"],
        [fees, "fees"],
      ] as const) {
        expect(shown).toMatch(/^-?\d+\.\d\d$/);
        expect(Math.abs(Number(shown) - Number(exact?.[name]))).toBeLessThanOrEqual(0.005);
      }
    }
  });

  it("is compacted when it is asked for, and holds as before", async () => {
    const done = jsonOf(await say("compact --keep 1m --json"));
    expect(done).toMatchObject({ id, droppedBefore: 0 });
    expect(done["dropped"]).toBeGreaterThan(20);
    expect(await say("compact --keep 1m")).toMatchObject({ code: 0, out: expect.stringMatching(/nothing to drop/) });
    const verified = await say("verify");
    expect(verified).toMatchObject({ code: 0, err: "" });
    expect(verified.out).toMatch(/were removed/);
  });

  it("gives one JSON value to each question", async () => {
    expect(jsonOf(await say("status --json"))).toMatchObject({ id, health: "stopped", state: "stopped", pid: null });
    expect(jsonOf(await say("sessions --json"))).toMatchObject({ total: 1, sessions: [{ id, state: "stopped" }] });
    expect(jsonOf(await say("review --json"))).toMatchObject({ id, open: 0, items: [], halts: [] });
    expect(jsonOf(await say(`restore ws/sessions/${id}/router_state.json --json`))).toMatchObject({ halted: false });
  });

  it("that is not running is unaffected by pause, continue and stop", async () => {
    const before = tree(at);
    for (const command of ["pause", "continue", "stop"]) {
      const { code, out, err } = await say(`${command} --operator me`);
      expect([code, out]).toEqual([1, ""]);
      expect(err).toMatch(
        new RegExp(`^logos: No process runs ${id}, so there is nothing to ${command}\\. .*--session ${id}`),
      );
    }
    for (const command of ["strategy run momentum-1 --operator me", "speed 60"]) {
      const { code, out, err } = await say(command);
      expect([code, out]).toEqual([1, ""]);
      expect(err).toMatch(new RegExp(`^logos: No process runs ${id}, so .*--session ${id}`));
    }
    expect(tree(at)).toEqual(before);
  });
});

describe("a strategy of a session that no process runs", () => {
  it("is paused and resumed, each once, for the session's next start", async () => {
    const other = folder();
    await say("run --for 2m", other);
    const own = sessionsIn(other)[0] as string;
    const rows = readFileSync(join(other, "ws", "sessions", own, "orders.csv"), "utf8").split("\n");
    const name = /,([a-z][a-z-]*),/.exec(rows[1] ?? "")?.[1] ?? "";
    const offline = "(no process runs it; it is journaled for its next start)";
    for (const [action, done, again] of [
      ["pause", "is paused", /is paused already/],
      ["resume", "is active", /is active, so there is nothing to resume/],
    ] as const) {
      const said = await say(`strategy ${action} ${name} --operator me`, other);
      expect(said).toMatchObject({ code: 0, out: `${own}: ${name} ${done} ${offline}.\n` });
      expect((await say(`strategy ${action} ${name} --operator me`, other)).err).toMatch(again);
    }
    expect((await say("strategy pause missing --operator me", other)).code).not.toBe(0);
    expect((await say(`strategy explode ${name} --operator me`, other)).code).toBe(64);
  });
});

describe("the same desk and seed", () => {
  it("write the same bytes again, and another seed others", async () => {
    const other = folder();
    await say("run --for 2m", other);
    await say("run --for 2m --seed 9", other);
    const [same, seeded] = sessionsIn(other).toSorted((a, b) => a.length - b.length) as [string, string];
    const read = (place: string, session: string, file: string): string =>
      readFileSync(join(place, "ws", "sessions", session, file), "utf8");
    for (const file of ["orders.csv", "fills.csv", "router_state.json"])
      expect(read(other, same, file)).toBe(read(at, id, file));
    // The first session was compacted above: its equity and metrics are the end of the whole ones.
    for (const file of ["equity_curve.csv", "orchestrator_metrics.jsonl"]) {
      const lines = read(at, id, file).split("\n").slice(1);
      expect(lines.length).toBeGreaterThan(3);
      expect(read(other, same, file).split("\n").slice(-lines.length)).toEqual(lines);
    }
    expect(read(other, seeded, "orders.csv")).not.toBe(read(at, id, "orders.csv"));
  });
});

describe("continuing", () => {
  it("says so where nothing is left to run, and runs on with more time; halts and resumes between runs hold", async () => {
    const over = await say("run --session latest");
    expect(over.code).toBe(0);
    expect(over.err).toMatch(
      /is at its end, 2026-01-05T14:32:00\+00:00: nothing is left to run\. Add --for 15m to give it more\.\n$/,
    );
    const more = await say("run --session latest --for 1m --json");
    expect(more.err).toBe(`Session ${id} resumes from 2026-01-05T14:32:00+00:00.\n`);
    expect(jsonOf(more)).toMatchObject({ id, cause: "finished", halted: false, duration: 180_000_000 });

    const halted = await logos(["halt", "--operator", "A. Trader", "--note", "odd fills"], { at });
    expect(halted).toEqual({
      code: 0,
      out: `${id}: halted (no process runs it; it is journaled for its next start).\n`,
      err: "",
    });
    const status = await say("status");
    expect(status.code).toBe(1);
    expect(status.out).toMatch(/^health +HALTED: Halted by A\. Trader\. Note: odd fills$/m);
    const review = await say("review");
    expect(review.out).toContain("operator_halt: Halted by A. Trader. Note: odd fills");
    expect(review.err).toBe(`Then: logos resume --session ${id} --operator NAME --note TEXT\n`);
    const shut = await say("run --session latest --for 1m");
    expect(shut.code).toBe(1);
    expect(shut.out).toMatch(/^ended +as planned, halted$/m);
    expect(shut.err).toMatch(new RegExp(`To open the gate: logos review --session ${id}, then logos resume\\.\n$`));

    expect((await say("resume --operator me --note fine")).code).toBe(0);
    const again = await say("resume --operator me --note fine");
    expect([again.code, again.out]).toEqual([1, ""]);
    expect(again.err).toMatch(/^logos: The router is not halted, so there is nothing to resume\.\n$/);
    expect((await say("run --session latest --for 1m")).code).toBe(0);
    expect((await say("verify")).code).toBe(0);
  });

  it("lists the limits, changes one with a name and a note, and says what a wrong one breaks", async () => {
    const listed = await say("limits");
    expect(listed).toMatchObject({ code: 0, err: "" });
    const [, before = ""] = /^max_notional +(\S+) /m.exec(listed.out) ?? [];
    expect(before).not.toBe("123");
    expect(await say("limits max_notional 123")).toMatchObject({ code: 64, err: expect.stringMatching(/--operator/) });
    expect(await say("limits max_notional")).toMatchObject({ code: 64, err: expect.stringMatching(/or none/) });
    expect(await say("limits max_notional much --operator me --note x")).toMatchObject({ code: 64 });
    const changed = await say("limits max_notional 123 --operator me --note x");
    expect(changed).toEqual({ code: 0, out: `${id}: max_notional is 123 now.\n`, err: "" });
    const after = await say("limits");
    expect(after.out).toMatch(/^max_notional +123 /m);
    expect(after.out).toMatch(new RegExp(`max_notional: ${before.replace(".", "\\.")} to 123, by me: x\n$`));
    expect(jsonOf(await say("limits --json"))).toMatchObject({ id, changes: [{ after: "123" }] });
    expect((await say("verify")).code).toBe(0);
  });

  it("refuses a drift item that is not there", async () => {
    const { code, err } = await say("review DRIFT-0001 --dismiss --operator me --note x");
    expect([code, err]).toEqual([66, expect.stringMatching(/^logos: There is no drift item DRIFT-0001; /)]);
    for (const line of ["review DRIFT-0001", "review DRIFT-0001 --adopt --dismiss --operator me --note x"])
      expect(await say(line)).toMatchObject({
        code: 64,
        err: expect.stringMatching(/either --adopt \[STRATEGY\] or --dismiss/),
      });
  });
});

describe("Ctrl-C", () => {
  it("stops in order the first time, and ends at once the second time; neither loses anything", async () => {
    const own = folder();
    const exits: unknown[] = [];
    const exit = vi.spyOn(process, "exit").mockImplementation(((code: unknown) => exits.push(code)) as never);
    try {
      // The first message comes when the handlers are in place and before the clock runs.
      const ended = logos(["run", "--for", "100h"], { at: own });
      const interrupt = (): void => {
        if (process.listenerCount("SIGINT") === 0) return void setImmediate(interrupt);
        process.emit("SIGINT");
        expect(exits).toEqual([]);
        process.emit("SIGINT");
      };
      interrupt();
      const { code, out, err } = await ended;
      expect(exits).toEqual([130]);
      expect(code).toBe(0);
      expect(out).toMatch(/^ended +stopped by Ctrl-C$/m);
      expect(err).toMatch(/\nStopping\. Press Ctrl-C again to end at once; a restart loses nothing either way\.\n/);
      expect(err).toMatch(/\nTo resume it: logos run --session \S+\n$/);
    } finally {
      exit.mockRestore();
    }
    expect((await say("run --session latest --for 1m", own)).code).toBe(0);
    expect((await say("verify", own)).code).toBe(0);
  });
});

describe("strategies of one's own", () => {
  const own = folder();
  beforeAll(() => {
    mkdirSync(join(own, "ws", "strategies"), { recursive: true });
    writeFileSync(join(own, "ws", "strategies", "broken.js"), "export default { nope: 1 };\n");
  });

  it("that do not load are named before the start, and the others run", async () => {
    writeFileSync(join(own, "ws", "desk.yaml"), DESK(strategy("mine", "broken.js") + strategy("other", "momentum")));
    const { code, out, err } = await say("run --for 2m", own);
    expect(code).toBe(0);
    expect(err).toMatch(/^logos: strategy mine does not load: .*broken\.js.* The others run\.\n/);
    expect(out).toMatch(/^runs +[1-9]/m);
  });

  it("that do not load, all of them, end with 65 and one message", async () => {
    writeFileSync(join(own, "ws", "desk.yaml"), DESK(strategy("mine", "broken.js")));
    const { code, out, err } = await say("run --for 2m", own);
    expect([code, out]).toEqual([65, ""]);
    expect(err).toMatch(
      /^logos: Nothing was run: no strategy of the desk loads\. strategy mine does not load: [^\n]*\n$/,
    );
  });
});

describe("recorded bars", () => {
  it("with refused rows say how many, and that one symbol has no pairs", async () => {
    const own = folder();
    const minute = (index: number): string => new Date(Date.UTC(2024, 0, 1, 0, index)).toISOString();
    const rows = Array.from({ length: 40 }, (_, index) => `${minute(index)},1,${index === 7 ? "0.1" : "2"},0.5,1.5,10`);
    writeFileSync(join(own, "A.csv"), `dt,open,high,low,close,volume\n${rows.join("\n")}\n`);
    const { code, out, err } = await say("run --bars A.csv", own);
    expect(code).toBe(0);
    expect(err).toContain("logos: A.csv: 40 rows, 39 bars, 1 refused: row 9: the high 0.1 is below");
    expect(err).toContain("logos: The files hold one symbol, so pairs, which trades two, does not run.\n");
    expect(err).toContain("3 strategies, seed 1");
    expect(out).toMatch(/^runs +1\d\d$/m);
    const kept = await say("import A.csv", own);
    expect(kept.code).toBe(0);
    expect(kept.out).toMatch(/row 9: the high 0\.1 is below[^]*\nKept .*A\.csv\n$/);
    const before = tree(own);
    const twice = await say("import A.csv", own);
    expect([twice.code, twice.out]).toEqual([64, ""]);
    expect(twice.err).toMatch(
      /^logos: .*A\.csv is there already\. Add --overwrite to write over, or --preview to look/,
    );
    expect(tree(own)).toEqual(before);
    expect((await say("import A.csv --overwrite", own)).code).toBe(0);
    expect((await say("run --bars ws/data/A.csv", own)).code).toBe(0);
  });
});

describe("a part of a session that is not running", () => {
  it("is halted and resumed by name, and status says which one it is", async () => {
    const name = strategyNames(at)[0] as string;
    expect(await say(`halt --strategy ${name} --operator me --note look`)).toMatchObject({
      code: 0,
      out: expect.stringMatching(new RegExp(`: strategy ${name} halted \\(no process runs it`)),
    });
    const status = await say("status");
    expect(status.code).toBe(1);
    expect(status.out).toMatch(new RegExp(`^health +HALTED: In part: strategy ${name}\\.$`, "m"));
    expect(status.out).toMatch(new RegExp(`^strategy halted +${name} since .*: Halted by me\\. look$`, "m"));
    const scoped = jsonOf(await say("status --json"))["haltedScopes"];
    expect(scoped).toMatchObject([{ kind: "strategy", name, operator: "me", note: "look" }]);
    expect((await say("halt --group missing --operator me")).err).toMatch(
      /The desk has no group missing; its groups are: /,
    );
    expect((await say("resume --group missing --operator me --note x")).code).toBe(66);
    expect((await say(`resume --strategy ${name} --operator me --note fine`)).code).toBe(0);
    expect((await say(`resume --strategy ${name} --operator me --note fine`)).code).toBe(1);
    expect((await say("status")).code).toBe(0);
    expect((await say("verify")).code).toBe(0);
  });
});

describe("the tick ledger", () => {
  it("has every planned tick, by class and strategy, as table, JSON and CSV", async () => {
    const place = folder();
    expect((await say("run --for 3m", place)).code).toBe(0);
    const name = strategyNames(place)[0] as string;
    const all = jsonOf(await say("ticks --json", place)) as {
      counts: Record<string, number>;
      ticks: Record<string, unknown>[];
    };
    const total = Object.values(all.counts).reduce((sum, count) => sum + count, 0);
    expect(all.ticks).toHaveLength(total);
    expect(all.counts["on_time"]).toBeGreaterThan(20);
    const mine = jsonOf(await say(`ticks latest --strategy ${name} --class on_time --json`, place)) as typeof all;
    expect(mine.ticks.length).toBe(mine.counts["on_time"]);
    expect(mine.ticks.length).toBeLessThan(total);
    for (const tick of mine.ticks) expect(tick).toMatchObject({ strategy: name, class: "on_time", lagMs: 0 });
    const csv = (await say(`ticks --strategy ${name} --csv`, place)).out.trimEnd().split("\n");
    expect(csv[0]).toBe("strategy,class,planned,jittered,started,finished,lagMs,runtimeMs,run,outcome,why");
    expect(csv).toHaveLength(1 + Object.values(mine.counts).reduce((sum, count) => sum + count, 0));
    const table = await say("ticks --last 3", place);
    expect(table.out.trimEnd().split("\n")).toHaveLength(6);
    expect(table.err).toMatch(
      /^\d+ older ticks are not shown; --last shows more, --csv all\.\nRun times are simulated: [^\n]+\.\n$/,
    );
    expect((await say("ticks --strategy missing", place)).err).toMatch(/has no strategy missing; its strategies are: /);
  });
});

describe("restoring", () => {
  it("shows, then puts a snapshot into a new session that continues its sequence", async () => {
    const file = `ws/sessions/${id}/router_state.json`;
    const next = /"next_sequence": ?(\d+)/.exec(readFileSync(join(at, file), "utf8"))?.[1] ?? "";
    const before = tree(at);
    const shown = await say(`restore ${file}`);
    expect(shown).toMatchObject({
      code: 0,
      err: "Nothing is changed. To restore it, add --operator NAME --note TEXT.\n",
    });
    expect(shown.out).toMatch(new RegExp(`^next order +${next}$`, "m"));
    expect(shown.out).toContain("A new session would begin with it; --session ID shows what differs");
    expect((await say(`restore ${file} --session latest`)).out).toMatch(/^Nothing of it differs from latest\.$/m);
    const later = Number(next) + 7;
    const older = JSON.parse(readFileSync(join(at, file), "utf8")) as Record<string, unknown>;
    writeFileSync(join(at, "older.json"), JSON.stringify({ ...older, next_sequence: later }));
    const compared = await say("restore older.json --session latest");
    expect(compared.out).toContain(
      `What differs from latest:\n  the next order's number: now ${next}, in the snapshot ${later}\n`,
    );
    const json = jsonOf(await say("restore older.json --session latest --json"));
    expect(json["differences"]).toContain(`the next order's number: now ${next}, in the snapshot ${later}`);
    rmSync(join(at, "older.json"));
    expect(tree(at)).toEqual(before);
    const done = await say(`restore ${file} --operator me --note back`);
    expect(done.code).toBe(0);
    expect(done.out).toMatch(
      new RegExp(`^(\\S+): restored\\. The next order is ROUTER-0*${next}\\.\\nResume it: logos run --session \\1\\n$`),
    );
  });
});
