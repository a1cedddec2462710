/**
 * The first look at inputs: hostile shapes never reach a schema, and failures never carry what a reader may not see.
 */
import { describe, expect, it } from "vitest";
import {
  checkInput,
  checkShape,
  INPUT_CHARACTERS_MAX,
  procedureOf,
  shownError,
} from "../../src/console/bridge/limits.ts";
import { CodedError } from "../../src/shared/errors.ts";

const deep = (levels: number): unknown => (levels === 0 ? 1 : { a: deep(levels - 1) });
const cyclic: Record<string, unknown> = {};
cyclic["self"] = cyclic;

describe("the shape of an input", () => {
  const hostile: readonly (readonly [string, unknown, string])[] = [
    ["is nested too deep", deep(7), "invalid_input"],
    ["is cyclic", cyclic, "invalid_input"],
    ["holds too many values", Array.from({ length: 201 }, () => 1), "invalid_input"],
    ["is too long", { a: "x".repeat(INPUT_CHARACTERS_MAX + 1) }, "too_large"],
    ["has keys that are too long", { ["k".repeat(INPUT_CHARACTERS_MAX + 1)]: 1 }, "too_large"],
    ["holds NaN", { a: Number.NaN }, "invalid_input"],
    ["holds infinity", { a: Infinity }, "invalid_input"],
    ["holds a function", { a: () => 1 }, "invalid_input"],
    ["holds a bigint", { a: 1n }, "invalid_input"],
    ["holds a date", { a: new Date(0) }, "invalid_input"],
    ["holds a map", { a: new Map() }, "invalid_input"],
    ["has a key named __proto__", JSON.parse('{"__proto__":{"operator":"x"}}') as unknown, "invalid_input"],
  ];
  it.each(hostile)("is refused when it %s", (_, value, code) => {
    expect(() => checkShape(value, INPUT_CHARACTERS_MAX)).toThrow(expect.objectContaining({ code }));
  });

  it("passes at its limits", () => {
    expect(() => checkShape(deep(6), 100)).not.toThrow();
    expect(() =>
      checkShape(
        Array.from({ length: 199 }, () => 1),
        100,
      ),
    ).not.toThrow();
    expect(() => checkShape("x".repeat(100), 100)).not.toThrow();
  });
});

describe("an input", () => {
  it("names its field and rule when it breaks one", () => {
    expect(() => checkInput("session.resume", { operator: "", note: "n" })).toThrow(
      'The field "operator" must not be empty.',
    );
    expect(() => checkInput("session.resume", { operator: "o", note: " " })).toThrow('The field "note"');
    expect(() => checkInput("session.resume", { operator: "o".repeat(81), note: "n" })).toThrow(
      "at most 80 characters",
    );
    expect(() => checkInput("session.start", { forSeconds: 0 })).toThrow("more than 0");
    expect(() => checkInput("session.reopen", { id: "../other" })).toThrow('The field "id"');
    expect(() => checkInput("drift.review", { item: "d", action: "sell", operator: "o", note: "n" })).toThrow(
      "adopt, dismiss",
    );
    expect(() => checkInput("session.start", null)).toThrow("must be object");
  });

  it("loses what the contract does not name", () => {
    expect(checkInput("session.stop", { operator: "o", force: true })).toEqual({ operator: "o" });
  });
});

describe("a procedure's name", () => {
  it.each(["", "session", "session.destroy", "constructor", "__proto__", "toString", "SESSION.START"])(
    "%j is refused",
    (name) => {
      expect(() => procedureOf(name)).toThrow(expect.objectContaining({ code: "invalid_input" }));
    },
  );
});

describe("a failure as a reader sees it", () => {
  it("keeps a coded error's message and plain detail", () => {
    const circular: Record<string, unknown> = {};
    circular["self"] = circular;
    expect(shownError(new CodedError("not_found", "No.", { a: 1, b: undefined }), "x")).toEqual({
      code: "not_found",
      message: "No.",
      detail: { a: 1 },
    });
    expect(shownError(new CodedError("not_found", "No.", circular), "x")).toEqual({
      code: "not_found",
      message: "No.",
    });
  });

  it("says what a full or read-only disk is, without its path", () => {
    const full = Object.assign(new Error("ENOSPC: no space, write '/home/me/journal.db'"), { code: "ENOSPC" });
    expect(shownError(full, "session.start")).toEqual({
      code: "io",
      message:
        "Reading or writing failed during session.start: the disk is full; free some space, then try again (ENOSPC).",
    });
  });

  it("hides everything else", () => {
    for (const error of [new Error("/home/me: token=abc"), "token=abc", { token: "abc" }, null])
      expect(JSON.stringify(shownError(error, "x"))).not.toMatch(/abc|home/);
  });
});
