/**
 * A real host and the demo desk, driven with the contract's messages: start, watch, pause, halt, review, resume, stop, start again, close.
 */
import { isDeepStrictEqual } from "node:util";
import { describe, expect, it, vi } from "vitest";
import { STREAMS } from "../../src/shared/contract/contract.ts";
import type { StreamName } from "../../src/shared/contract/contract.ts";
import { CodedError } from "../../src/shared/errors.ts";
import { Journal } from "../../src/store/index.ts";
import { place, readerOf } from "./sim/hosts.ts";

const ALL = Object.keys(STREAMS) as StreamName[];
const ME = { operator: "desk-1" };

/** A host with a reader of every stream, and a session that runs as fast as it goes. */
async function running(options: { readonly desk?: string; readonly forSeconds?: number } = {}) {
  const given = await place(options.desk === undefined ? {} : { desk: options.desk });
  const reader = readerOf(given.host);
  reader.subscribe(...ALL);
  const length = options.forSeconds === undefined ? {} : { forSeconds: options.forSeconds };
  const { id } = await reader.call("session.start", { speed: "max", seed: "7", ...length });
  return { ...given, reader, id };
}

describe("a session in a view", () => {
  it("is sent whole and then in changes, each of which fits the contract, to its end", async () => {
    const { reader, host, problems } = await running({ forSeconds: 600 });
    const ended = await reader.state("stopped");
    expect(ended.summary?.runs).toBeGreaterThan(200);
    const listed = await reader.until("sessions", (view) => view.sessions[ended.id]?.state === "stopped");
    expect(listed.sessions[ended.id]).toMatchObject({ open: false, orders: ended.counts.orders, problem: null });
    // A new reader gets the whole of what the first one has made from its changes.
    const fresh = readerOf(host);
    fresh.subscribe(...ALL);
    for (const stream of ALL) {
      const whole = await fresh.until(stream);
      expect(await reader.until(stream, (value) => isDeepStrictEqual(value, whole))).toEqual(whole);
    }
    expect(reader.faults).toEqual([]);
    expect(fresh.faults).toEqual([]);
    for (const stream of ALL) {
      const types = reader.events.filter((one) => one.stream === stream).map((one) => one.event.type);
      expect(
        types.filter((type) => type === "whole"),
        stream,
      ).toHaveLength(1);
      expect(types[0], stream).toBe("whole");
    }
    const changed = new Set(reader.events.filter((one) => one.event.type === "change").map((one) => one.stream));
    for (const stream of ["session", "desk", "schedule", "orders", "metrics", "router"])
      expect(changed.has(stream), stream).toBe(true);
    expect(problems).toEqual([]);
  });

  it("has failed where its start could not be journaled, and the next one starts", async () => {
    const { host } = await place({});
    const reader = readerOf(host);
    reader.subscribe("session", "sessions");
    const commit = Reflect.get(Journal.prototype, "commit");
    let commits = 0;
    const spy = vi.spyOn(Journal.prototype, "commit").mockImplementation(function full(this: Journal) {
      commits += 1;
      if (commits > 1)
        throw new CodedError("io", "Journaling failed (ENOSPC). The disk is full: make room, then try again.");
      commit.call(this);
    });
    try {
      await expect(reader.call("session.start", { speed: "max", seed: "7" })).rejects.toThrow("make room");
    } finally {
      spy.mockRestore();
    }
    const failed = await reader.state("failed");
    expect(failed.pending).toBeNull();
    await reader.until("sessions", (view) => view.sessions[failed.id]?.state === "failed");
    await reader.call("session.start", { speed: "max", seed: "7", forSeconds: 60 });
    expect((await reader.state("stopped")).id).not.toBe(failed.id);
  });

  it("has tables that agree with each other when it has ended", async () => {
    const { reader: first, host } = await running({ forSeconds: 600 });
    await first.state("stopped");
    const reader = readerOf(host);
    reader.subscribe(...ALL);
    const { counts, summary } = await reader.state("stopped");
    const orders = await reader.until("orders", (view) => view.orderCount === counts.orders);
    expect(orders.fillCount).toBe(counts.fills);
    expect(counts.fills).toBeGreaterThan(0);
    const { rows } = await reader.until("schedule");
    expect(Object.keys(rows)).toHaveLength(24);
    const desk = await reader.until("desk");
    expect(Object.values(desk.strategies).reduce((sum, one) => sum + one.fills, 0)).toBe(counts.fills);
    expect(desk.account.equity).toBe(summary?.equityEnd);
    const router = await reader.until("router");
    expect(router.accepted).toBe(counts.orders);
    expect(router.inflightCount).toBe(Object.keys(router.inflight).length);
    const rejections = await reader.until("rejections");
    expect(rejections.total).toBe(counts.rejections);
    expect(reader.faults).toEqual([]);
  });

  it("reaches a slow reader as its newest state, in one change", async () => {
    const { reader, host } = await running();
    const slow = readerOf(host);
    slow.slow = true;
    slow.subscribe("orders");
    await slow.until("orders");
    await reader.until("orders", (view) => view.orderCount > 40);
    expect(slow.events).toHaveLength(1);
    slow.slow = false;
    slow.send({ kind: "applied", stream: "orders", version: 1 });
    await slow.until("orders", (view) => view.orderCount > 40);
    expect(slow.events).toHaveLength(2);
  });

  it("pauses, continues, and changes its speed", async () => {
    const { reader, id } = await running();
    await reader.until("orders", (view) => view.orderCount > 0);
    await reader.call("session.pause", ME);
    const paused = await reader.state("paused");
    expect(await reader.refusal("session.pause", ME)).toMatchObject({ code: "wrong_state" });
    await reader.call("session.speed", { speed: 10 });
    expect((await reader.until("session", (view) => view.session?.speed === 10)).session?.now).toBe(paused.now);
    await reader.call("session.continue", ME);
    await reader.state("running");
    await reader.call("session.speed", { speed: "max" });
    await reader.until("session", (view) => (view.session?.now ?? 0) > paused.now);
    const lines = Object.values((await reader.until("log")).lines).map((line) => line.text);
    expect(lines).toContain("Paused by desk-1.");
    expect((await reader.state("running")).id).toBe(id);
    expect(reader.faults).toEqual([]);
  });

  it("pauses one strategy, runs it at once, and takes it up again", async () => {
    const { reader } = await running();
    const { rows } = await reader.until("schedule", (view) => Object.keys(view.rows).length > 0);
    const [name = ""] = Object.keys(rows);
    await reader.call("strategy.command", { action: "pause", name, ...ME });
    await reader.until("schedule", (view) => view.rows[name]?.state === "paused");
    expect(await reader.refusal("strategy.command", { action: "pause", name, ...ME })).toMatchObject({
      code: "wrong_state",
    });
    expect(await reader.refusal("strategy.command", { action: "pause", name: "missing", ...ME })).toMatchObject({
      code: "not_found",
    });
    await reader.call("strategy.command", { action: "resume", name, ...ME });
    await reader.until("schedule", (view) => view.rows[name]?.state !== "paused");
    // A run that is due anyway comes first: then the session says so, and takes the command when that run has ended.
    while (!(await reader.ask("strategy.command", { action: "run", name, ...ME })).ok)
      await reader.until("schedule", (view) => view.rows[name]?.state === "waiting");
    await reader.call("limits.change", { limit: "max_notional", value: "4321", ...ME, note: "a quiet hour" });
    const { limits } = await reader.call("limits.list", {});
    expect(limits.find((limit) => limit.name === "max_notional")?.value).toBe("4321");
    const line = await reader.until("log", (view) =>
      Object.values(view.lines).some((one) => one.subject === "max_notional"),
    );
    expect(Object.values(line.lines).find((one) => one.subject === "max_notional")?.text).toMatch(
      /^desk-1 changed max_notional from \S+ to 4,321: “a quiet hour”$/,
    );
    expect(await reader.refusal("orders.cancel", { orders: ["ROUTER-99999999"], ...ME })).toMatchObject({
      code: "not_found",
    });
  });

  it("is halted by a person at once, and refuses until it is resumed with a note", async () => {
    const { reader } = await running();
    await reader.until("orders", (view) => view.orderCount > 0);
    await reader.call("session.halt", { ...ME, note: "a look at the market" });
    const halted = await reader.state("halted");
    expect(halted.haltReasons).toMatchObject([
      { source: "operator", operator: "desk-1", note: "a look at the market" },
    ]);
    const alerts = (await reader.until("alerts", (view) => view.critical > 0)).rows;
    const [alert] = Object.values(alerts);
    expect(alert).toMatchObject({ severity: "critical", view: "drift", acknowledged: null });
    await reader.until("rejections", (view) => (view.groups["router_halted"]?.count ?? 0) > 0);
    expect(await reader.refusal("session.resume", { ...ME, note: " " })).toMatchObject({ code: "invalid_input" });
    expect(await reader.refusal("session.resume", { operator: "", note: "n" })).toMatchObject({
      code: "invalid_input",
    });
    await reader.call("session.resume", { ...ME, note: "seen" });
    await reader.state("running");
    const drift = await reader.until("drift", (view) => view.resumes.length === 1);
    expect(drift.resumes[0]).toMatchObject({ operator: "desk-1", note: "seen" });
    expect(await reader.refusal("session.resume", { ...ME, note: "again" })).toMatchObject({ code: "not_halted" });
    // The alert stays through all of this, until it is acknowledged.
    const over = await reader.until("alerts", (view) => view.critical === 0);
    // A strategy may be late meanwhile, which is an alert of its own.
    const unacknowledged = Object.values(over.rows).filter(({ acknowledged }) => acknowledged === null);
    expect(over.waiting).toBe(unacknowledged.length);
    expect(over.worst?.id).not.toBe(alert?.id);
    expect(over.rows[alert?.id ?? ""]).toMatchObject({ acknowledged: null, endedAt: expect.any(Number) as number });
    await reader.call("alert.acknowledge", { id: alert?.id ?? "", ...ME });
    const seen = await reader.until("alerts", (view) => view.rows[alert?.id ?? ""]?.acknowledged !== null);
    expect(seen.rows[alert?.id ?? ""]).toMatchObject({ owner: "desk-1", acknowledged: { operator: "desk-1" } });
    expect(await reader.refusal("alert.acknowledge", { id: "alert-999", ...ME })).toMatchObject({ code: "not_found" });
    expect(reader.faults).toEqual([]);
  });
});

describe("a fill without an order", () => {
  it("halts, waits for its review, and blocks the resume until then", async () => {
    const { reader } = await running();
    const [symbol = ""] = Object.keys(
      (await reader.until("desk", (view) => Object.keys(view.exposure).length > 0)).exposure,
    );
    await reader.call("practice.unknownFill", { symbol, quantity: "25" });
    const halted = await reader.state("halted");
    expect(halted.haltReasons[0]).toMatchObject({ source: "drift" });
    const { items, positions } = await reader.until("drift", (view) => view.open === 1);
    const [item] = Object.values(items);
    expect(item).toMatchObject({ kind: "unknown_fill", review: null });
    expect(positions[symbol]?.symbol).toBe(symbol);
    expect(await reader.refusal("session.resume", { ...ME, note: "checked" })).toMatchObject({ code: "drift_open" });
    const why = await reader.call("order.why", { id: item?.id ?? "" });
    expect(why.steps.find((step) => step.title.includes("Drift"))).toMatchObject({ state: "critical" });
    const missing = { item: "DRIFT-999", action: "dismiss", ...ME, note: "n" } as const;
    expect(await reader.refusal("drift.review", missing)).toMatchObject({ code: "not_found" });
    const wrong = { item: item?.id, action: "adopt", strategy: "missing", ...ME, note: "n" };
    expect((await reader.refusal("drift.review", wrong)).code).toMatch(/not_found|invalid_input/);
    const decision = { item: item?.id ?? "", action: "adopt", ...ME, note: "booked by hand" } as const;
    await reader.call("drift.review", decision);
    const reviewed = await reader.until("drift", (view) => view.open === 0);
    expect(reviewed.items[item?.id ?? ""]?.review).toMatchObject({ action: "adopt", operator: "desk-1" });
    expect((await reader.refusal("drift.review", decision)).code).toMatch(/wrong_state|not_found|invalid_input/);
    await reader.call("session.resume", { ...ME, note: "reviewed" });
    await reader.state("running");
    const after = await reader.call("order.why", { id: item?.id ?? "" });
    expect(after.steps.map((step) => step.title)).toEqual(expect.arrayContaining(["Halt", "Resume"]));
    expect(reader.faults).toEqual([]);
  });

  it.each([
    ["of a symbol that is not traded", { symbol: "NOPE", quantity: "1" }, "not_found"],
    ["of nothing", { symbol: "AAPL", quantity: "0" }, "invalid_input"],
    ["of no number", { symbol: "AAPL", quantity: "1e3" }, "invalid_input"],
    ["of too many digits", { symbol: "AAPL", quantity: "9".repeat(41) }, "invalid_input"],
  ])("%s is refused", async (_what, input, code) => {
    const { reader } = await running();
    expect(await reader.refusal("practice.unknownFill", input)).toMatchObject({ code });
    expect((await reader.state("running")).haltReasons).toEqual([]);
  });
});

describe("one session at a time", () => {
  it("holds while one runs, and while one is being opened", async () => {
    const { reader, id } = await running();
    expect(await reader.refusal("session.start", {})).toMatchObject({ code: "wrong_state" });
    expect(await reader.refusal("session.reopen", { id })).toMatchObject({ code: "wrong_state" });
    expect(await reader.refusal("session.close", {})).toMatchObject({ code: "wrong_state" });
    await reader.call("session.stop", ME);
    await reader.state("stopped");
    const answers = await Promise.all([reader.ask("session.start", {}), reader.ask("session.start", {})]);
    expect(answers.map((answer) => answer.ok)).toEqual([true, false]);
    const { total } = await reader.until("sessions", (view) => view.total === 2);
    expect(total).toBe(2);
  });

  it("holds for the first start too", async () => {
    const { host } = await place();
    const reader = readerOf(host);
    reader.subscribe("sessions");
    const answers = await Promise.all([reader.ask("session.start", {}), reader.ask("session.start", {})]);
    expect(answers.map((answer) => answer.ok)).toEqual([true, false]);
    expect(answers[1]).toMatchObject({ error: { code: "wrong_state" } });
    expect((await reader.until("sessions", (view) => view.total > 0)).total).toBe(1);
  });

  it("does not hold a command back that needs none", async () => {
    const { host } = await place();
    const reader = readerOf(host);
    reader.subscribe("session", "app");
    expect(await reader.until("session")).toEqual({ session: null });
    for (const [procedure, input] of [
      ["session.pause", ME],
      ["session.stop", ME],
      ["session.halt", { ...ME, note: "" }],
      ["order.why", { id: "ROUTER-00000001" }],
      ["orders.page", { kind: "orders", before: null, limit: 10 }],
      ["export.rows", { what: "orders", format: "csv" }],
    ] as const)
      expect(await reader.refusal(procedure, input), procedure).toMatchObject({ code: "wrong_state" });
    expect(await reader.call("session.close", {})).toEqual({});
    expect(await reader.call("export.rows", { what: "sessions", format: "json" })).toMatchObject({ rows: 0 });
  });
});

describe("stop, and resuming", () => {
  it("keeps everything that was decided, and closes to the first page", async () => {
    const { reader, id, host } = await running();
    const states: boolean[] = [];
    host.on("running", (value) => states.push(value));
    await reader.until("orders", (view) => view.fillCount > 5);
    await reader.call("session.stop", ME);
    const stopped = await reader.state("stopped");
    expect(stopped.pending).toBeNull();
    expect(host.sessionRunning()).toBe(false);
    // A second stop finds it stopped, and leaves nothing pending behind.
    await reader.call("session.stop", ME);
    const orders = await reader.until("orders", (view) => view.orderCount === stopped.counts.orders);
    const latest = await reader.until("app", (view) => view.latest !== null);
    expect(latest.latest).toMatchObject({ id, state: "stopped" });

    expect(await reader.call("session.reopen", { id })).toEqual({ id });
    const again = await reader.state("running");
    expect(again.pending).toBeNull();
    expect(again.now).toBeGreaterThanOrEqual(stopped.now);
    await reader.until("orders", (view) => view.orderCount > orders.orderCount);
    await reader.call("session.stop", ME);
    const ended = await reader.state("stopped");
    const { orders: rows } = await reader.until("orders", (view) => view.orderCount === ended.counts.orders);
    for (const [key, row] of Object.entries(orders.orders).slice(-50))
      expect(rows[key], key).toMatchObject({ seq: row.seq, quantity: row.quantity });

    await reader.call("session.close", {});
    await reader.until("session", (view) => view.session === null);
    await reader.until("orders", (view) => view.orderCount === 0);
    expect(states).toEqual([false, true, false]);
    expect(reader.faults).toEqual([]);
  });

  it("of what is not there is refused", async () => {
    const { host } = await place();
    const reader = readerOf(host);
    expect(await reader.refusal("session.reopen", { id: "2026-01-01_0000_a_b" })).toMatchObject({ code: "no_session" });
    expect(await reader.refusal("session.reopen", { id: "../x" })).toMatchObject({ code: "invalid_input" });
  });

  it("is what quitting does, however often, and then no listener is called", async () => {
    const { reader, host, problems } = await running();
    await reader.until("orders", (view) => view.orderCount > 0);
    await Promise.all([host.quit(), host.quit()]);
    expect(host.sessionRunning()).toBe(false);
    const received = reader.events.length;
    reader.send({ kind: "subscribe", stream: "log" });
    expect(reader.events).toHaveLength(received);
    expect(problems).toEqual([]);
  });
});

describe("alerts", () => {
  it("survive a host that ends without a word, with owner and acknowledgement", async () => {
    const first = await running();
    first.reader.subscribe("alerts");
    await first.reader.call("session.halt", { ...ME, note: "a look" });
    await first.reader.until("alerts", (view) => view.critical === 1);
    await first.reader.call("alert.assign", { id: "alert-1", owner: "desk-2" });
    const { host } = await place({ workspace: first.workspace });
    const second = readerOf(host);
    second.subscribe("alerts");
    const { rows } = await second.until("alerts", (view) => view.total > 0);
    expect(rows["alert-1"]).toMatchObject({ session: first.id, owner: "desk-2", acknowledged: null });
    expect(await second.call("alerts.acknowledge", ME)).toEqual({ count: 1 });
    expect((await second.call("alerts.page", { before: null, limit: 10 })).alerts[0]).toMatchObject({
      acknowledged: { operator: "desk-1" },
    });
  });
});
