/**
 * A disk that takes no more: the session fails with a message that helps, sends nothing after it, and opens again.
 */
import { chmodSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { PaperBroker } from "../../../../src/live/broker/index.ts";
import { VenueStore } from "../../../../src/live/broker/venue-store.ts";
import { createSession, type SessionPorts } from "../../../../src/live/session/index.ts";
import { CodedError } from "../../../../src/shared/errors.ts";
import { Journal, nodeFileSystem, openWorkspace, workspaceAt } from "../../../../src/store/index.ts";
import { FailingDisk, type DiskFault } from "../../../sim/disk/failing-disk.ts";
import { deskOf } from "../desks.ts";
import type { SessionSummary } from "../../../../src/live/session/state/api.ts";
import {
  create,
  entriesOf,
  finish,
  finishByHand,
  handPorts,
  HandTimers,
  journalOf,
  makeWorkspace,
  minutes,
  reopen,
  wrapBroker,
} from "../stage.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

/** Notes what is sent, and whether it was after a moment that the test names. */
function spied() {
  const sent: string[] = [];
  const ports: Pick<SessionPorts, "openBroker" | "groupCommits"> = {
    groupCommits: false,
    openBroker: (files, desk, feed) =>
      wrapBroker(
        new PaperBroker({ path: files.broker, config: desk.broker, seed: desk.seed, symbols: feed.symbols }),
        (inner) => ({
          placeOrder: (order) => {
            sent.push(order.venueId);
            return inner.placeOrder(order);
          },
        }),
      ),
  };
  return { sent, ports };
}

/** Everything sent was journaled, nothing twice; and the folder opens again. */
async function expectGoesOn(workspace: ReturnType<typeof makeWorkspace>, id: string, folder: string, sent: string[]) {
  const journaled = new Set(entriesOf(journalOf(folder), "send").map((entry) => entry.venueId));
  expect(sent.filter((venueId) => !journaled.has(venueId))).toEqual([]);
  expect(new Set(sent).size).toBe(sent.length);
  const spy = spied();
  const again = await reopen(workspace, id, { ports: spy.ports, speed: "max" });
  const summary = await finish(again);
  expect(summary).toMatchObject({ failure: null, driftOpen: 0 });
  expect(spy.sent.filter((venueId) => sent.includes(venueId))).toEqual([]);
  expect(spy.sent.length).toBeGreaterThan(0);
  expect(JSON.parse(readFileSync(join(folder, "session.json"), "utf8"))).toMatchObject({
    state: "stopped",
    failure: null,
  });
}

/** What is reported of a session that failed is what its journal holds, and nothing that was decided and never committed. */
function expectCommitted(summary: SessionSummary): void {
  const entries = journalOf(summary.folder);
  const counted = {
    runs: entriesOf(entries, "run_finished").length,
    orders: entriesOf(entries, "order").filter((entry) => entry.accepted && !entry.replay).length,
    fills: entriesOf(entries, "fill").filter((entry) => entry.verdict === "booked").length,
    stoppedAt: entries.at(-1)?.at,
  };
  expect(summary).toMatchObject(counted);
  const equity = entriesOf(entries, "equity").at(-1)?.equity;
  if (equity !== undefined) expect(summary.equityEnd).toBe(equity);
  const record = JSON.parse(readFileSync(join(summary.folder, "session.json"), "utf8")) as Record<string, unknown>;
  const { stoppedAt: lastAt, ...counts } = counted;
  expect(record).toMatchObject({ ...counts, lastAt, state: "failed" });
}

describe("a journal that cannot be written", () => {
  it.each(["before", "after"] as const)("ends the session when a commit fails %s it happened", async (when) => {
    const commit = Reflect.get(Journal.prototype, "commit");
    const { sent, ports } = spied();
    const workspace = makeWorkspace();
    const session = await create(deskOf(), { workspace, length: minutes(20), ports });
    let left = 12;
    let failedAt = -1;
    vi.spyOn(Journal.prototype, "commit").mockImplementation(function failing(this: Journal) {
      left -= 1;
      if (left > 0) return commit.call(this);
      failedAt = failedAt === -1 ? sent.length : failedAt;
      if (when === "after") commit.call(this);
      throw new CodedError("io", "Journaling failed (ENOSPC). The disk is full: make room, then try again.");
    });
    const delivered: number[] = [];
    session.subscribe((entries) => delivered.push(...entries.map((entry) => entry.seq)));
    const summary = await finish(session);
    expect(session.state).toBe("failed");
    expect(summary).toMatchObject({ cause: "failed", failure: { code: "io" } });
    expect(summary.failure?.message).toContain("make room");
    expect(sent.length, "nothing is sent after the failure").toBe(failedAt);
    expect(() => session.halt({ operator: "ada", note: "" })).toThrow(CodedError);
    vi.restoreAllMocks();
    expectCommitted(summary);
    const last = journalOf(session.folder).at(-1)?.seq ?? 0;
    expect(Math.max(...delivered), "nothing is reported that is not on disk").toBeLessThanOrEqual(last);
    await expectGoesOn(workspace, session.id, session.folder, sent);
  });

  it("ends the session whose start cannot be journaled, and the same process opens it again", async () => {
    const workspace = makeWorkspace();
    const { sent, ports } = spied();
    const session = await create(deskOf(), { workspace, length: minutes(20), ports });
    vi.spyOn(Journal.prototype, "commit").mockImplementation(() => {
      throw new CodedError("io", "Journaling failed (ENOSPC). The disk is full: make room, then try again.");
    });
    expect(() => session.start()).toThrow("make room");
    expect(session.state).toBe("failed");
    expect(await session.stop("operator")).toMatchObject({ cause: "failed", failure: { code: "io" } });
    vi.restoreAllMocks();
    await expectGoesOn(workspace, session.id, session.folder, sent);
  });

  it("ends the session when the database itself is full", async () => {
    const commit = Reflect.get(Journal.prototype, "commit");
    const { sent, ports } = spied();
    const workspace = makeWorkspace();
    const session = await create(deskOf(), { workspace, length: minutes(60), ports });
    vi.spyOn(Journal.prototype, "commit").mockImplementation(function limited(this: Journal) {
      const { database } = this as unknown as { database: { pragma(text: string): unknown } };
      database.pragma("max_page_count = 24");
      commit.call(this);
    });
    const summary = await finish(session);
    expect(summary.failure).toMatchObject({ code: "io" });
    expect(summary.failure?.message).toMatch(/journal\.db.*ENOSPC.*make room/);
    vi.restoreAllMocks();
    expectCommitted(summary);
    await expectGoesOn(workspace, session.id, session.folder, sent);
  });

  it("refuses what an operator asks for, and says why", async () => {
    const timers = new HandTimers();
    const session = await create(deskOf(), { speed: 60, length: minutes(20), ports: handPorts(timers) });
    session.start();
    await timers.pass(1_000);
    vi.spyOn(Journal.prototype, "commit").mockImplementation(() => {
      throw new CodedError("io", "The disk is full: make room, then try again.");
    });
    expect(() => session.halt({ operator: "ada", note: "" })).toThrow(/make room/);
    await timers.pass(1_000);
    expect(session.state).toBe("failed");
    expect(timers.pending).toBe(0);
  });
});

describe("a command between two passes that meets a full disk", () => {
  it("ends the session at its next pass, although that one has nothing to write", async () => {
    const timers = new HandTimers();
    const disk = new FailingDisk(nodeFileSystem);
    const desk = deskOf();
    const hourly = { snapshotInterval: minutes(60), metricsInterval: minutes(60), equityInterval: minutes(60) };
    const session = await create(
      { ...desk, orchestrator: { ...desk.orchestrator, ...hourly } },
      { speed: 60, length: minutes(50), ports: { ...handPorts(timers), fs: disk } },
    );
    session.start();
    await timers.pass(1_000);
    session.pause("ada");
    await timers.pass(1_000);
    // The halt is in the journal; the router's file that goes with it cannot be written.
    disk.fault = { kind: "ENOSPC", path: /router_state/ };
    expect(() => session.halt({ operator: "ada", note: "" })).toThrow(CodedError);
    expect(session.state).not.toBe("failed");
    await timers.pass(1_000);
    expect(session.state).toBe("failed");
  });
});

describe("a disk that takes no more beside the journal", () => {
  const FAULTS: readonly DiskFault[] = ["ENOSPC", "EROFS", "EIO", "half"];
  const PLACES = [/orders\.csv/, /equity_curve\.csv/, /orchestrator_metrics/, /router_state/, /\//] as const;
  const cases = PLACES.flatMap((path, index) => [[FAULTS[index % FAULTS.length] as DiskFault, path] as const]);

  it.each([...cases, ["ENOSPC", /./] as const])("ends the session: %s at %s", async (kind, path) => {
    const disk = new FailingDisk(nodeFileSystem);
    const { sent, ports } = spied();
    const workspace = makeWorkspace();
    const timers = new HandTimers();
    const session = await create(deskOf(), {
      workspace,
      speed: 60,
      length: minutes(20),
      ports: { ...handPorts(timers), ...ports, fs: disk },
    });
    session.subscribe((entries) => {
      if (entries.some((entry) => entry.at > session.probe().startedAt + 4 * 60_000_000)) disk.fault ??= { kind, path };
    });
    const summary = await finishByHand(session, timers);
    expect(summary).toMatchObject({ cause: "failed", failure: { code: "io" } });
    expect(summary.failure?.message).toMatch(/make room|mount it|check this one|no more bytes|Check the disk/);
    expect(disk.refused).toBeGreaterThan(0);
    disk.fault = null;
    await expectGoesOn(workspace, session.id, session.folder, sent);
  });

  it("does not make a session where nothing can be written, and leaves nothing behind", async () => {
    for (const path of [/writer\.json/, /orders\.csv/, /session\.json/, /control/, /latest/]) {
      const disk = new FailingDisk(nodeFileSystem);
      disk.fault = { kind: "ENOSPC", path };
      const workspace = makeWorkspace();
      const attempt = createSession({ workspace: { ...workspace, fs: disk }, desk: deskOf(), ports: { fs: disk } });
      await expect(attempt, String(path)).rejects.toMatchObject({ code: "io" });
      expect(
        nodeFileSystem.list(workspace.sessions).filter((name) => name !== "latest"),
        String(path),
      ).toEqual([]);
    }
  });
});

describe("the paper venue's own disk", () => {
  /** From its sixth on, writes of that kind find the venue's disk full. */
  function fill(what: "orders" | "fills"): void {
    const write = Reflect.get(VenueStore.prototype, "write");
    let left = 6;
    vi.spyOn(VenueStore.prototype, "write").mockImplementation(function failing(this: VenueStore, orders, fills) {
      const changed = [...orders];
      if ((what === "orders" ? fills.length === 0 && changed.length > 0 : fills.length > 0) && (left -= 1) <= 0)
        throw new CodedError(
          "io",
          "Writing to the paper venue failed (ENOSPC). The disk is full: make room, then try again.",
        );
      write.call(this, changed, fills);
    });
  }

  it("that is full when it fills fails the session, and each fill is made and booked once after that", async () => {
    const { sent, ports } = spied();
    const workspace = makeWorkspace();
    const session = await create(deskOf(), { workspace, length: minutes(30), ports });
    fill("fills");
    const summary = await finish(session);
    vi.restoreAllMocks();
    expect(summary.failure?.message).toMatch(/make room/);
    await expectGoesOn(workspace, session.id, session.folder, sent);
  });

  it("that is full when orders arrive leaves them unknown, then not placed, and nothing is sent again", async () => {
    const { sent, ports } = spied();
    const workspace = makeWorkspace();
    const session = await create(deskOf(), { workspace, length: minutes(30), ports });
    fill("orders");
    const summary = await finish(session);
    vi.restoreAllMocks();
    expect(summary).toMatchObject({ failure: null, driftOpen: 0, workingOrders: 0 });
    expect(new Set(sent).size).toBe(sent.length);
    expect(entriesOf(journalOf(session.folder), "closed").every((entry) => entry.status === "not_placed")).toBe(true);
    expect(entriesOf(journalOf(session.folder), "closed").length).toBeGreaterThan(0);
  });
});

describe("a folder that this user may not write", () => {
  it.skipIf(process.getuid?.() === 0)(
    "is refused with its name (skipped as root, who may write everywhere)",
    async () => {
      const path = mkdtempSync(join(tmpdir(), "session-"));
      onTestFinished(() => {
        chmodSync(path, 0o755);
        rmSync(path, { recursive: true, force: true });
      });
      const workspace = openWorkspace(path);
      chmodSync(workspace.sessions, 0o555);
      await expect(createSession({ workspace, desk: deskOf() })).rejects.toMatchObject({ code: "io" });
    },
  );

  it("is refused with its name where it is not there", async () => {
    const workspace = workspaceAt(join(makeWorkspace().path, "gone"));
    await expect(createSession({ workspace, desk: deskOf() })).rejects.toMatchObject({ code: "io" });
    await expect(createSession({ workspace, desk: deskOf() })).rejects.toThrow(/gone/);
  });
});
