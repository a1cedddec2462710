/**
 * Limits that change while a session runs: they bite from then on, are on the record, and hold after a restart.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { LiveSession } from "../../../../src/live/session/index.ts";
import { readLimits } from "../../../../src/live/status/index.ts";
import { findSession, nodeFileSystem, requestControl } from "../../../../src/store/index.ts";
import { deskOf } from "../desks.ts";
import { crashCopy, create, entriesOf, finish, handPorts, HandTimers, journalOf, minutes, reopen } from "../stage.ts";

const ADA = { operator: "Ada", note: "month end" };

/** A session that is in the middle of its time, at a moment that the clock's hand decides. */
async function running() {
  const timers = new HandTimers();
  const ports = handPorts(timers);
  const session = await create(deskOf(), { speed: 60, length: minutes(120), ports });
  session.start();
  await timers.pass(2_000);
  return { session, timers, ports };
}

const accepted = (session: LiveSession): number =>
  entriesOf(session.entries(), "order").filter((order) => order.accepted).length;

describe("a limit that changes while the session runs", () => {
  it("bites from then on, and no longer when it is taken away", async () => {
    const { session, timers } = await running();
    expect(session.probe().limits.maxNotional).toBeNull();
    expect(accepted(session)).toBeGreaterThan(0);
    session.changeLimit("max_notional", "1", ADA);
    const before = accepted(session);
    const passedBefore = new Set(entriesOf(session.entries(), "order").map(({ seq }) => seq));
    await timers.pass(8_000);
    const since = entriesOf(session.entries(), "order").filter(({ seq }) => !passedBefore.has(seq));
    // What still passes is above the limit, and only gets out of a position.
    for (const { guards } of since.filter((order) => order.accepted))
      expect(guards.find(({ guard }) => guard === "max_notional_exceeded")).toMatchObject({ passed: true, limit: "1" });
    const refused = since.filter((order) => order.reason === "max_notional_exceeded");
    expect(refused.length).toBeGreaterThan(0);
    expect(refused[0]).toMatchObject({ limit: "1", accepted: false });
    session.changeLimit("max_notional", "none", ADA);
    await timers.pass(8_000);
    expect(accepted(session)).toBeGreaterThan(before);
  });

  it("that is passed already halts at the next pass", async () => {
    const { session, timers } = await running();
    session.changeLimit("max_notional", "1", ADA);
    await timers.pass(8_000);
    session.changeLimit("reject_window", "2h", ADA);
    session.changeLimit("reject_limit", "2", ADA);
    await timers.pass(10_000);
    expect(session.state).toBe("halted");
    expect(session.probe().haltReasons[0]).toMatchObject({ code: "reject_limit_reached", limit: "2" });
  });

  it("is in the journal and in session.md with what it was, who changed it and why", async () => {
    const { session } = await running();
    session.changeLimit("max_position_by_symbol.AAA", "50", { operator: " Ada ", note: " a | b " });
    expect(entriesOf(session.entries(), "limits")).toMatchObject([
      { limit: "max_position_by_symbol.AAA", before: "none", after: "50", operator: "Ada", note: "a | b" },
    ]);
    await session.stop("operator");
    const report = readFileSync(join(session.folder, "session.md"), "utf8");
    expect(report).toContain("**limit changed**: max\\_position\\_by\\_symbol.AAA from none to 50 by Ada: “a \\| b”");
  });

  it("is refused without a name, a note, a rule kept or a difference, and then changes nothing", async () => {
    const { session } = await running();
    const change = (name: string, value: string, request = ADA) => {
      return () => session.changeLimit(name, value, request);
    };
    expect(change("max_notional", "1", { operator: " ", note: "x" })).toThrow(/Say who you are/);
    expect(change("max_notional", "1", { operator: "Ada", note: " " })).toThrow(/Say why/);
    expect(change("max_notional", "lots")).toThrow(/write a plain decimal/);
    expect(change("max_notional", "none")).toThrow(/is none already/);
    expect(change("max_position_by_symbol.ZZZ", "1")).toThrow(/names no symbol of the session/);
    expect(session.probe().limits).toEqual(session.desk.limits);
    expect(entriesOf(session.entries(), "limits")).toEqual([]);
    await session.stop("operator");
    expect(change("max_notional", "1")).toThrow(/cannot be changed/);
  });

  it("holds after a kill and another start, for every operator", async () => {
    const { session, timers, ports } = await running();
    session.changeLimit("max_notional", "1500", ADA);
    session.changeLimit("asset_class_caps.crypto", "0.25", ADA);
    await timers.pass(4_000);
    const copy = crashCopy(session.folder);
    const again = await reopen(copy, session.id, { ports });
    expect(again.probe().limits).toEqual(session.probe().limits);
    expect(again.probe().limits).toMatchObject({ maxNotional: "1500", assetClassCaps: { crypto: 0.25 } });
    again.changeLimit("max_notional", "none", ADA);
    const stored = readLimits(findSession(copy, session.id));
    expect(stored.changes.map(({ limit, before, after }) => [limit, before, after])).toEqual([
      ["max_notional", "none", "1500"],
      ["asset_class_caps.crypto", "none", "0.25"],
      ["max_notional", "1500", "none"],
    ]);
    expect(stored.limits.find(({ name }) => name === "max_notional")?.value).toBe("none");
  });

  it("gives a session that was killed the same end as one that was not", async () => {
    const whole = await create(deskOf(), { length: minutes(40) });
    let copy: ReturnType<typeof crashCopy> | null = null;
    whole.changeLimit("max_notional", "9000", ADA);
    let refused = false;
    whole.subscribe((entries) => {
      refused ||= entries.some((one) => one.kind === "order" && one.reason === "max_notional_exceeded");
      // Where something is about to be sent a kill loses it, and the two part as they should.
      if (copy === null && refused && !entries.some((one) => one.kind === "send")) copy = crashCopy(whole.folder);
    });
    await finish(whole);
    if (copy === null) throw new Error("No order was refused.");
    const again = await reopen(copy, whole.id);
    await finish(again);
    const orders = (session: LiveSession): unknown[] =>
      entriesOf(journalOf(session.folder), "order").map(({ seq: _seq, ...order }) => order);
    expect(orders(again)).toEqual(orders(whole));
  });

  it("may be asked for by another process", async () => {
    const { session, timers } = await running();
    const ask = async (value: string): Promise<string> => {
      const command = { command: "limits", limit: "max_notional", value, ...ADA } as const;
      const answer = requestControl(nodeFileSystem, session.folder, command, { timeoutMs: 2_000 }).then(
        () => "done",
        (error: unknown) => (error as { code: string }).code,
      );
      await timers.pass(500);
      return answer;
    };
    expect(await ask("2500")).toBe("done");
    expect(session.probe().limits.maxNotional).toBe("2500");
    expect(await ask("much")).toBe("invalid_input");
    expect(await ask("2500")).toBe("wrong_state");
  });
});
