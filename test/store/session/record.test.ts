/** `session.json`, `session.md` and `router_state.json`: read back as written, refused with a reason, and free of markup. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  checkRouterState,
  digestOf,
  loadRouterState,
  nodeFileSystem as fs,
  readRecord,
  saveRouterState,
  sessionReport,
  writeRecord,
  type EntryBody,
  type JournalEntry,
} from "../../../src/store/index.ts";
import { freshFolder, thrownBy } from "../folders.ts";
import { at, halt, note } from "../journal/entries.ts";
import { recordOf } from "./records.ts";

const entries = (bodies: readonly EntryBody[]): JournalEntry[] =>
  bodies.map((body, index) => ({ ...body, seq: index + 1, at: at(index) }));

describe("a record", () => {
  it("is read as it was written", () => {
    const path = join(freshFolder(), "session.json");
    writeRecord(fs, path, recordOf());
    expect(readRecord(fs, path)).toEqual(recordOf());
  });

  it.each([
    ["no JSON", "{", "invalid_input", /is no JSON/],
    ["null", "null", "invalid_input", /session\.json/],
    ["a wrong field", JSON.stringify({ ...recordOf(), runs: "5" }), "invalid_input", /runs/],
    ["a missing field", JSON.stringify({ ...recordOf(), seed: undefined }), "invalid_input", /seed/],
    ["a newer schema", JSON.stringify({ schema: 2 }), "schema_newer", /schema 2/],
    ["its size", " ".repeat(16_000_001), "too_large", /at most 16000000/],
  ])("is refused for %s", (_, text, code, message) => {
    const path = join(freshFolder(), "session.json");
    writeFileSync(path, text);
    const error = thrownBy(() => readRecord(fs, path));
    expect(error).toMatchObject({ code });
    expect(String(error)).toMatch(message);
  });

  it("that is not there is not found", () => {
    expect(thrownBy(() => readRecord(fs, join(freshFolder(), "session.json")))).toMatchObject({ code: "not_found" });
  });
});

describe("the report", () => {
  const reported = entries([
    note("started"),
    halt("unknown_fill", "a fill without an order"),
    { kind: "drift", item: "D-1", drift: "unknown_fill", orderId: null, text: "F-9", evidence: {} },
    {
      kind: "review",
      item: "D-1",
      action: "adopt",
      strategy: null,
      operator: "kim",
      note: "checked with the venue",
      realized: "0",
    },
    { kind: "resume", operator: "kim", note: "all clear" },
    { kind: "strategy", strategy: "alpha", event: "quarantined", reason: "three timeouts", operator: null },
  ]);

  it("says what ran, how it ended, and every event with operator and note", () => {
    const text = sessionReport(recordOf(), reported);
    for (const part of [
      "# 2026-01-05\\_1430\\_basket\\_book",
      "| State | stopped (feed\\_ended) |",
      "| Equity | 1000 to 1001.5 |",
      "| Length | ",
      "- 2026-01-05T14:30:01+00:00 · **halted** (unknown\\_fill): a fill without an order",
      "· D-1 adopted to unattributed by kim: “checked with the venue”",
      "· **resumed** by kim: “all clear”",
      "· alpha quarantined: three timeouts",
    ])
      expect(text).toContain(part);
  });

  it("lets no markup in from outside", () => {
    const text = sessionReport(
      recordOf({ desk: "x | y\n# big", seed: "<b>" }),
      entries([
        halt("x", "[link](http://a) <script>\n# heading | cell `code`"),
        { kind: "resume", operator: "*kim*", note: "![i](x)\n- item" },
      ]),
    );
    expect(text).toContain("x \\| y # big");
    expect(text).not.toMatch(/(?<!\\)[<[`]/);
    expect(text.split("\n").filter((line) => line.startsWith("#")).length).toBe(3);
    expect(text.split("\n").filter((line) => line.startsWith("- ")).length).toBe(2);
  });

  it("shows the newest 500 events and counts the rest", () => {
    const text = sessionReport(recordOf(), entries(Array.from({ length: 507 }, (_, index) => note(`event ${index}`))));
    expect(text).toContain("7 earlier events are in the journal.");
    expect(text.split("\n").filter((line) => line.startsWith("- ")).length).toBe(500);
    expect(text).not.toContain(": event 6\n");
    expect(text).toContain(": event 7\n");
  });
});

describe("a router state file", () => {
  it("has a digest over its exact bytes", () => {
    const path = join(freshFolder(), "router_state.json");
    expect(saveRouterState(fs, path, "é\n")).toBe(digestOf("é\n"));
    expect(digestOf("")).toBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  });

  it("that breaks a rule is refused by name, and stays", () => {
    const path = join(freshFolder(), "router_state.json");
    writeFileSync(path, '{"oops": 1}');
    expect(thrownBy(() => loadRouterState(fs, path))).toMatchObject({ code: "snapshot_invalid" });
    expect(String(thrownBy(() => checkRouterState("{", "mine.json")))).toContain("mine.json");
    expect(thrownBy(() => loadRouterState(fs, `${path}.none`))).toMatchObject({ code: "not_found" });
  });
});
