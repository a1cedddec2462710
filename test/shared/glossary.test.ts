/**
 * The glossary's page is made from its table, and every state that the console shows is explained.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import * as looks from "../../src/renderer/lib/status.ts";
import { glossaryMarkdown, meaningOf, REASONS, STATES, TERMS } from "../../src/shared/glossary.ts";

const page = join(import.meta.dirname, "..", "..", "GLOSSARY.md");

describe("the glossary", () => {
  it("is the page in the repository", () => {
    expect(readFileSync(page, "utf8")).toBe(glossaryMarkdown());
  });

  it("explains each state that the console shows", () => {
    const { SESSION_LOOKS, STRATEGY_LOOKS, ORDER_LOOKS, TICK_LOOKS, TILE_LOOKS, VERDICT_LOOKS } = looks;
    const words = [SESSION_LOOKS, STRATEGY_LOOKS, ORDER_LOOKS, TICK_LOOKS, TILE_LOOKS, VERDICT_LOOKS].flatMap((table) =>
      Object.values(table).map(({ word }) => word),
    );
    expect(words.filter((word) => word !== "Within its limit" && meaningOf(word) === null)).toEqual([]);
  });

  it("explains each code of kill switches and breakers, and each reason by its name", () => {
    for (const code of [
      "kill_switch_triggered",
      "strategy_halted",
      "group_halted",
      "session_drawdown_limit",
      "reject_limit_reached",
      "data_stale",
    ])
      expect(meaningOf(code), code).toBeTypeOf("string");
    for (const { name } of Object.values(REASONS)) expect(meaningOf(name.toUpperCase())).toBeTypeOf("string");
    expect(meaningOf("__proto__")).toBeNull();
    expect(meaningOf("no such word")).toBeNull();
  });

  it("has meanings that are phrases", () => {
    const all = [
      ...Object.values(TERMS),
      ...Object.values(STATES),
      ...Object.values(REASONS).map((one) => one.meaning),
    ];
    expect(all.filter((meaning) => /\.$|^[A-Z](?!TC)[a-z]/.test(meaning))).toEqual([]);
  });
});
