/**
 * Desk files that are refused: the one message, to the letter, and the limits. It has over 400 lines because each message has its row in
 * one table.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CodedError } from "../../../src/shared/errors.ts";
import { DESK_CHARACTERS_MAX, DESK_DEPTH_MAX, editDistance } from "../../../src/store/desk/index.ts";
import { failure, FULL, read, small } from "./desks.ts";

const TOP =
  "name, seed, dollar_per_trade, dayEnds, rate_limit_per_sec, max_inflight, pace, queueFor, orchestrator_snapshot_interval_s, " +
  "orchestrator_metrics_interval_s, orchestrator_metrics_window, orchestrator_equity_interval_s, " +
  "orchestrator_deadline_factor, orchestrator_quarantine_after, orchestrator_journal_keep, broker, feed, clock, limits, slo, " +
  "runtime, instruments, fx, strategies";
const AMOUNT = "write a plain decimal such as 10000 or 0.25, above 0, of at most 30 digits";
const MODULE = "write one of mean_reversion, momentum, carry, pairs, or a file of your own such as mine.ts";
const ZONE = "write a time zone such as UTC or America/New_York";
const CADENCE =
  "write a duration such as 500ms, 30s, 15m or 2d, from 1ms to 1000d, or bar: once for each closed bar of its symbols";
const STRATEGY =
  "name, module, symbols, cadence, timeBudget, jitter, heartbeatTimeout, anchor, params, group, sessions, pace, queueFor";
const second = (lines: string): string =>
  small(`  - name: two\n    module: momentum\n    symbols: [BBB]\n    cadence: 1m\n${lines}`);

const CASES: readonly (readonly [what: string, text: string, message: string])[] = [
  ["an empty file", "", 'desk.yaml:1:1: the desk must be a map of sections, written as "key: value" lines.'],
  ["a list", "- a\n", 'desk.yaml:1:1: the desk must be a map of sections, written as "key: value" lines.'],
  [
    "no feed",
    "strategies: []\n",
    'desk.yaml:1:1: the desk lacks feed; write "feed:" and below it "kind: synthetic" or "kind: replay".',
  ],
  ["an unknown key", `sed: 4\n${small()}`, `desk.yaml:1:1: sed is no key here; there are ${TOP}; did you mean seed?`],
  [
    "a key of another section",
    `max_notional: 4\n${small()}`,
    `desk.yaml:1:1: max_notional is no key here; there are ${TOP}; did you mean limits.max_notional?`,
  ],
  [
    "camel for snake",
    small("", "limits:\n  session_drawdown_limit: 0.1\n  rejectLimit: 4\n")
      .replace("session_drawdown_limit", "reject_window")
      .replace("0.1", "1m"),
    "limits.rejectLimit",
  ],
  ["a key twice", `seed: 4\n${small("", "seed: 5\n")}`, "desk.yaml:5:1: seed is written twice, first in line 1."],
  [
    "no value",
    small("", "seed:\n"),
    "desk.yaml:4:6: seed has no value; write a text of 1 to 100 characters on one line.",
  ],
  [
    "a forgotten limit",
    small("", "limits:\n  max_notional:\n"),
    `desk.yaml:5:16: limits.max_notional has no value; ${AMOUNT}, or none.`,
  ],
  [
    "a quoted number",
    small("", 'max_inflight: "4"\n'),
    'desk.yaml:4:15: max_inflight is the text "4"; write a whole number from 1 to 1000000 without quotes.',
  ],
  [
    "out of range",
    small("", "max_inflight: 0\n"),
    'desk.yaml:4:15: max_inflight is "0"; write a whole number from 1 to 1000000.',
  ],
  [
    "an amount with an exponent",
    small("", "broker: { cash: 1e6 }\n"),
    `desk.yaml:4:17: broker.cash is "1e6"; ${AMOUNT}.`,
  ],
  [
    "seconds with a unit",
    small("", "orchestrator_snapshot_interval_s: 30s\n"),
    'desk.yaml:4:35: orchestrator_snapshot_interval_s is "30s"; write a number of seconds from 1 to 86400.',
  ],
  [
    "a list for a value",
    small("", "seed: [1]\n"),
    "desk.yaml:4:7: seed is a list; write a text of 1 to 100 characters on one line.",
  ],
  [
    "a value for a section",
    small("", "broker: paper\n"),
    'desk.yaml:4:9: broker must be a section, written as "key: value" lines.',
  ],
  [
    "a wrong word",
    small("", "clock: { kind: virtaul }\n"),
    'desk.yaml:4:16: clock.kind is "virtaul"; write one of virtual, system; did you mean virtual?',
  ],
  [
    "a wrong zone",
    "feed: { kind: replay, files: [a.csv], timeZone: America/New_Yrok }\nstrategies: []\n",
    `desk.yaml:1:49: feed.timeZone is "America/New_Yrok"; ${ZONE}; did you mean America/New_York?`,
  ],
  [
    "a speed without a virtual clock",
    small("", "clock: { kind: system, speed: 10 }\n"),
    'desk.yaml:4:31: clock.speed is "10"; it belongs to the virtual clock, and this one is system.',
  ],
  [
    "a zone of a synthetic feed",
    small().replace("synthetic\n", "synthetic\n  timeZone: UTC\n"),
    'desk.yaml:3:13: feed.timeZone is "UTC"; it belongs to the replay feed, and this one is synthetic.',
  ],
  [
    "marks that do not fit",
    small().replace("synthetic\n", "synthetic\n  markInterval: 7s\n"),
    'desk.yaml:3:17: feed.markInterval is "7s"; a bar, 1m, must hold a whole number of marks, 7s.',
  ],
  [
    "a warning above its block",
    small("", "limits: { turnover_block: 2, turnover_warn: 3 }\n"),
    'desk.yaml:4:45: limits.turnover_warn is "3"; it must not be above turnover_block, 2.',
  ],
  [
    "a limit for no symbol",
    small("", "limits:\n  max_position_by_symbol:\n    ABA: 4\n"),
    "desk.yaml:6:5: limits.max_position_by_symbol.ABA names no symbol of the feed; did you mean AAA?",
  ],
  [
    "a class of no symbol",
    small("", "limits:\n  asset_class_caps:\n    equty: 4\n"),
    "desk.yaml:6:5: limits.asset_class_caps.equty names no asset class of the feed; did you mean equity?",
  ],
  [
    "another currency",
    small().replace("assetClass: fx,", "assetClass: fx, currency: JPY,"),
    'desk.yaml:3:108: feed.symbols[1].currency is "JPY", and the account\'s currency is USD; there are no exchange rates ' +
      'without "fx": write fx: { JPY: 1/USDJPY } with a symbol of the feed or a fixed rate.',
  ],
  [
    "a symbol twice",
    small().replace("BBB, assetClass", "AAA, assetClass"),
    'desk.yaml:3:77: feed.symbols[1].symbol is "AAA", which is listed twice.',
  ],
  [
    "a file of a synthetic feed",
    small().replace("synthetic\n", "synthetic\n  files: [a.csv]\n"),
    "desk.yaml:3:10: feed.files belongs to the replay feed, and this one is synthetic.",
  ],
  [
    "a replay without files",
    "feed: { kind: replay }\nstrategies: [{ name: a, module: carry, symbols: [A], cadence: 1s }]\n",
    "desk.yaml:1:1: the desk lacks feed.files; a replay feed lists its files, such as [bars.csv].",
  ],
  [
    "no strategies",
    small().replace(/strategies:[\s\S]*/, "strategies: []\n"),
    "desk.yaml:4:13: strategies is empty; a desk needs one strategy at least.",
  ],
  [
    "a missing cadence",
    small("  - { name: two, module: carry, symbols: [AAA] }\n"),
    `desk.yaml:9:5: strategies[1] lacks cadence; ${CADENCE}.`,
  ],
  [
    "a misspelled cadence",
    small("  - { name: two, module: carry, symbols: [AAA], cadance: 1s }\n"),
    `desk.yaml:9:49: strategies[1].cadance is no key here; there are ${STRATEGY}; did you mean cadence?`,
  ],
  [
    "a cadence without a unit",
    small().replace("30s", "30"),
    `desk.yaml:8:14: strategies[0].cadence is "30"; ${CADENCE}.`,
  ],
  [
    "jitter above the cadence",
    second("    jitter: 61s\n"),
    "desk.yaml:13:13: strategies[1].jitter is 61s; it must not be above the cadence, 1m.",
  ],
  [
    "a name twice",
    second("").replace("two", "one"),
    'desk.yaml:9:11: strategies[1].name is "one", the name of the strategy in line 5 already.',
  ],
  [
    "a name that is a path",
    second("").replace("two", "../two"),
    'desk.yaml:9:11: strategies[1].name is "../two"; write a name of 1 to 80 letters, digits, dots, dashes and underscores.',
  ],
  [
    "a name that every object has",
    second("").replace("two", "constructor"),
    'desk.yaml:9:11: strategies[1].name is "constructor"; write a name of 1 to 80 letters, digits, dots, dashes and underscores.',
  ],
  [
    "an unknown module",
    second("").replace("momentum", "momentun"),
    `desk.yaml:10:13: strategies[1].module is "momentun"; ${MODULE}; did you mean momentum?`,
  ],
  [
    "a module outside",
    second("").replace("momentum", "../x.js"),
    `desk.yaml:10:13: strategies[1].module is "../x.js"; ${MODULE}.`,
  ],
  [
    "an unknown symbol",
    second("").replace("[BBB]", "[BBB, BBC]"),
    'desk.yaml:11:20: strategies[1].symbols[1] is "BBC"; the feed has no such symbol; did you mean BBB?',
  ],
  [
    "a symbol alone",
    second("").replace("[BBB]", "BBB"),
    "desk.yaml:11:14: strategies[1].symbols must be a list, such as [AAPL, MSFT].",
  ],
  [
    "a pair of one",
    second("").replace("momentum", "pairs"),
    "desk.yaml:11:14: strategies[1].symbols has 1 symbol; pairs trades exactly two.",
  ],
  [
    "an unknown parameter",
    second("    params: { fats: 4 }\n"),
    "desk.yaml:13:15: strategies[1].params.fats is no key here; there are fast, slow, exposure_cap; did you mean fast?",
  ],
  [
    "a parameter's type",
    second("    params: { fast: soon }\n"),
    'desk.yaml:13:21: strategies[1].params.fast is "soon"; write a whole number from 1 to 1500.',
  ],
  [
    "a quoted parameter",
    second('    params: { fast: "4" }\n'),
    'desk.yaml:13:21: strategies[1].params.fast is the text "4"; write a whole number from 1 to 1500.',
  ],
  [
    "a parameter's range",
    second("    params: { exposure_cap: 0 }\n"),
    'desk.yaml:13:29: strategies[1].params.exposure_cap is "0"; write a number above 0 and at most 10.',
  ],
  [
    "fast above slow",
    second("    params: { fast: 60 }\n"),
    "desk.yaml:13:21: strategies[1].params.fast is 60; it must be below slow, 50.",
  ],
  [
    "slow below fast",
    second("    params: { slow: 20 }\n"),
    "desk.yaml:13:21: strategies[1].params.slow is 20; it must be above fast, 20.",
  ],
  ["broken YAML", small("", "seed: 'a\n"), "desk.yaml:4:7: the quote that opens here is never closed."],
  ["a tab", "feed:\n\tkind: synthetic\n", "desk.yaml:2:1: indent with spaces, not tabs."],
  [
    "two documents",
    `${small()}---\nseed: 1\n`,
    "desk.yaml:9:1: a desk file is one document; delete this line and what follows.",
  ],
  ["a tag", small("", "seed: !!binary aGk=\n"), "desk.yaml:4:7: tags have no meaning in a desk file; delete this one."],
  ["no such anchor", small("", "seed: *s\n"), "desk.yaml:4:7: there is no anchor of this name before it."],
  [
    "the key of every object",
    `__proto__: { seed: 1 }\n${small()}`,
    `desk.yaml:1:1: __proto__ is no key here; there are ${TOP}.`,
  ],
  [
    "the first of several",
    small("", "seed:\nmax_inflight: x\n").replace("cadence", "cadense"),
    "desk.yaml:4:6: seed has no value; write a text of 1 to 100 characters on one line.",
  ],
];

describe("a desk file is refused with one message:", () => {
  it.each(CASES)("%s", (what, text, message) => {
    const error = failure(text);
    expect(error.code).toBe("desk_invalid");
    if (what === "camel for snake")
      expect(error.message).toMatch(/^desk\.yaml:6:3: limits\.rejectLimit .*did you mean reject_limit\?$/);
    else expect(error.message).toBe(message);
  });
});

/** Every key of a file in block style, with its place. */
const KEYS = FULL.split("\n")
  .flatMap((line, index) => {
    const match = /^(\s*(?:- )?)([A-Za-z][A-Za-z0-9_]*):/.exec(line);
    return match === null ? [] : [{ line: index + 1, column: (match[1] ?? "").length + 1, key: match[2] as string }];
  })
  .filter(({ key }) => key !== "level");

/** A word with one letter changed, dropped, added or swapped. */
const misspelled = (word: string): fc.Arbitrary<string> =>
  fc
    .tuple(
      fc.constantFrom("change", "drop", "add", "swap"),
      fc.nat(word.length - 1),
      fc.constantFrom("a", "b", "c", "x", "y", "z"),
    )
    .map(([how, at, letter]) => {
      if (how === "change") return word.slice(0, at) + letter + word.slice(at + 1);
      if (how === "drop") return word.slice(0, at) + word.slice(at + 1);
      if (how === "add") return word.slice(0, at) + letter + word.slice(at);
      return word.slice(0, at) + (word[at + 1] ?? "") + (word[at] as string) + word.slice(at + 2);
    })
    .filter((other) => other !== word && other !== "");

describe("every key misspelled by one letter", () => {
  it.each(KEYS)("$key in line $line is found, with the right word beside it", ({ line, column, key }) => {
    fc.assert(
      fc.property(misspelled(key), (wrong) => {
        const lines = FULL.split("\n");
        const old = lines[line - 1] as string;
        lines[line - 1] = old.slice(0, column - 1) + wrong + old.slice(column - 1 + key.length);
        const valid = KEYS.some((other) => other.key === wrong);
        fc.pre(!valid);
        const { detail } = failure(lines.join("\n"));
        expect(detail).toMatchObject({ line, column });
        const offered = String(detail?.["nearest"]);
        // Two keys can be equally near; then either may be offered.
        if (offered !== key)
          expect(editDistance(wrong.toLowerCase(), offered.toLowerCase())).toBe(editDistance(wrong, key));
      }),
      { numRuns: 6 },
    );
  });
});

describe("limits on what is read", () => {
  const laugh = (level: number): string =>
    Array<string>(9)
      .fill(level === 0 ? "x" : `*a${level - 1}`)
      .join(", ");
  const LAUGHS = Array.from({ length: 12 }, (_, level) => `a${level}: &a${level} [${laugh(level)}]\n`).join("");

  it.each([
    [
      "a huge file",
      `# ${"x".repeat(DESK_CHARACTERS_MAX)}`,
      /^desk\.yaml:1:1: the file has 1000002 characters; at most 1000000 are read\.$/,
    ],
    [
      "deep brackets",
      `seed: ${"[".repeat(100_000)}`,
      new RegExp(`^desk\\.yaml:1:${7 + DESK_DEPTH_MAX}: values are nested too deep`),
    ],
    [
      "deep brackets further down",
      `${small()}x: ${"{a: ".repeat(5_000)}`,
      /^desk\.yaml:9:\d+: values are nested too deep/,
    ],
    ["deep dashes", "- ".repeat(100_000), /^desk\.yaml:1:\d+: values are nested too deep/],
    ["deep lines", Array.from({ length: 900 }, (_, depth) => `${" ".repeat(depth)}a:`).join("\n"), /nested too deep/],
    ["aliases upon aliases", LAUGHS, /^desk\.yaml:1:1: a0 is no key here/],
    ["an alias of itself", `seed: &s [*s]\n${small()}`, /^desk\.yaml:1:10: seed is a list/],
    [
      "one list many times",
      small().replace(
        /strategies:[\s\S]*/,
        `strategies:\n  - &s { name: a, module: carry, cadence: 1s, symbols: [${"AAA,".repeat(400)}] }\n${"  - *s\n".repeat(4_000)}`,
      ),
      /is one value too many: a desk has at most 200000/,
    ],
    [
      "too many strategies",
      small().replace(/strategies:[\s\S]*/, `strategies: [${"{},".repeat(5_001)}]\n`),
      /strategies has 5001 items; at most 5000\.$/,
    ],
  ])("%s", (_what, text, message) => {
    const error = failure(text);
    expect(error.code).toBe("desk_invalid");
    expect(error.message).toMatch(message);
    expect(error.message.length).toBeLessThan(1_000);
  });

  it("takes brackets within texts for what they are", () => {
    expect(read(small("", `seed: "${"[".repeat(50)}"\n`)).desk.seed).toBe("[".repeat(50));
    expect(read(small("", `name: x${"[".repeat(50)}\n`)).desk.name).toBe(`x${"[".repeat(50)}`);
  });

  it("takes an anchor for what is written once and used twice", () => {
    const text = small(
      "    params: &p { lookback: 12 }\n  - { name: two, module: carry, symbols: [BBB], cadence: 5s, params: *p }\n",
    );
    expect(read(text).desk.strategies.map((one) => one.params["lookback"])).toEqual([12, 12]);
  });
});

describe("any text at all", () => {
  const pieces = fc.constantFrom(
    "\n",
    "  ",
    "- ",
    ": ",
    "[",
    "]",
    "{",
    "}",
    "&a ",
    "*a",
    "#",
    "'",
    '"',
    "|",
    ">",
    "!x ",
    "seed",
    "feed",
    "none",
    "1e999",
    "\t",
    "\0",
    "\u2028",
    "<<",
    "---",
    "%YAML 1.1\n",
    "?",
  );

  it("is a desk or a coded error with a place, never anything else", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(FULL.length), fc.nat(12), pieces), { minLength: 1, maxLength: 6 }),
        (cuts) => {
          let text = FULL;
          for (const [at, length, piece] of cuts) text = text.slice(0, at) + piece + text.slice(at + length);
          try {
            expect(read(text).desk.strategies.length).toBeGreaterThan(0);
          } catch (error) {
            expect(error).toBeInstanceOf(CodedError);
            expect((error as CodedError).code).toBe("desk_invalid");
            expect((error as CodedError).message).toMatch(/^desk\.yaml:[1-9]\d*:[1-9]\d*: \S/);
          }
        },
      ),
      { numRuns: 400 },
    );
  });
});
