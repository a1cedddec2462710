/** The limits by name: what each is, and what a change makes of them. */
import { describe, expect, it } from "vitest";
import { CodedError } from "../../../src/shared/errors.ts";
import { changedLimits, LIMIT_NAMES, limitRows, settingOf } from "../../../src/store/desk/index.ts";
import { FULL, read, small } from "./desks.ts";

const { limits } = read(FULL).desk;
const names = { symbols: new Set(["AAA", "BRK.B"]), classes: new Set(["equity"]) };
const refusal = (name: string, text: string): string => {
  try {
    changedLimits(limits, name, text, names);
  } catch (error) {
    expect(error).toBeInstanceOf(CodedError);
    expect((error as CodedError).code).toBe("invalid_input");
    return (error as CodedError).message;
  }
  throw new Error(`${name} became ${text}, and should have been refused.`);
};

describe("limits by name", () => {
  it("are every field of a desk's limits, as a desk file writes them", () => {
    const rows = limitRows(limits);
    const fields = rows.map(({ name }) =>
      (name.split(".")[0] ?? "").replaceAll(/_([a-z])/g, (_, one) => one.toUpperCase()),
    );
    expect(new Set(fields)).toEqual(new Set(Object.keys(limits)));
    const value = (name: string) => rows.find((row) => row.name === name)?.value;
    expect([value("max_notional"), value("cooldown"), value("data_stale")]).toEqual(["20000", "10m", "90s"]);
    expect([value("max_position_by_symbol.AAA"), value("asset_class_caps.crypto")]).toEqual(["100", "0.1"]);
    expect(limitRows(read(small()).desk.limits).find(({ name }) => name === "max_notional")?.value).toBe("none");
  });

  it("are read as they are written: written and read again, nothing changes", () => {
    for (const { name, value } of limitRows(limits)) {
      const change = changedLimits(limits, name, value);
      expect([change.before, change.after]).toEqual([value, value]);
      expect(change.limits).toEqual(limits);
    }
  });

  it("change one at a time, and leave what was as it was", () => {
    const before = structuredClone(limits);
    const old = limitRows(limits);
    for (const name of LIMIT_NAMES) {
      const { kind } = settingOf(name);
      const text = ["1", "33s", "20", "none"].find((one) => {
        try {
          return changedLimits(limits, name, one).after !== changedLimits(limits, name, one).before;
        } catch {
          return false;
        }
      });
      if (text === undefined) throw new Error(`Nothing is a value of ${name}: ${kind.rule}.`);
      const rows = limitRows(changedLimits(limits, name, text).limits);
      const changed = rows.filter(({ value }, index) => value !== old[index]?.value);
      expect(changed.map((row) => row.name)).toEqual([name]);
    }
    expect(limits).toEqual(before);
  });

  it("of a symbol or a class are set and taken away", () => {
    const set = changedLimits(limits, "max_position_by_symbol.BRK.B", "7", names);
    expect([set.before, set.after, set.limits.maxPositionBySymbol]).toEqual([
      "none",
      "7",
      { AAA: "100", "BRK.B": "7" },
    ]);
    const gone = changedLimits(set.limits, "max_position_by_symbol.AAA", "none", names);
    expect([gone.before, gone.after, gone.limits.maxPositionBySymbol]).toEqual(["100", "none", { "BRK.B": "7" }]);
    expect(changedLimits(limits, "asset_class_caps.equity", "0", names).limits.assetClassCaps["equity"]).toBe(0);
  });

  it("refuse a name or a value that breaks a rule", () => {
    expect(refusal("max_notionl", "5")).toMatch(/^There is no limit "max_notionl"; .*did you mean max_notional\?$/);
    expect(refusal("max_notional", "-5")).toMatch(/^max_notional is "-5"; write a plain decimal .*, or none\.$/);
    expect(refusal("cooldown", "none")).toMatch(/^cooldown is "none"; write a duration/);
    expect(refusal("max_position_by_symbol.AAB", "5")).toMatch(/names no symbol of the session; did you mean AAA\?$/);
    expect(refusal("asset_class_caps.fx", "1")).toMatch(/names no asset class of the session/);
    expect(refusal("asset_class_caps", "1")).toMatch(/^There is no limit "asset_class_caps"/);
    expect(refusal("seed", "1")).toMatch(/^There is no limit "seed"/);
    expect(refusal("turnover_warn", "11")).toBe("turnover_warn, 11, must not be above turnover_block, 10.");
    expect(refusal("capacity_limit", "0.01")).toBe("capacity_warn, 0.05, must not be above capacity_limit, 0.01.");
    expect(refusal("__proto__.x", "1")).toMatch(/^There is no limit/);
  });
});
