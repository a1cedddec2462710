/**
 * Checkpoints: a start from one continues as a start from the first entry does, byte for byte; one that cannot be used is reported and
 * not used; and what a checkpoint says is what its entries give.
 */
import { appendFileSync, rmSync, truncateSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, it } from "vitest";
import { verifySession } from "../../../../src/harness/verify.ts";
import { createStream } from "../../../../src/orchestrator/index.ts";
import type { Desk } from "../../../../src/shared/desk.ts";
import { HOUR, MILLISECOND, MINUTE, type Duration } from "../../../../src/shared/time.ts";
import { openForWriting, openJournal, readJournal, type Workspace } from "../../../../src/store/index.ts";
import { deskOf, NO_FAULTS, NO_LIMITS, withBroker } from "../desks.ts";
import {
  crashCopy,
  create,
  entriesOf,
  EQUAL_FILES,
  filesOf,
  finish,
  handPorts,
  HandTimers,
  journalOf,
  minutes,
  reopen,
} from "../stage.ts";

const DESKS: readonly (readonly [string, Desk])[] = [
  ["a quiet venue", deskOf()],
  [
    "a venue with every fault",
    withBroker({
      partialFillShare: 0.003,
      latency: (150 * MILLISECOND) as Duration,
      faults: { reject: 0.1, dropAck: 0.2, duplicateFill: 0.2, delayFill: 0.2, unknownFill: 0 },
    }),
  ],
  ["a stray fill that halts", withBroker({ faults: { ...NO_FAULTS, unknownFill: 0.05 } })],
  ["long runs", deskOf({ runtime: { median: 3_000_000 as Duration, sigma: 1, slowShare: 0.2, slowFactor: 6 } })],
  ["limits that bite", deskOf({ limits: { ...NO_LIMITS, maxNotional: "6000", portfolioGrossCap: 0.02 } })],
];

function change(workspace: Workspace, id: string, statement: string): void {
  const journal = openForWriting(join(workspace.sessions, id, "journal.db"));
  journal.exec(statement);
  journal.close();
}

function hasCheckpoint(workspace: Workspace, id: string): boolean {
  const journal = readJournal(join(workspace.sessions, id, "journal.db"));
  const found = journal.checkpoint();
  journal.close();
  return found !== null && !("fault" in found);
}

const FORGET = "DELETE FROM checkpoint; DELETE FROM checkpoint_memory;";

/** Runs to the end and leaves copies, as a kill would, behind some of the commits. */
async function copiesOf(desk: Desk, seed: string): Promise<{ readonly id: string; readonly copies: Workspace[] }> {
  const random = createStream(seed, "copies");
  const copies: Workspace[] = [];
  const ports = { checkpointEntries: 5 + Math.floor(random.next() * 60) };
  const session = await create(desk, { length: minutes(12), ports });
  session.subscribe(() => {
    if (random.next() < 0.3) copies.push(crashCopy(session.folder));
  });
  const { folder, failure } = await finish(session);
  expect(failure).toBeNull();
  return { id: basename(folder), copies };
}

async function endOf(workspace: Workspace, id: string) {
  const session = await reopen(workspace, id);
  const [recovered] = entriesOf(session.entries(), "session").filter((entry) => entry.event === "recovered");
  const summary = await finish(session);
  expect(summary.failure).toBeNull();
  const entries = journalOf(summary.folder).map((entry) => (entry.kind === "session" ? { ...entry, wall: "" } : entry));
  return { entries, files: filesOf(summary.folder), probe: session.probe(), recovered };
}

describe("a start from a checkpoint", () => {
  it.each(DESKS)("continues as one from the first entry: %s", async (name, desk) => {
    const { id, copies } = await copiesOf(desk, name);
    const withOne = copies.filter((workspace) => hasCheckpoint(workspace, id));
    expect(withOne.length).toBeGreaterThan(2);
    for (const workspace of withOne.slice(-4)) {
      const twin = crashCopy(join(workspace.sessions, id));
      change(twin, id, FORGET);
      const [from, without] = [await endOf(workspace, id), await endOf(twin, id)];
      expect(from.entries).toEqual(without.entries);
      expect(from.files).toEqual(without.files);
      expect({ ...from.probe, journal: null }).toEqual({ ...without.probe, journal: null });
      const { checks } = await verifySession(workspace, id);
      expect(checks.filter((check) => check.state !== "passed")).toEqual([]);
    }
  });

  it("keeps the runs that were under way when it was stopped without having been started", async () => {
    const runtime = { median: 12_000_000 as Duration, sigma: 0, slowShare: 0, slowFactor: 1 };
    const session = await create(deskOf({ runtime }), { length: minutes(5) });
    const { folder } = await finish(session);
    const [workspace, twin] = [crashCopy(folder), crashCopy(folder)];
    const idle = await reopen(workspace, session.id);
    const [recovered] = entriesOf(idle.entries(), "session").filter((entry) => entry.event === "recovered");
    expect(recovered?.text).toMatch(/[1-4] runs under way/);
    await idle.stop("operator");
    const { checks } = await verifySession(workspace, session.id);
    expect(checks.filter((check) => check.state !== "passed")).toEqual([]);
    const more = { length: minutes(5) };
    const runs = [];
    for (const where of [workspace, twin]) {
      const again = await reopen(where, session.id, more);
      expect((await finish(again)).failure).toBeNull();
      runs.push(entriesOf(journalOf(again.folder), "run_finished"));
    }
    const [after, without] = runs.map((all) =>
      all.map(({ strategy, run, at, outcome }) => [strategy, run, at, outcome]),
    );
    expect(after).toEqual(without);
  });

  it("receives what the market did while it was down before it journals anything of the present", async () => {
    // With this seed equity has its peak meanwhile, while orders fill in parts.
    const desk = withBroker({ partialFillShare: 0.001 }, { seed: "3", clock: { kind: "system" } });
    const timers = new HandTimers();
    let wall = 1_767_623_400_000;
    const ports = handPorts(timers, { wallMs: () => wall + timers.nowMs });
    const session = await create(desk, { length: (3 * HOUR) as Duration, ports });
    session.start();
    await timers.pass(240_000);
    expect(session.probe().router.inflight).toBeGreaterThan(0);
    const workspace = crashCopy(session.folder);
    wall += (20 * MINUTE) / 1_000;
    const again = await reopen(workspace, session.id, { ports });
    again.start();
    await timers.pass(60_000);
    const stopped = again.stop("operator");
    await timers.pass(1_000);
    expect((await stopped).failure).toBeNull();
    const { checks } = await verifySession(workspace, session.id);
    expect(checks.filter((check) => check.state !== "passed")).toEqual([]);
  });

  it("makes files whole again that are missing or shorter, and leaves what is right", async () => {
    const session = await create(deskOf());
    const { folder } = await finish(session);
    const before = filesOf(folder);
    for (const file of EQUAL_FILES) {
      const workspace = crashCopy(folder);
      const copy = join(workspace.sessions, basename(folder));
      if (file === "orders.csv") rmSync(join(copy, file));
      else if (file === "fills.csv") truncateSync(join(copy, file), 40);
      else appendFileSync(join(copy, file), file === "router_state.json" ? "" : "torn");
      const again = await reopen(workspace, basename(folder));
      await again.stop("operator");
      const after = filesOf(copy);
      for (const grown of ["orders.csv", "fills.csv"] as const) expect(after[grown], file).toBe(before[grown]);
      expect(after["equity_curve.csv"]?.startsWith(before["equity_curve.csv"] ?? "?")).toBe(true);
    }
  });
});

describe("a checkpoint that cannot be used", () => {
  const SPOILED: readonly (readonly [string, string])[] = [
    ["another figure in its state", `UPDATE checkpoint SET state = replace(state, '"form":2', '"form":2 ')`],
    [
      "another piece",
      "UPDATE checkpoint_memory SET body = replace(body, ':', ': ') WHERE seq = (SELECT max(seq) FROM checkpoint_memory)",
    ],
    ["a missing piece", "DELETE FROM checkpoint_memory WHERE seq = (SELECT max(seq) FROM checkpoint_memory)"],
    ["no first piece", "DELETE FROM checkpoint_memory WHERE seq = (SELECT min(seq) FROM checkpoint_memory)"],
    ["another place", "UPDATE checkpoint SET seq = seq - 1"],
    ["no state", "DELETE FROM checkpoint"],
  ];

  it.each(SPOILED)(
    "is reported by verify and at the start, and the whole journal repeated: %s",
    async (_name, statement) => {
      const session = await create(deskOf());
      const { folder } = await finish(session);
      const id = basename(folder);
      const [workspace, twin] = [crashCopy(folder), crashCopy(folder)];
      change(workspace, id, statement);
      change(twin, id, FORGET);
      const verdict = await verifySession(workspace, id);
      expect(verdict.ok).toBe(false);
      expect(verdict.checks.find((check) => check.state === "failed")?.text).toMatch(/checkpoint/);
      const [spoiled, without] = [await reopen(workspace, id), await reopen(twin, id)];
      const recovered = entriesOf(spoiled.entries(), "session").find((entry) => entry.event === "recovered");
      expect(recovered?.text).toMatch(/The whole journal was repeated, because .*checkpoint/);
      expect({ ...spoiled.probe(), journal: null }).toEqual({ ...without.probe(), journal: null });
      await spoiled.stop("operator");
      await without.stop("operator");
      expect((await verifySession(workspace, id)).ok).toBe(true);
    },
  );

  it("is found out when it was signed and says something else than its entries", async () => {
    const session = await create(deskOf());
    const { folder } = await finish(session);
    const id = basename(folder);
    const workspace = crashCopy(folder);
    const journal = openJournal(join(workspace.sessions, id, "journal.db"));
    const saved = journal.checkpoint();
    if (saved === null || "fault" in saved) throw new Error("There is no checkpoint.");
    const state = JSON.stringify(saved.state).replace(/"cash":"(\d)/, '"cash":"9$1');
    journal.append({ kind: "snapshot", sha256: "", nextSequence: 1, cause: "interval" }, saved.at);
    journal.commit();
    journal.saveCheckpoint({ at: saved.at, state, piece: JSON.stringify(saved.memory[0]), whole: true });
    journal.close();
    const { checks } = await verifySession(workspace, id);
    expect(checks.find((check) => check.name === "checkpoint")).toMatchObject({ state: "failed", text: /books/ });
  });
});
