/**
 * A desk goes through a record and back: every setting is written, and reads as what it was.
 */
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { deskText } from "../../../src/harness/regress/desk-text.ts";
import type { Desk } from "../../../src/shared/desk.ts";
import { SETTING_NAMES, settingOf } from "../../../src/store/index.ts";
import { FULL, read, small } from "../../store/desk/desks.ts";

/** The settings that a desk can have, by their places in a file. */
const placesOf = (desk: Desk): string[] =>
  SETTING_NAMES.map((name) => settingOf(name))
    .filter(({ only }) => only === null || desk[only.section].kind === only.kind)
    .map(({ at }) => at);

const valueAt = (tree: unknown, at: string): unknown =>
  at.split(".").reduce<unknown>((inner, key) => (inner as Record<string, unknown> | undefined)?.[key], tree);

describe("a desk's text", () => {
  it.each<[what: string, text: string]>([
    ["that says everything", FULL],
    ["that leaves everything to its defaults", small()],
    ["on the machine's clock", small("", "clock: { kind: system }\n")],
  ])("of a desk %s reads as the same desk and names each setting", (_what, text) => {
    const { desk } = read(text);
    const written = deskText(desk, []);
    expect(read(written).desk).toEqual(desk);
    const tree: unknown = parse(written);
    expect(placesOf(desk).filter((at) => valueAt(tree, at) === undefined)).toEqual([]);
  });

  it("keeps both kinds of limits that are maps", () => {
    const { limits } = read(deskText(read(FULL).desk, [])).desk;
    expect(limits.maxPositionBySymbol).toEqual({ AAA: "100" });
    expect(limits.assetClassCaps).toEqual({ equity: 0.9, crypto: 0.1 });
  });
});
