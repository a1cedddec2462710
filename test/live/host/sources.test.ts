/**
 * How a strategy's files are read: what may be a part, and that nothing is loaded behind the loader's back.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, realpathSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nodeTimers } from "../../../src/live/clock/index.ts";
import { createStrategyHost } from "../../../src/live/host/index.ts";
import { Parts, resolvePart, withoutDynamicImport } from "../../../src/live/host/sources.ts";
import { readRegular } from "../../../src/store/files/regular.ts";
import { deskOf, strategyOf } from "../session/desks.ts";
import { makeWorkspace } from "../session/stage.ts";
import { metaOf } from "../strategies/scene.ts";
import { barsUpTo, snapshotAt, writeStrategies } from "./scene.ts";

/** A program's tokens, one by one, with whether each is the word of an import that loads while code runs. */
const GAPS = ["", " ", "\n", "\t ", "/* c */", "// c\n", "/* import( */ ", "\u00a0", "\u2028", "/**//**/"];

describe("an import while code runs", () => {
  it("is found in whatever form", () => {
    const gap = fc.constantFrom(...GAPS);
    const before = fc.constantFrom("", ";", "(", "[...", "=>", "await ", "x = ", "/* c */", "a\n", "}");
    fc.assert(
      fc.property(before, gap, gap, fc.constantFrom("(", "."), (start, first, second, after) => {
        const text = `${start}import${first}${second}${after}`;
        expect(withoutDynamicImport(text)).toBe(`${start}Import${withoutDynamicImport(first + second)}${after}`);
      }),
      { seed: 7, numRuns: 500 },
    );
  });

  it.each([
    'import { a } from "./a.ts";',
    'import a, * as b from "./a.ts"; import "./c.ts";',
    'import/* c */{ a } from "./a.ts"',
    "const important = 1; important (2); myimport(3); x.import(4); $import(5); \u00e9import(6)",
  ])("is not found in %s", (text) => {
    expect(withoutDynamicImport(text)).toBe(text);
  });

  it("is looked for in time in proportion to a file's length", () => {
    const steps = 100_000;
    for (const piece of ["import ", "import//import\n", "import/*", "import/* import */", "/*import*/", "// import"])
      expect(withoutDynamicImport(piece.repeat(steps)).length).toBe(piece.length * steps);
    expect(withoutDynamicImport(`// import${" ".repeat(1_000_000)}\nx`)).toMatch(/^\/\/ import {1000000}\nx$/);
  });
});

describe("a part", () => {
  it("is a regular file of bounded size", () => {
    const { strategies } = makeWorkspace();
    const at = (name: string): string => join(strategies, name);
    execFileSync("mkfifo", [at("pipe.ts")]);
    mkdirSync(at("folder.ts"));
    symlinkSync("/dev/zero", at("zero.ts"));
    writeFileSync(at("large.ts"), " ".repeat(101));
    writeFileSync(at("good.ts"), "text");
    for (const name of ["pipe.ts", "folder.ts", "zero.ts"])
      expect(() => readRegular(at(name), 100), name).toThrow(/no regular file|it is a folder/);
    expect(() => readRegular(at("large.ts"), 100)).toThrow(/101 bytes; at most 100/);
    expect(readRegular(at("good.ts"), 100).toString()).toBe("text");
  });

  it("lies in the folder, by its real path", () => {
    const workspace = makeWorkspace();
    const folder = realpathSync(workspace.strategies);
    writeStrategies(workspace, { "a.ts": "", "lib/b.ts": "", "no.txt": "" });
    writeFileSync(join(workspace.path, "out.ts"), "");
    symlinkSync(join(workspace.path, "out.ts"), join(folder, "link.ts"));
    const from = join(folder, "a.ts");
    expect(resolvePart("./lib/b.ts", from, folder)).toBe(join(folder, "lib", "b.ts"));
    expect(resolvePart("./%61.ts", from, folder)).toBe(from);
    expect(resolvePart(join(folder, "lib/../a.ts"), from, folder)).toBe(from);
    for (const name of [
      "../out.ts",
      "./link.ts",
      "./no.txt",
      "node:fs",
      "zod",
      "data:text/javascript,1",
      "./none.ts",
      "./a%2fb.ts",
    ])
      expect(() => resolvePart(name, from, folder), name).toThrow(/^it imports /);
    expect(() => resolvePart("./a.ts?as=b", from, folder)).toThrow(/name the file alone/);
  });

  it("counts, and belongs to the digest by its name and text", () => {
    const workspace = makeWorkspace();
    const folder = realpathSync(workspace.strategies);
    writeStrategies(workspace, { "a.ts": "1", "b.ts": "1" });
    const digestOf = (...names: readonly string[]): string => {
      const parts = new Parts(folder);
      for (const name of names) parts.read(join(folder, name));
      return parts.digest;
    };
    expect(new Set([digestOf("a.ts"), digestOf("b.ts"), digestOf("a.ts", "b.ts"), digestOf("b.ts", "a.ts")]).size).toBe(
      4,
    );
    const many = Array.from({ length: 101 }, () => "a.ts");
    expect(() => digestOf(...many)).toThrow(/more than 100 files/);
  });
});

describe("a file that breaks the parser of types", () => {
  it("costs no other strategy anything", async () => {
    const workspace = makeWorkspace();
    const good = "export default { defaults: {}, parameters: {}, onTick: () => [] as const };";
    writeStrategies(workspace, {
      "deep.ts": `export default ${"(".repeat(5_000)}1${")".repeat(5_000)};`,
      "unary.ts": `export default ${"!".repeat(400_000)}1;`,
      "good.ts": good,
      "last.ts": `${good}\n// ${"(".repeat(900)}`,
    });
    const names = ["deep", "unary", "good", "last"];
    const host = await createStrategyHost({
      desk: deskOf({ strategies: names.map((name) => strategyOf(name, `${name}.ts`, ["AAA"])) }),
      workspace,
      metaOf,
      timers: nodeTimers,
      settings: { processes: 1 },
    });
    expect([...host.notLoaded.keys()].toSorted()).toEqual(["deep", "unary"]);
    expect(host.notLoaded.get("deep")).toMatch(/nested more than 1000 deep/);
    await expect(host.run(snapshotAt("good", 1, barsUpTo(3)), null)).resolves.toMatchObject({ outcome: "ok" });
    host.close();
  });
});

describe("texts of a strategy", () => {
  it("are cut where they are long, and cost neither its process nor its neighbours", async () => {
    const workspace = makeWorkspace();
    const long = '"' + "y".repeat(50_000) + '"';
    const head = "export default { defaults: {}, parameters: {},";
    writeStrategies(workspace, {
      "rules.mjs":
        "const all = Array.from({ length: 3_000 }, (_, i) => ['p' + i, { describe: 'x' }]);" +
        "export default { defaults: {}, parameters: Object.fromEntries(all), onTick: () => [] };",
      "name.mjs": `export default { defaults: { [${long}]: 1 }, parameters: { [${long}]: { type: ${long} } }, onTick: () => [] };`,
      "bars.mjs": `${head} barsNeeded: () => ${long}, onTick: () => [] };`,
      "load.mjs": `throw new Error(${long});`,
      "symbol.mjs": `${head} onTick: () => [{ symbol: ${long}, quantity: 1 }] };`,
      "throws.mjs": `${head} onTick() { throw Object.assign(new Error(${long}), { name: ${long} }); } };`,
      "reasons.mjs":
        `${head} onTick: (c) => Array.from({ length: 900 }, () => ` +
        '({ symbol: c.symbols[0], quantity: 1, because: { text: "t".repeat(999), values: {} } })) };',
      "good.mjs": `${head} onTick: (c) => [{ symbol: c.symbols[0], quantity: 1 }] };`,
    });
    const names = ["rules", "name", "bars", "load", "symbol", "throws", "reasons", "good"];
    const symbols = ["AAA", ...Array.from({ length: 400 }, (_, index) => `SYMBOL${index}`)];
    const host = await createStrategyHost({
      desk: deskOf({ strategies: names.map((name) => strategyOf(name, `${name}.mjs`, symbols)) }),
      workspace,
      metaOf,
      timers: nodeTimers,
      settings: { processes: 1 },
    });
    expect([...host.notLoaded.keys()].toSorted()).toEqual(["bars", "load", "name", "rules"]);
    for (const problem of host.notLoaded.values()) expect(problem.length).toBeLessThan(2_000);
    expect(host.notLoaded.get("rules")).toMatch(/the rule of p0 has no type.*and 2995 more complaints/);
    const run = async (name: string): Promise<string> => {
      const { outcome, message } = await host.run(snapshotAt(name, 1, barsUpTo(3)), null);
      return `${outcome} ${message ?? ""}`;
    };
    expect(await run("symbol")).toMatch(/^bad_result order 1: symbol is "y+; this strategy has AAA, .* and 391 more$/);
    expect(await run("throws")).toMatch(/^threw y{400,500}/);
    expect(await run("reasons")).toMatch(/^bad_result the reasons of its orders have more than 500000 characters/);
    expect(await run("good")).toBe("ok ");
    host.close();
  });
});
