/** Which code ran: on record at each load, and running other code than before is asked for first. */
import { readFileSync } from "node:fs";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { verifySession } from "../../../../src/harness/verify.ts";
import { codeChanges, codeSpans, loadedCode } from "../../../../src/live/session/recovery/code.ts";
import { reopenSession } from "../../../../src/live/session/index.ts";
import type { JournalEntry, LoadedCode } from "../../../../src/store/journal/entries.ts";
import { MINUTE, type Moment } from "../../../../src/shared/time.ts";
import { PATIENT, writeStrategies } from "../../host/scene.ts";
import { deskOf, strategyOf } from "../desks.ts";
import { create, entriesOf, finish, journalOf, makeWorkspace, minutes, owned } from "../stage.ts";

const HEAD = "export default { defaults: {}, parameters: {},";
const MINE = `import { size } from "./lib/size.ts"; ${HEAD} onTick: () => [{ symbol: "AAA", quantity: size }] };`;
const SIZE = "export const size = 1;";
const sha = (text: string): string => createHash("sha256").update(text).digest("hex");

const FILES = [
  { name: "mine.ts", sha256: sha(MINE) },
  { name: "lib/size.ts", sha256: sha(SIZE) },
];

async function started() {
  const workspace = makeWorkspace();
  writeStrategies(workspace, { "mine.ts": MINE, "lib/size.ts": SIZE });
  const cadence = { cadence: MINUTE };
  const strategies = [
    strategyOf("a", "mine.ts", ["AAA"], cadence),
    strategyOf("b", "mine.ts", ["AAA"], cadence),
    strategyOf("c", "momentum", ["BBB"], cadence),
  ];
  const ports = { hosts: { ...PATIENT, processes: 1 } };
  const session = await create(deskOf({ strategies }), { workspace, length: minutes(2), ports });
  const { folder } = await finish(session);
  const reopen = async (code?: "accept changes" | "no runs") => {
    const again = owned(await reopenSession({ workspace, id: session.id, code, length: minutes(1), ports }));
    await finish(again);
  };
  const codes = (): unknown[] => entriesOf(journalOf(folder), "session").flatMap(({ detail }) => detail["code"] ?? []);
  return { workspace, folder, reopen, codes, id: session.id };
}

describe("the code that runs", () => {
  it("is in session.json and in the journal at each load, and a change is asked for", async () => {
    const { workspace, folder, reopen, codes, id } = await started();
    const [first] = codes() as LoadedCode[];
    expect(first).toMatchObject({ strategies: ["a", "b"], files: FILES });
    const record = JSON.parse(readFileSync(join(folder, "session.json"), "utf8")) as { code: unknown };
    expect(record.code).toEqual([first]);

    await reopen();
    expect(codes()).toEqual([first, first]);

    writeStrategies(workspace, { "lib/size.ts": "export const size = 2;" });
    const before = journalOf(folder).length;
    await expect(reopen()).rejects.toMatchObject({
      code: "code_changed",
      message: expect.stringMatching(/a and 1 more: lib\/size\.ts changed\..*--accept-code-change/),
    });
    expect(journalOf(folder)).toHaveLength(before);
    expect((await verifySession(workspace, id)).ok).toBe(true);

    // An operator's command on a stopped session runs nothing, so it neither asks nor accepts.
    await reopen("no runs");
    await expect(reopen()).rejects.toMatchObject({ code: "code_changed" });

    await reopen("accept changes");
    const [second] = codes().slice(-1) as LoadedCode[];
    expect(second?.files.map(({ name }) => name)).toEqual(["mine.ts", "lib/size.ts"]);
    expect(second?.digest).not.toBe(first?.digest);
    await reopen();

    const { ok, checks } = await verifySession(workspace, id);
    expect(ok).toBe(true);
    const { seq } = entriesOf(journalOf(folder), "session").find(({ text }) => text.includes("Other code")) ?? {};
    expect(checks.find(({ name }) => name === "code")?.text).toMatch(
      new RegExp(
        `^entries 1 to ${(seq ?? 0) - 1}: Logos \\S+, a and 1 more ${first?.digest.slice(0, 12)} .*; ` +
          `entries ${seq} to \\d+: Logos \\S+, a and 1 more ${second?.digest.slice(0, 12)} \\(mine.ts and 1 more\\)$`,
      ),
    );
  });

  it("that does not load is no change, and hides none", async () => {
    const { workspace, reopen } = await started();
    writeStrategies(workspace, { "lib/size.ts": "export const size = ;" });
    await reopen();
    writeStrategies(workspace, { "lib/size.ts": "export const size = 3;" });
    await expect(reopen()).rejects.toMatchObject({ code: "code_changed" });
    writeStrategies(workspace, { "lib/size.ts": SIZE });
    await reopen();
  });
});

const entry = (
  seq: number,
  event: "created" | "recovered" | "stopped",
  detail: Record<string, unknown>,
): JournalEntry => ({
  kind: "session",
  event,
  wall: "",
  text: "",
  detail,
  seq,
  at: 0 as Moment,
});
const reader = (...entries: readonly JournalEntry[]) => ({ readChecked: () => entries });
const codeOf = (digest: string, ...strategies: readonly string[]): LoadedCode => ({ digest, files: [], strategies });

describe("comparing code", () => {
  it("takes a journal without code as one that differs from nothing", () => {
    const old = reader(entry(1, "created", { version: "0.0.9" }), entry(9, "recovered", {}));
    expect(codeChanges(old, [codeOf("x", "a")])).toEqual([]);
    expect(codeSpans(old, 12)).toEqual([{ from: 1, to: 12, version: "0.0.9", code: [] }]);
    expect(codeSpans(reader(entry(1, "created", {})), 5)).toEqual([]);
  });

  it("compares each strategy with the newest that is known of it", () => {
    const journal = reader(
      entry(1, "created", { version: "1", code: [codeOf("x", "a", "b")] }),
      entry(5, "recovered", { version: "1", code: [codeOf("x", "b")] }),
      entry(9, "recovered", {}),
      entry(11, "stopped", { code: [codeOf("z", "a")] }),
    );
    expect(codeChanges(journal, [codeOf("x", "a", "b", "c")])).toEqual([]);
    expect(codeChanges(journal, [codeOf("y", "a", "b", "c")])).toEqual(["a and 1 more: its files are not the same"]);
    expect(codeChanges(journal, [codeOf("y", "c")])).toEqual([]);
    expect(codeSpans(journal, 20).map(({ from, to }) => [from, to])).toEqual([
      [1, 4],
      [5, 20],
    ]);
  });

  it("names what was changed, added and taken away, and leaves lists out that are too long for the record", () => {
    const file = (name: string, sha256: string) => ({ name, sha256 });
    const had = { ...codeOf("x", "a"), files: [file("a.ts", "1"), file("b.ts", "2"), file("c.ts", "3")] };
    const has = { ...codeOf("y", "a"), files: [file("a.ts", "1"), file("b.ts", "9"), file("d.ts", "4")] };
    const journal = reader(entry(1, "created", { version: "1", code: [had] }));
    expect(codeChanges(journal, [has])).toEqual(["a: b.ts changed, d.ts is new, c.ts is no longer part of it"]);

    const many = Array.from({ length: 100 }, (_, at) => file(`${"n".repeat(90)}${at}.ts`, "0".repeat(64)));
    const strategies = Array.from({ length: 60 }, (_, at) => strategyOf(`s${at}`, "mine.ts", ["AAA"]));
    const code = new Map(strategies.map(({ name }) => [name, { digest: name, files: many }]));
    const loaded = loadedCode({ code }, deskOf({ strategies }));
    expect(loaded.map(({ digest, files }) => [digest, files.length])).toEqual(strategies.map(({ name }) => [name, 0]));
  });
});
