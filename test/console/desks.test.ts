/**
 * The workspace's desks over a real host: lists, checks with every complaint, saving over what was seen, and a mended file.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { exampleText } from "../../src/live/host/examples/index.ts";
import { exampleList } from "../../src/live/host/index.ts";
import { TYPES_FILE } from "../../src/live/host/template.ts";
import { place, readerOf } from "./sim/hosts.ts";

const GOOD = `name: night
feed: { kind: synthetic, symbols: [{ symbol: AAA, assetClass: equity, startPrice: 10 }] }
strategies:
  - { name: one, module: momentum, symbols: [AAA], cadence: 1m }
`;
const BROKEN = GOOD.replace("cadence: 1m", "cadence: soon, anchr: slot").replace("AAA]", "AAB]");

const RECORDED = `name: bars
feed: { kind: replay, files: [data/aaa.csv] }
strategies:
  - { name: one, module: momentum, symbols: [AAA], cadence: 1m, params: { fast: 2, slow: 3 } }
`;
const BARS = ["dt,open,high,low,close,volume,symbol"]
  .concat(
    Array.from({ length: 30 }, (_, minute) => `2026-01-05T14:${String(minute).padStart(2, "0")}:00Z,1,2,1,1.5,10,AAA`),
  )
  .join("\n");

describe("the workspace's desks", () => {
  it("are listed with what each is, and one of them is started when it is chosen", async () => {
    const { host, workspace } = await place({ desk: GOOD });
    const reader = readerOf(host);
    mkdirSync(join(workspace, "desks"));
    writeFileSync(join(workspace, "desks", "day.yaml"), GOOD.replace("night", "day"));
    writeFileSync(join(workspace, "desks", "odd.yaml"), "name: [");
    writeFileSync(join(workspace, "desks", ".hidden.yaml"), GOOD);
    const { chosen, desks } = await reader.call("desks.list", {});
    expect(chosen).toBe("desk.yaml");
    expect(desks.map(({ desk, brief, error }) => [desk, brief?.name ?? null, error?.code ?? null])).toEqual([
      ["desk.yaml", "night", null],
      ["desks/day.yaml", "day", null],
      ["desks/odd.yaml", null, "desk_invalid"],
    ]);
    await reader.call("desks.choose", { desk: "desks/day.yaml" });
    await reader.call("session.start", { speed: "max", forSeconds: 60 });
    expect((await reader.call("desks.list", {})).chosen).toBe("desks/day.yaml");
    // The next start of the console knows it, too.
    await host.quit();
    const next = readerOf((await place({ workspace })).host);
    expect((await next.call("desks.list", {})).chosen).toBe("desks/day.yaml");
    // One that is gone makes room for the workspace's own.
    rmSync(join(workspace, "desks", "day.yaml"));
    expect((await next.call("desks.list", {})).chosen).toBe("desk.yaml");
  });

  it("outside the workspace are none", async () => {
    const { host } = await place();
    const reader = readerOf(host);
    for (const desk of ["../desk.yaml", "desks/../desk.yaml", "/etc/passwd", "desks/a/b.yaml", "desk.yml", ""])
      expect(await reader.refusal("desk.read", { desk })).toMatchObject({ code: "invalid_input" });
    expect(await reader.refusal("desk.read", { desk: "desks/none.yaml" })).toMatchObject({ code: "not_found" });
  });

  it("that are broken lead on once the file is mended", async () => {
    const { host, workspace } = await place({ desk: BROKEN });
    const reader = readerOf(host);
    const [listed] = (await reader.call("desks.list", {})).desks;
    expect(listed).toMatchObject({
      desk: "desk.yaml",
      brief: null,
      error: { code: "desk_invalid", detail: { line: 4 } },
    });
    expect(await reader.refusal("session.start", {})).toMatchObject({ code: "desk_invalid" });
    writeFileSync(join(workspace, "desk.yaml"), GOOD);
    utimesSync(join(workspace, "desk.yaml"), 1, 1);
    expect((await reader.call("desks.list", {})).desks[0]).toMatchObject({ brief: { name: "night", strategies: 1 } });
    await reader.call("session.start", { speed: "max", forSeconds: 60 });
  });
});

describe("a desk's text", () => {
  it("receives every complaint at its place", async () => {
    const { host } = await place();
    const { complaints, brief } = await readerOf(host).call("desk.check", { desk: "desk.yaml", text: BROKEN });
    expect(brief).toBeNull();
    expect(complaints.map(({ line, path, nearest }) => [line, path, nearest])).toEqual([
      [4, "strategies[0].symbols[0]", "AAA"],
      [4, "strategies[0].cadence", null],
      [4, "strategies[0].anchr", "anchor"],
    ]);
    const syntax = await readerOf(host).call("desk.check", { desk: "desk.yaml", text: "name: x\nseed: [1\n" });
    expect(syntax.complaints).toHaveLength(1);
    expect(syntax.complaints[0]?.path).toBe("");
    const good = await readerOf(host).call("desk.check", { desk: "desk.yaml", text: GOOD });
    expect(good).toMatchObject({ complaints: [], brief: { name: "night", symbols: 1 }, symbols: ["AAA"] });
  });

  it("is checked with its data before a start, and nothing is made", async () => {
    const { host, workspace } = await place();
    const reader = readerOf(host);
    mkdirSync(join(workspace, "data"), { recursive: true });
    writeFileSync(join(workspace, "data", "aaa.csv"), BARS);
    const fine = await reader.call("desk.try", { desk: "desk.yaml", text: RECORDED });
    expect(fine.problems).toEqual([]);
    expect(fine.symbols).toEqual([{ symbol: "AAA", text: "equity, USD, tick 0.0001" }]);
    expect([fine.from, fine.to].map((at) => (at === null ? null : new Date(at / 1_000).toISOString()))).toEqual([
      "2026-01-05T14:01:00.000Z",
      "2026-01-05T14:30:00.000Z",
    ]);
    const other = await reader.call("desk.try", { desk: "desk.yaml", text: RECORDED.replace("[AAA]", "[ZZZ]") });
    expect(other.problems).toEqual(["Strategy one wants ZZZ, and the feed has AAA."]);
    const lost = await reader.call("desk.try", { desk: "desk.yaml", text: RECORDED.replace("momentum", "mine.ts") });
    expect(lost.problems).toEqual(["mine.ts is not in the strategies folder."]);
    writeFileSync(join(workspace, "strategies", "mine.ts"), "export default {};");
    const own = await reader.call("desk.try", { desk: "desk.yaml", text: RECORDED.replace("momentum", "mine.ts") });
    expect(own.problems.join()).toContain("mine.ts");
    expect(existsSync(join(workspace, "desk.yaml"))).toBe(false);
  });

  it("is written only over the text that was seen", async () => {
    const { host, workspace } = await place({ desk: GOOD });
    const reader = readerOf(host);
    const path = join(workspace, "desk.yaml");
    const { digest } = await reader.call("desk.read", { desk: "desk.yaml" });
    writeFileSync(path, `${GOOD}# by hand\n`);
    const lost = { desk: "desk.yaml", text: GOOD, base: digest };
    expect(await reader.refusal("desk.save", lost)).toMatchObject({ code: "wrong_state", detail: { rule: "changed" } });
    expect(await reader.refusal("desk.save", { ...lost, base: null })).toMatchObject({ detail: { rule: "exists" } });
    expect(readFileSync(path, "utf8")).toContain("# by hand");
    const seen = await reader.call("desk.digest", { desk: "desk.yaml" });
    const saved = await reader.call("desk.save", { ...lost, base: seen.digest });
    expect(readFileSync(path, "utf8")).toBe(GOOD);
    expect(await reader.call("desk.digest", { desk: "desk.yaml" })).toEqual({ digest: saved.digest });
    await reader.call("desk.save", { desk: "desks/other.yaml", text: GOOD, base: null });
    expect(readFileSync(join(workspace, "desks", "other.yaml"), "utf8")).toBe(GOOD);
    rmSync(path);
    expect(await reader.refusal("desk.save", { ...lost, base: saved.digest })).toMatchObject({ code: "wrong_state" });
  });
});

describe("the form of a desk", () => {
  it("has every setting once, and the parameters of built-in and own strategies", async () => {
    const { host } = await place();
    const reader = readerOf(host);
    const { file } = await reader.call("strategy.new", { name: "mine" });
    expect(file).toBe("mine.ts");
    expect(await reader.refusal("strategy.new", { name: "mine" })).toMatchObject({ code: "invalid_input" });
    const form = await reader.call("desk.form", {});
    const places = form.settings.map(({ at }) => at);
    expect(new Set(places).size).toBe(places.length);
    for (const field of form.settings) {
      expect(field.means).not.toBe("");
      expect(field.rule).toMatch(/^write /);
    }
    expect(form.modules.find(({ name }) => name === "momentum")?.parameters.map(({ name }) => name)).toContain("fast");
    const own = form.modules.find(({ name }) => name === "mine.ts");
    expect(own).toMatchObject({ builtIn: false, problem: null });
    expect(own?.parameters).toEqual([
      {
        name: "lookback",
        type: "integer",
        means: "bars over which the mean is taken",
        rule: "write a whole number from 2 to 1000",
        fallback: "20",
      },
    ]);
    expect(form.order[""]).toContain("strategies");
  });

  it("begins a strategy with each of the examples that the command line lists", async () => {
    const { host, workspace } = await place();
    const reader = readerOf(host);
    const examples = await reader.call("strategy.examples", {});
    expect(examples).toEqual(exampleList());
    for (const { name, about } of examples) {
      expect(about).not.toBe("");
      const { file, path } = await reader.call("strategy.new", { name: `my-${name}`, from: name });
      expect([file, path]).toEqual([`my-${name}.ts`, join(workspace, "strategies", file)]);
      expect(readFileSync(path, "utf8")).toBe(exampleText(name, TYPES_FILE));
    }
    expect(await reader.refusal("strategy.new", { name: "odd", from: "__proto__" })).toMatchObject({
      code: "invalid_input",
      message: expect.stringContaining("quoter"),
    });
  });

  it("tries a strategy's file, and says when it was changed", async () => {
    const { host, workspace } = await place();
    const reader = readerOf(host);
    const { file } = await reader.call("strategy.new", { name: "mine" });
    expect(await reader.call("strategy.check", { file })).toMatchObject({ complaints: [], runs: 60, refused: {} });
    expect((await reader.call("strategy.changed", { file })).changedMs).toBeGreaterThan(0);
    writeFileSync(
      join(workspace, "strategies", file),
      "export default { defaults: {}, parameters: {}, onTick() { return 7; } };",
    );
    const { complaints } = await reader.call("strategy.check", { file });
    expect(complaints.length).toBeGreaterThan(0);
    expect(await reader.refusal("strategy.check", { file: "../x.ts" })).toMatchObject({ code: "outside_workspace" });
    expect(await reader.call("strategy.changed", { file: "gone.ts" })).toEqual({ changedMs: null });
  });
});
