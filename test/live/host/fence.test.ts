/**
 * The fence around a host process: the flags that it is started with, on a real process; and the check of a strategy's file.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { checkStrategy } from "../../../src/live/check/index.ts";
import { strategyTemplate, strategyTypes, TYPES_FILE } from "../../../src/live/host/index.ts";
import { childRequest } from "../../../src/live/host/launch.ts";
import { makeWorkspace } from "../session/stage.ts";
import { GOOD, writeStrategies } from "./scene.ts";

/** What a program that gets past the first fence can still do, one name for each door that opens. */
const DOORS = `
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync, readdirSync } from "node:fs";
import { Worker } from "node:worker_threads";
const open = [];
const door = (name, walk) => {
  try { walk(); open.push(name); }
  catch (error) { if (!/ERR_ACCESS_DENIED|EvalError/.test(error.code + error.name)) open.push(name + ": " + error); }
};
door("own folder", () => readFileSync(import.meta.filename));
door("secret", () => readFileSync(process.argv[2]));
door("list", () => readdirSync("/"));
door("write", () => writeFileSync(import.meta.filename + ".x", ""));
door("spawn", () => execFileSync(process.execPath, ["-v"]));
door("thread", () => new Worker("1", { eval: true }));
door("eval", () => new Function("return 1")());
if (JSON.stringify(process.env) !== '{"TZ":"UTC"}') open.push("environment");
console.log(JSON.stringify(open));
`;

describe("a host process", () => {
  it("opens no door but its own folder", () => {
    const workspace = makeWorkspace();
    writeStrategies(workspace, { "doors.mjs": DOORS });
    const secret = join(workspace.data, "secret.csv");
    writeFileSync(secret, "secret");
    const { execArguments, env } = childRequest(workspace.strategies, 64);
    const run = spawnSync(process.execPath, [...execArguments, join(workspace.strategies, "doors.mjs"), secret], {
      env: { ...env },
      encoding: "utf8",
    });
    expect(run.stderr).toBe("");
    expect(JSON.parse(run.stdout)).toEqual(["own folder"]);
  });
});

describe("the check of a file", () => {
  it("finds nothing wrong with a new one, which orders something", async () => {
    const workspace = makeWorkspace();
    writeStrategies(workspace, { "fresh.ts": strategyTemplate("fresh"), [TYPES_FILE]: strategyTypes() });
    const { complaints, runs, orders } = await checkStrategy(workspace, "fresh.ts");
    expect(complaints).toEqual([]);
    expect(runs).toBe(60);
    expect(orders).toBeGreaterThan(2);
  });

  it("works in a folder that is reached by a link", async () => {
    const workspace = makeWorkspace();
    const linked = join(workspace.path, "linked");
    writeStrategies(workspace, { ...GOOD, "helped.ts": `export { default } from "./counting.ts";` });
    symlinkSync(workspace.strategies, linked);
    expect((await checkStrategy({ ...workspace, strategies: linked }, "helped.ts")).complaints).toEqual([]);
  });

  it("finds nothing wrong with one that saves what it remembers", async () => {
    const workspace = makeWorkspace();
    writeStrategies(workspace, GOOD);
    expect((await checkStrategy(workspace, "counting.ts")).complaints).toEqual([]);
  });

  it.each([
    [
      "an import",
      `import fs from "node:fs";\nexport default { defaults: {}, parameters: {}, onTick: () => [] };`,
      1,
      /imports node:fs/,
    ],
    [
      "a clock",
      `export default { defaults: {}, parameters: {},\n onTick() { Date.now(); return []; } };`,
      2,
      /context\.now/,
    ],
    ["syntax", `export default { defaults: {},\n parameters: {},\n onTick: => [] };`, 3, /does not load/],
    [
      "a throw",
      `export default { defaults: {}, parameters: {},\n onTick(c) {\n  return c.bars("AAA").none.more; } };`,
      3,
      /run 1: TypeError/,
    ],
    ["a promise", `export default { defaults: {}, parameters: {},\n async onTick() { return []; } };`, 2, /no promise/],
    [
      "an order that is none",
      `export default { defaults: {}, parameters: {}, onTick: () => [{ symbol: "ZZZ", quantity: 1 }] };`,
      null,
      /symbol is "ZZZ"/,
    ],
    [
      "its own rules",
      `export default { defaults: { n: "a" }, parameters: { n: { type: "number", describe: "" } }, onTick: () => [] };`,
      null,
      /must be of type number/,
    ],
    [
      "a memory that it does not save",
      `let n = 0;\nexport default { defaults: {}, parameters: {}, onTick() { n += 1; return [{ symbol: "AAA", quantity: n }]; } };`,
      null,
      /run 30 orders otherwise/,
    ],
    [
      "a load that fails",
      `export default { defaults: {}, parameters: {}, onTick: () => [], save: () => 1,\n load() { throw new Error("no"); } };`,
      2,
      /run 30: Error: no \(checked\.ts, line 2\); its process had been replaced/,
    ],
    [
      "an order below a lot",
      `export default { defaults: {}, parameters: {}, onTick: () => [{ symbol: "AAA", quantity: 0.001 }] };`,
      null,
      /run 1: it orders 0\.001 AAA, which is below a lot of 0\.01/,
    ],
    ["no default export", "export const onTick = () => [];", null, /has no default export/],
  ])("names the line of %s", async (_name, text, line, expected) => {
    const workspace = makeWorkspace();
    writeStrategies(workspace, { "checked.ts": text });
    const { complaints } = await checkStrategy(workspace, "checked.ts");
    expect(complaints.map((complaint) => complaint.line)).toContain(line);
    expect(complaints.find((complaint) => complaint.line === line)?.text).toMatch(expected);
  });

  it("names the line in a file of any name, and that no desk can name it so", async () => {
    const workspace = makeWorkspace();
    const text = `export default { defaults: {}, parameters: {},\n onTick() {\n  throw new Error("here"); } };`;
    for (const name of ["my file.ts", 'it\'s "mine".ts', "größe-戦略.ts", "a#b c%20d.ts"]) {
      writeStrategies(workspace, { [name]: text });
      const { complaints } = await checkStrategy(workspace, name);
      expect(complaints.map(({ line }) => line)).toEqual([null, 3]);
      expect(complaints[0]?.text).toMatch(/no desk can name it/);
    }
  });

  it("says what is no file, and refuses what lies elsewhere", async () => {
    const workspace = makeWorkspace();
    mkdirSync(join(workspace.strategies, "folder.ts"));
    await expect(checkStrategy(workspace, "none.ts")).rejects.toMatchObject({
      code: "not_found",
      message: expect.stringMatching(/^none\.ts is not in the strategies folder /) as string,
    });
    expect((await checkStrategy(workspace, "folder.ts")).complaints[0]?.text).toMatch(/is no file/);
    await expect(checkStrategy(workspace, "../desk.yaml")).rejects.toThrow(/leads out of the workspace/);
  });
});
