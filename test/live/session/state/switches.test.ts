/**
 * Kill switches of strategies and groups: they halt what they name and nothing else, are on the record, and hold after a restart.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { verifySession } from "../../../../src/harness/verify.ts";
import type { LiveSession } from "../../../../src/live/session/index.ts";
import { Switches } from "../../../../src/live/session/state/switches.ts";
import { statusOf } from "../../../../src/live/status/index.ts";
import type { Scope } from "../../../../src/shared/scope.ts";
import { nodeFileSystem, requestControl } from "../../../../src/store/index.ts";
import { deskOf, NO_LIMITS } from "../desks.ts";
import {
  crashCopy,
  create,
  entriesOf,
  finish,
  handPorts,
  HandTimers,
  journalOf,
  makeWorkspace,
  minutes,
  reopen,
} from "../stage.ts";

const ADA = { operator: "Ada", note: "odd fills" };
const REVERT: Scope = { kind: "strategy", name: "revert-a" };
const TREND: Scope = { kind: "group", name: "trend" };

/** Four strategies, two of them in the group `trend`. */
function grouped() {
  const desk = deskOf({ limits: { ...NO_LIMITS, rejectLimit: 3, rejectWindow: minutes(60) } });
  const trend = new Set(["momentum-b", "carry-c"]);
  return {
    ...desk,
    strategies: desk.strategies.map((one) => (trend.has(one.name) ? { ...one, group: "trend" } : one)),
  };
}

async function running() {
  const timers = new HandTimers();
  const ports = handPorts(timers);
  const workspace = makeWorkspace();
  const session = await create(grouped(), { workspace, speed: 60, length: minutes(240), ports });
  session.start();
  await timers.pass(3_000);
  return { session, timers, ports, workspace };
}

const ordersSince = (session: LiveSession, seq: number) =>
  entriesOf(session.entries(seq + 1), "order").filter((order) => !order.replay);

function thrown(action: () => unknown): { readonly code: string; readonly message: string } {
  try {
    action();
  } catch (error) {
    return error as { code: string; message: string };
  }
  return { code: "nothing thrown", message: "" };
}

describe("the kill switch of a part", () => {
  it("refuses that part's orders and no other's, before any guard, and counts them for no breaker", async () => {
    const { session, timers } = await running();
    session.halt({ ...ADA, scope: TREND });
    const from = session.probe().journal.committed;
    await timers.pass(10_000);
    const orders = ordersSince(session, from);
    const held = orders.filter(({ strategy }) => strategy === "momentum-b" || strategy === "carry-c");
    expect(held.length).toBeGreaterThan(5);
    for (const order of held)
      expect(order).toMatchObject({ accepted: false, reason: "group_halted", guards: [], orderId: null });
    expect(held[0]?.detail).toMatch(/^The group trend is halted since .*: Halted by Ada\.$/);
    expect(orders.filter(({ accepted }) => accepted).map(({ strategy }) => strategy)).toEqual(
      expect.arrayContaining(["revert-a"]),
    );
    expect(session.state, "no breaker counts what is asked of a halted part").toBe("running");
    // Its strategies keep running, as under the whole session's halt.
    const runs = entriesOf(session.entries(from + 1), "run_started").map(({ strategy }) => strategy);
    expect(runs).toContain("momentum-b");
    expect(session.probe().haltedScopes).toMatchObject([{ scope: TREND, source: "operator", ...ADA }]);
    const by = session.probe().strategies.map(({ name, haltedBy }) => [name, haltedBy]);
    expect(Object.fromEntries(by)).toEqual({
      "revert-a": null,
      "momentum-b": TREND,
      "carry-c": TREND,
      "pairs-cd": null,
    });
  });

  it("is answered by the strategy's own switch before its group's, and by the whole session's halt before both", async () => {
    const { session, timers } = await running();
    session.halt({ ...ADA, scope: TREND });
    session.halt({ ...ADA, scope: { kind: "strategy", name: "momentum-b" } });
    let from = session.probe().journal.committed;
    await timers.pass(6_000);
    const reasons = new Map(ordersSince(session, from).map(({ strategy, reason }) => [strategy, reason]));
    expect([reasons.get("momentum-b"), reasons.get("carry-c")]).toEqual(["strategy_halted", "group_halted"]);
    session.halt(ADA);
    from = session.probe().journal.committed;
    await timers.pass(6_000);
    expect(new Set(ordersSince(session, from).map(({ reason }) => reason))).toEqual(new Set(["router_halted"]));
    session.resume({ operator: "Bo", note: "all of it" });
    expect(session.probe().haltedScopes, "the parts stay halted").toHaveLength(2);
  });

  it("lets cancels and fills through", async () => {
    const { session, timers } = await running();
    const before = session.probe().counts.fills;
    while (!session.probe().router.orders.some(({ strategy }) => strategy === "revert-a")) await timers.step();
    const order = session.probe().router.orders.find(({ strategy }) => strategy === "revert-a");
    session.halt({ ...ADA, scope: REVERT });
    await timers.pass(2_000);
    expect(session.probe().router.orders.some(({ orderId }) => orderId === order?.orderId)).toBe(false);
    expect(session.probe().counts.fills).toBeGreaterThan(before);
  });

  it("is lifted with operator and note alone, and what is not halted cannot be resumed", async () => {
    const { session, timers } = await running();
    session.halt({ ...ADA, scope: REVERT });
    expect(thrown(() => session.resume({ operator: "Bo", note: " ", scope: REVERT })).code).toBe("invalid_input");
    expect(thrown(() => session.resume({ operator: " ", note: "x", scope: REVERT })).code).toBe("invalid_input");
    expect(thrown(() => session.resume({ operator: "Bo", note: "x", scope: TREND })).code).toBe("not_halted");
    expect(thrown(() => session.halt({ ...ADA, scope: { kind: "group", name: "mean" } }))).toMatchObject({
      code: "not_found",
      message: "The desk has no group mean; its groups are: default, trend.",
    });
    session.resume({ operator: "Bo", note: "fills match", scope: REVERT });
    const from = session.probe().journal.committed;
    await timers.pass(8_000);
    expect(ordersSince(session, from).some(({ strategy, accepted }) => strategy === "revert-a" && accepted)).toBe(true);
    expect(entriesOf(session.entries(), "switch")).toMatchObject([
      { event: "halted", scope: REVERT, operator: "Ada", note: "odd fills" },
      { event: "resumed", scope: REVERT, operator: "Bo", note: "fills match" },
    ]);
    const report = readFileSync(join(session.folder, "session.md"), "utf8");
    expect(report).toMatch(/\*\*halted strategy revert-a\*\* by Ada: “odd fills”/);
    expect(report).toMatch(/\*\*resumed strategy revert-a\*\* by Bo: “fills match”/);
  });

  it("is asked by another process, too, which gets the reason where it is wrong", async () => {
    const { session, timers } = await running();
    const ask = async (action: "halt" | "resume", scope: Scope): Promise<void> => {
      const asked = requestControl(nodeFileSystem, session.folder, { command: "switch", action, scope, ...ADA });
      asked.catch(() => undefined);
      await timers.pass(400);
      await asked;
    };
    await ask("halt", TREND);
    expect(session.probe().haltedScopes).toHaveLength(1);
    await ask("resume", TREND);
    expect(session.probe().haltedScopes).toHaveLength(0);
    await expect(ask("resume", TREND)).rejects.toMatchObject({ code: "not_halted" });
  });
});

describe("what is halted", () => {
  it("survives a kill at any later moment, and the journal still verifies", async () => {
    const { session, timers } = await running();
    session.halt({ ...ADA, scope: TREND });
    session.halt({ ...ADA, scope: REVERT });
    await timers.pass(4_000);
    session.resume({ operator: "Bo", note: "fine", scope: REVERT });
    await timers.pass(4_000);
    const copy = crashCopy(session.folder);
    const again = await reopen(copy, session.id, { length: minutes(30) });
    expect(again.probe().haltedScopes).toEqual(session.probe().haltedScopes);
    const from = again.probe().journal.committed;
    await finish(again);
    const later = entriesOf(journalOf(again.folder), "order").filter(({ seq }) => seq > from);
    expect(
      later.filter(({ strategy }) => strategy === "carry-c").every(({ reason }) => reason === "group_halted"),
    ).toBe(true);
    expect(later.some(({ strategy, accepted }) => strategy === "revert-a" && accepted)).toBe(true);
    expect((await verifySession(copy, session.id)).checks.filter(({ state }) => state === "failed")).toEqual([]);
    expect(statusOf(again.folder)).toMatchObject({
      health: "halted",
      reason: "In part: group trend.",
      haltedScopes: [{ kind: "group", name: "trend", operator: "Ada", note: "odd fills" }],
    });
  });

  it("is in a checkpoint, so that a start from it and a repetition of everything agree", async () => {
    const ports = { checkpointEntries: 50 };
    const session = await create(grouped(), { length: minutes(20), ports });
    session.halt({ ...ADA, scope: TREND });
    await finish(session);
    const copy = crashCopy(session.folder);
    const again = await reopen(copy, session.id, { length: minutes(5), ports });
    expect(again.probe().haltedScopes).toMatchObject([{ scope: TREND, ...ADA }]);
    const from = again.probe().journal.committed;
    await finish(again);
    const later = entriesOf(journalOf(again.folder), "order").filter(({ seq }) => seq > from);
    expect(later.filter(({ strategy, accepted }) => strategy === "carry-c" && accepted)).toEqual([]);
    const { checks } = await verifySession(copy, session.id);
    expect(checks.filter(({ state }) => state !== "passed")).toEqual([]);
  });

  it("is a plain state from which the same comes again", () => {
    const at = 5 as never;
    const first = new Switches();
    const entry = { kind: "switch", source: "operator", message: "Halted by Ada.", ...ADA, at } as const;
    first.apply({ ...entry, event: "halted", scope: TREND });
    first.apply({ ...entry, event: "halted", scope: REVERT });
    first.apply({ ...entry, event: "halted", scope: TREND, operator: "Bo" });
    const second = new Switches(JSON.parse(JSON.stringify(first.state())) as never);
    expect(second.state()).toEqual(first.state());
    expect(second.over({ name: "x", group: "trend" })).toMatchObject({ operator: "Ada" });
    second.apply({ ...entry, event: "resumed", scope: TREND });
    expect([first.has(TREND), second.has(TREND), second.has(REVERT)]).toEqual([true, false, true]);
  });
});

describe("a kill file", () => {
  it.each([
    ["KILL.strategy.revert-a", REVERT],
    ["KILL.group.trend", TREND],
    ["KILL.symbol.AAA", { kind: "symbol", name: "AAA" } as const],
  ])("%s halts that part at the next pass, and cannot be resumed while it is there", async (name, scope) => {
    const { session, timers, workspace } = await running();
    const path = join(name.includes("group") ? workspace.path : session.folder, name);
    writeFileSync(path, "");
    await timers.pass(400);
    expect(session.state).toBe("running");
    expect(session.probe().haltedScopes).toMatchObject([{ scope, source: "kill_switch", operator: null }]);
    expect(session.probe().haltedScopes[0]?.message).toContain(path);
    const resume = () => session.resume({ ...ADA, scope });
    expect(thrown(resume)).toMatchObject({ code: "wrong_state", message: expect.stringContaining(path) as string });
    await timers.pass(2_000);
    expect(entriesOf(session.entries(), "switch")).toHaveLength(1);
    rmSync(path);
    resume();
    expect(session.probe().haltedScopes).toEqual([]);
    writeFileSync(path, "");
    await timers.pass(400);
    expect(session.probe().haltedScopes).toMatchObject([{ scope }]);
  });

  it.each(["KILL.strategy.revert-b", "KILL.txt", "KILL.group.", "KILL.symbol.ZZZ"])(
    "%s, which names no part of the desk, halts everything",
    async (name) => {
      const { session, timers } = await running();
      const path = join(session.folder, name);
      writeFileSync(path, "");
      await timers.pass(400);
      expect(session.state).toBe("halted");
      expect(session.probe().haltReasons).toMatchObject([{ code: "kill_switch_triggered" }]);
      expect(thrown(() => session.resume(ADA)).message).toContain(path);
    },
  );

  it("as a folder halts as well, and several halt each what they say", async () => {
    const { session, timers } = await running();
    mkdirSync(join(session.folder, "KILL.strategy.revert-a"));
    writeFileSync(join(session.folder, "KILL.group.trend"), "");
    await timers.pass(400);
    expect(
      session
        .probe()
        .haltedScopes.map(({ scope }) => scope.name)
        .toSorted(),
    ).toEqual(["revert-a", "trend"]);
  });

  it("that is there at the start lets no order of its part out", async () => {
    const workspace = makeWorkspace();
    writeFileSync(join(workspace.path, "KILL.group.trend"), "");
    const session = await create(grouped(), { workspace, length: minutes(20) });
    await finish(session);
    const orders = entriesOf(journalOf(session.folder), "order");
    expect(orders.some(({ accepted }) => accepted)).toBe(true);
    const out = orders.filter(({ strategy, accepted }) => accepted && ["momentum-b", "carry-c"].includes(strategy));
    expect(out).toEqual([]);
  });
});
