/** `logos strategies`: a new file that runs as it is, a check that names lines, a list; and nothing written over. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { folder, logos } from "./terminal.ts";

it("writes a strategy that passes its own check, once", async () => {
  const at = folder();
  const made = await logos(["strategies", "new", "my_idea"], { at });
  expect(made.code).toBe(0);
  const path = made.out.trim();
  expect(existsSync(path)).toBe(true);
  expect(made.err).toMatch(/nothing here stops:\s+A fault of the engine/);
  const checked = await logos(["strategies", "check", "my_idea.ts"], { at });
  expect(checked).toMatchObject({ code: 0, out: expect.stringMatching(/nothing to complain of in 60 runs/) });
  const text = readFileSync(path, "utf8");
  const again = await logos(["strategies", "new", "my_idea"], { at });
  expect(again).toMatchObject({ code: 64, err: expect.stringMatching(/is there already/) });
  expect(readFileSync(path, "utf8")).toBe(text);
});

it("checks on a desk's market with its parameters, says what became of the orders, and that none came", async () => {
  const at = folder();
  const order = "{ symbol: c.symbols[0], quantity: 1, limitPrice: 1, clientOrderId: 'bid' + c.now }";
  const onTick = `onTick: (c) => (c.params.quiet ? [] : [{ cancelAll: true }, ${order}])`;
  const rules = 'defaults: { quiet: false }, parameters: { quiet: { type: "boolean", describe: "orders nothing" } }';
  writeFileSync(join(at, "bids.ts"), `export default { ${rules}, ${onTick} };\n`);
  const said = await logos(["strategies", "check", "bids.ts", "--json"], { at });
  expect(JSON.parse(said.out)).toMatchObject({ complaints: [], runs: 60, orders: 60, requests: 59, fills: 0 });
  const quiet = await logos(["strategies", "check", "bids.ts", "--set", "quiet=true"], { at });
  expect(quiet).toMatchObject({ code: 0, out: expect.stringMatching(/no order came in all its 60 runs/) });
  writeFileSync(
    join(at, "odd.ts"),
    `export default { defaults: {}, parameters: {}, onTick: () => [], onTrade() {} };\n`,
  );
  const hook = await logos(["strategies", "check", "odd.ts"], { at });
  expect(hook).toMatchObject({ code: 65, out: expect.stringMatching(/onTrade is unknown and would never be called/) });
});

it("says which line is wrong, of a file of the workspace and of one elsewhere", async () => {
  const at = folder();
  writeFileSync(join(at, "odd.ts"), "export default {\n defaults: {}, parameters: {},\n onTick: = [] };\n");
  const said = await logos(["strategies", "check", "odd.ts"], { at });
  expect(said).toMatchObject({ code: 65, out: expect.stringMatching(/^odd\.ts:3: /) });
  const json = await logos(["strategies", "check", "odd.ts", "--json"], { at });
  expect(JSON.parse(json.out)).toMatchObject({ file: "odd.ts", complaints: [{ line: 3 }], runs: 0 });
});

it("says which rule of a parameter is wrong, once with its file, and what was meant", async () => {
  const at = folder();
  const parameters =
    '{ size: { type: "numbr" }, few: { type: "integer", minimum: 1 }, many: { type: "number", below: "fwe" } }';
  writeFileSync(
    join(at, "odd.ts"),
    `export default { defaults: { size: 1, few: 2, many: 1 }, parameters: ${parameters}, onTick: () => [] };\n`,
  );
  const said = await logos(["strategies", "check", "odd.ts"], { at });
  expect(said).toMatchObject({ code: 65, err: "" });
  expect(said.out).toBe(
    'odd.ts: the rule of size has the type "numbr", which there is not; did you mean number?; ' +
      "the rule of few has minimum, which no rule has; did you mean min?; " +
      'the rule of many has the below "fwe", which is no parameter; did you mean few?\n',
  );
});

it("ends with the code of what is not there for a file that is not there", async () => {
  const said = await logos(["strategies", "check", "nope.ts"], { at: folder() });
  expect(said).toMatchObject({ code: 66, out: "" });
  expect(said.err).toMatch(/^logos: nope\.ts is not in the strategies folder .*`logos strategies list`/);
});

it("lists what there is", async () => {
  const at = folder();
  await logos(["strategies", "new", "my_idea"], { at });
  const said = await logos(["strategies", "list", "--json"], { at });
  const rows = JSON.parse(said.out) as { name: string; from: string }[];
  expect(rows.filter(({ from }) => from === "example").length).toBeGreaterThan(7);
  expect(rows.filter(({ from }) => from !== "example").map(({ name, from }) => `${name}, ${from}`)).toEqual([
    "mean_reversion, built in",
    "momentum, built in",
    "carry, built in",
    "pairs, built in",
    "my_idea.ts, file",
  ]);
});

it.each([
  [["strategies", "new", "../up"], /A strategy's name has letters/],
  [["strategies", "new"], /A strategy's name has letters/],
  [["strategies", "check"], /Name a file/],
  [["strategies", "burn"], /new, check or list/],
])("refuses %j", async (words, told) => {
  const said = await logos(words, { at: folder() });
  expect(said).toMatchObject({ code: 64, err: expect.stringMatching(told) });
});
