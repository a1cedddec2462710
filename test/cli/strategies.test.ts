/** `logos strategies`: a new file that runs as it is, a check that names lines, a list; and nothing written over. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { folder, jsonOf, logos } from "./terminal.ts";

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

/** A place with a strategy that rests a bid, takes it back at its next run, and buys one at the market in each. */
function placeWithBars(): string {
  const at = folder();
  const strategies = join(at, "ws", "strategies");
  mkdirSync(strategies, { recursive: true });
  const bid = "{ symbol: 'ABC', quantity: c.params.size, limitPrice: 90, clientOrderId: 'bid' + c.now }";
  const orders = "[{ cancelAll: true }, " + bid + ", { symbol: 'ABC', quantity: 1 }]";
  const rules = 'defaults: { size: 1 }, parameters: { size: { type: "number", min: 1, describe: "size of a bid" } }';
  writeFileSync(join(strategies, "bids.mjs"), `export default { ${rules}, onTick: (c) => ${orders} };\n`);
  const bars = Array.from({ length: 25 }, (_, minute) => {
    const close = 100 + (minute % 7);
    return `${new Date(Date.UTC(2026, 0, 5, 14, 30 + minute)).toISOString()},100,${close + 1},95,${close},100000,ABC`;
  });
  writeFileSync(join(at, "ws", "bars.csv"), ["dt,open,high,low,close,volume,symbol", ...bars, ""].join("\n"));
  const desk = [
    "broker: { fillModel: bars, cash: 100000 }",
    "limits: { max_notional: 1500 }",
    "feed: { kind: replay, files: [bars.csv] }",
    "clock: { speed: max }",
    "strategies:",
    "  - { name: bids, module: bids.mjs, symbols: [ABC], cadence: 60s, params: { size: 2 } }",
    "",
  ];
  writeFileSync(join(at, "desk.yaml"), desk.join("\n"));
  return at;
}

it("checks on files of bars, a run for each of them", async () => {
  const at = placeWithBars();
  const said = jsonOf(await logos(["strategies", "check", "bids.mjs", "--bars", "ws/bars.csv", "--json"], { at }));
  expect(said).toMatchObject({ complaints: [], runs: 25, refused: {} });
});

it.each([
  ["{ symbol: c.symbols[0], quantity: 1, kind: 'stop' }", /kind is unknown; the fields are/],
  ["{ symbol: c.symbols[0], quantity: 1, parentId: 'entry' }", /parentId is unknown; the fields are/],
  ["{ symbol: c.symbols[0], quantity: 1, type: 'stop' }", /stopPrice/],
  ["{ symbol: c.symbols[0], quantity: 1, type: 'stop', stopPrice: 120, limitPrice: 90 }", /limitPrice/],
  [
    "{ symbol: c.symbols[0], quantity: 1, attach: { stop: { stopPrice: 1, size: 2 } } }",
    /attach\.stop\.size is unknown/,
  ],
])("names what an order does not take, as a session does: %s", async (order, expected) => {
  const at = placeWithBars();
  const text = `export default { defaults: {}, parameters: {}, onTick: (c) => [${order}] };\n`;
  writeFileSync(join(at, "ws", "strategies", "odd.mjs"), text);
  const check = await logos(["strategies", "check", "odd.mjs", "--bars", "ws/bars.csv"], { at });
  expect(check).toMatchObject({ code: 65, out: expect.stringMatching(expected) });
  const desk = readFileSync(join(at, "desk.yaml"), "utf8").replace(/bids\.mjs(.*), params: .*$/m, "odd.mjs$1 }");
  writeFileSync(join(at, "desk.yaml"), desk);
  const session = await logos(["run", "desk.yaml", "--json"], { at });
  expect(jsonOf(session)).toMatchObject({ orders: 0, fills: 0 });
  expect(session.out).toMatch(expected);
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
])("refuses %j", async (words, expected) => {
  const said = await logos(words, { at: folder() });
  expect(said).toMatchObject({ code: 64, err: expect.stringMatching(expected) });
});
