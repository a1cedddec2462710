/**
 * Fixtures and baselines that cannot be used: what, where, what to do, and nothing written.
 */
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { chooseFixtures, loadBaseline, loadFixture, prepareFixtures } from "../../../src/harness/regress/index.ts";
import { CodedError } from "../../../src/shared/errors.ts";
import { copyFixture, edit, keepBaseline, makeFixture, makeFolder, regress, SMALL_DESK, textsOf } from "./stage.ts";

async function refusal(work: () => unknown): Promise<CodedError> {
  try {
    await work();
  } catch (error) {
    if (error instanceof CodedError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}

type Break = (folder: string) => void;
type Case = readonly [name: string, break_: Break, says: RegExp, code: string];
const WRONG = "fixture_invalid";
const casesOf = (cases: readonly (readonly [name: string, break_: Break, says: RegExp, code?: string])[]): Case[] =>
  cases.map(([name, break_, says, code = WRONG]) => [name, break_, says, code]);

const FIXTURES = casesOf([
  ["no fixture.yaml", (folder) => rmSync(join(folder, "fixture.yaml")), /fixture\.yaml: is missing/],
  ["no YAML", (folder) => edit(folder, "fixture.yaml", "schema: 1", "schema: [1"), /no valid YAML/],
  ["another schema", (folder) => edit(folder, "fixture.yaml", "schema: 1", "schema: 2"), /schema 2.*reads schema 1/],
  ["no length", (folder) => edit(folder, "fixture.yaml", /length:.*\n/, ""), /length/],
  ["an unknown key", (folder) => edit(folder, "fixture.yaml", "length", "window: 3\nlength"), /window/],
  ["an unknown action", (folder) => edit(folder, "fixture.yaml", "do: kill", "do: explode"), /script\.3/],
  [
    "an action past the end",
    (folder) => edit(folder, "fixture.yaml", "at: 210m", "at: 999m"),
    /restart at 999m is not before the end/,
  ],
  [
    "another name than its folder's",
    (folder) => edit(folder, "fixture.yaml", "name: faulty", "name: other"),
    /name is other/,
  ],
  ["no desk", (folder) => rmSync(join(folder, "desk.yaml")), /"desk\.yaml" is not in the fixture's folder/],
  [
    "a desk that breaks a rule",
    (folder) => edit(folder, "desk.yaml", "cash: 250000", "cash: lots"),
    /desk\.yaml:\d+:\d+/,
    "desk_invalid",
  ],
  [
    "a desk on the system's clock",
    (folder) => edit(folder, "desk.yaml", /kind: virtual\n.*speed: max/, "kind: system"),
    /system's clock/,
  ],
  ["no bars", (folder) => rmSync(join(folder, "bars.csv")), /bars\.csv/, "desk_invalid"],
  [
    "bars from outside",
    (folder) => edit(folder, "desk.yaml", "[bars.csv]", "[../bars.csv]"),
    /leads out/,
    "desk_invalid",
  ],
  [
    "bars that are none",
    (folder) => writeFileSync(join(folder, "bars.csv"), "what,ever\n1,2\n"),
    /bars\.csv/,
    "data_invalid",
  ],
  [
    "a row that is none",
    (folder) => edit(folder, "bars.csv", /(\n[^\n]*),[\d.]+,(\d+)\n/, "$1,-5,$2\n"),
    /bars\.csv, row 2/,
    "data_invalid",
  ],
  [
    "a window without bars",
    (folder) => edit(folder, "fixture.yaml", "length:", "start: 2031-01-01T00:00:00Z\nlength:"),
    /no bar lies in its window/,
  ],
]);

const BASELINES = casesOf([
  [
    "another version",
    (folder) => edit(folder, "baseline/manifest.json", '"schema": 1', '"schema": 7'),
    /version 7.*version 1.*--refresh-baseline/,
  ],
  ["no manifest", (folder) => rmSync(join(folder, "baseline", "manifest.json")), /manifest\.json: is missing/],
  ["a manifest that is no JSON", (folder) => writeFileSync(join(folder, "baseline", "manifest.json"), "{"), /no JSON/],
  [
    "an edited file",
    (folder) => edit(folder, "baseline/snapshot.json", '"halted": false', '"halted": true'),
    /snapshot\.json: .*the baseline was edited/,
  ],
  [
    "an edited manifest",
    (folder) => edit(folder, "baseline/manifest.json", /"events": \d+/, '"events": "many"'),
    /events/,
  ],
  [
    "a missing file",
    (folder) => rmSync(join(folder, "baseline", "router_state.json")),
    /router_state\.json: is missing/,
  ],
  [
    "edited events",
    (folder) => writeFileSync(join(folder, "baseline", "events.ndjson.gz"), "x"),
    /events\.ndjson\.gz: .*edited/,
  ],
  [
    "another fixture's",
    (folder) => edit(folder, "baseline/manifest.json", '"fixture": "faulty"', '"fixture": "quiet"'),
    /baseline of quiet/,
  ],
]);

describe("a fixture is refused with", () => {
  it.each(FIXTURES)("%s", async (_name, break_, says, code) => {
    const folder = copyFixture("faulty");
    break_(folder);
    const before = textsOf(folder);
    const error = await refusal(() => prepareFixtures([{ name: "faulty", folder }], false));
    expect(error.message).toMatch(says);
    expect(error.code).toBe(code);
    expect(textsOf(folder)).toEqual(before);
  });
});

describe("a baseline is refused with", () => {
  it.each(BASELINES)("%s", async (_name, break_, says, code) => {
    const folder = copyFixture("faulty");
    break_(folder);
    const error = await refusal(() => prepareFixtures([{ name: "faulty", folder }], false));
    expect(error.message).toMatch(says);
    expect(error.code).toBe(code);
    // Where it is about to be replaced it is reported, and does not stop the refresh.
    const [prepared] = await prepareFixtures([{ name: "faulty", folder }], true);
    expect(prepared?.baseline).toBeNull();
    expect(prepared?.unusable).toMatch(says);
  });
});

describe("a fixture that is asked for", () => {
  it("and is not there is named with the nearest one", async () => {
    const folder = join(copyFixture("quiet"), "..");
    const error = await refusal(() => chooseFixtures([folder], ["quiett"]));
    expect(error).toMatchObject({ code: "not_found" });
    expect(error.message).toContain("Did you mean quiet?");
    expect((await refusal(() => chooseFixtures([makeFolder()], []))).code).toBe("not_found");
  });

  it("without a baseline is refused, with the command that makes one", async () => {
    const folder = makeFixture();
    const error = await refusal(() => prepareFixtures([{ name: "small", folder }], false));
    expect(error.message).toMatch(/has no baseline.*--only small --refresh-baseline --confirm-refresh/);
    await keepBaseline(folder);
    expect((await regress(folder)).verdict).toBe("equal");
  });

  it("cannot be reached through a name that leads out of its folder", async () => {
    const folder = makeFixture({ head: "desk: ../desk.yaml\n" });
    writeFileSync(join(folder, "..", "desk.yaml"), SMALL_DESK);
    expect((await refusal(() => loadFixture(folder))).message).toContain("leads out");
    expect(loadBaseline({ name: "small", folder })).toBeNull();
  });
});
