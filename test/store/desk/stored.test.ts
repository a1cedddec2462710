/**
 * A desk that was stored: what older desks lack means what it meant, and what is damaged is refused by its field.
 */
import { describe, expect, it } from "vitest";
import type { Desk } from "../../../src/shared/desk.ts";
import { SETTING_NAMES, settingOf, settingValuesOf, storedDesk } from "../../../src/store/index.ts";
import { assemble } from "../../../src/store/desk/desk-values.ts";
import type { SettingValues } from "../../../src/store/index.ts";
import { FULL, read, small } from "./desks.ts";

const DESKS: readonly (readonly [what: string, text: string])[] = [
  ["says everything", FULL],
  ["leaves everything to its defaults", small()],
  ["runs on the system's clock", small("", "clock: { kind: system }\n")],
];

const copy = (desk: Desk): Record<string, unknown> => JSON.parse(JSON.stringify(desk)) as Record<string, unknown>;

/** The desk with the value at `field` replaced, or without the field. */
function changed(desk: Desk, field: string, value?: unknown): unknown {
  const whole = copy(desk);
  const keys = field.split(".");
  const last = keys.pop() as string;
  const place = keys.reduce<Record<string, unknown>>((at, key) => at[key] as Record<string, unknown>, whole);
  if (value === undefined) delete place[last];
  else place[last] = value;
  return whole;
}

/** Every single value outside strategies, symbols and what is written by name, by its place. */
function leaves(value: unknown, at = ""): string[] {
  if (typeof value !== "object" || value === null) return [at];
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, at === "" ? key : `${at}.${key}`));
}

describe.each(DESKS)("a desk that %s", (_what, text) => {
  const { desk } = read(text);

  it("is read back as it was stored", () => {
    expect(storedDesk(copy(desk), "journal.db")).toEqual(desk);
  });

  it("is assembled again from the values of its settings, in the same order", () => {
    const { source, feed, instruments = {}, fx = {}, strategies, limits } = desk;
    const { maxPositionBySymbol, assetClassCaps } = limits;
    const values = { leverage: null, ...settingValuesOf(desk) } as SettingValues;
    const again = assemble({ values, source, feed, instruments, fx, strategies, maxPositionBySymbol, assetClassCaps });
    expect(JSON.stringify(again)).toBe(JSON.stringify(desk));
  });

  it("has no single value without a setting", () => {
    const { feed: _feed, strategies: _own, source: _source, instruments: _named, fx: _fx, ...settings } = desk;
    const { maxPositionBySymbol: _positions, assetClassCaps: _caps, ...limits } = settings.limits;
    const fields = new Set(SETTING_NAMES.map((name) => settingOf(name).field));
    expect(leaves({ ...settings, limits }).filter((field) => !fields.has(field))).toEqual([]);
  });

  it("is refused by the field that is missing or of another type", () => {
    const values = settingValuesOf(desk);
    for (const name of SETTING_NAMES) {
      const { field, absent } = settingOf(name);
      if (values[name] === undefined || name === "adjusted") continue;
      const complaint = new RegExp(`^journal\\.db: .* at ${field.replaceAll(".", "\\.")}`);
      expect(() => storedDesk(changed(desk, field, { no: "value" }), "journal.db"), name).toThrow(complaint);
      const without = changed(desk, field);
      if (absent === undefined) expect(() => storedDesk(without, "journal.db"), name).toThrow(complaint);
      else expect(storedDesk(without, "journal.db"), name).toEqual(without);
    }
  });
});

describe("a stored desk", () => {
  const { desk } = read(small());

  it("names a margin account with its leverage, and neither where nothing limits what it buys", () => {
    expect(desk.broker).toMatchObject({ account: "margin", leverage: 4 });
    const unlimited = read(small("", "broker: { leverage: none }\n")).desk.broker;
    expect([unlimited.account, unlimited.leverage]).toEqual([undefined, undefined]);
  });

  it.each([
    ["nothing", null],
    ["a text", "desk"],
    ["a list", []],
    ["a feed of no kind", { ...copy(desk), feed: { kind: "wire" } }],
    ["strategies that are none", { ...copy(desk), strategies: [{ name: 3 }] }],
  ])("that is %s is refused with what to do", (_what, value) => {
    expect(() => storedDesk(value, "s1/journal.db")).toThrow(/^s1\/journal\.db: .*Restore the file from a copy/s);
  });

  it("keeps a value beyond today's bounds, which bound what is written, not what was", () => {
    const old = changed(desk, "broker.slippageBps", 5_000);
    expect(storedDesk(old, "journal.db")).toEqual(old);
  });
});
