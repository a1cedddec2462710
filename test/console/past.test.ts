/**
 * The past of a session, asked of a real host: why an order was made, older rows, exports, sessions side by side. Running or ended.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import { beforeAll, describe, expect, it } from "vitest";
import type { StreamName } from "../../src/shared/contract/contract.ts";
import { resourcesFolder } from "../../src/store/index.ts";
import { place, readerOf, type Place } from "./sim/hosts.ts";
import type { Reader } from "./sim/reader.ts";
import { REASONS } from "../../src/shared/glossary.ts";

const STREAMS: readonly StreamName[] = [
  "app",
  "session",
  "orders",
  "rejections",
  "drift",
  "sessions",
  "log",
  "metrics",
];
const ME = { operator: "desk-1" };

/** A session of the busy desk that ended by itself: rejections by the router, by the broker, and a drift item. */
let ended: Place;
let reader: Reader;
let id = "";
let otherId = "";

const busyDesk = readFileSync(join(resourcesFolder(), "demo", "busy.yaml"), "utf8").replace(
  "unknownFill: 0.08",
  "unknownFill: 0.001",
);

beforeAll(async () => {
  ended = await place({ desk: busyDesk, keep: true });
  reader = readerOf(ended.host);
  reader.subscribe(...STREAMS);
  otherId = (await reader.call("session.start", { speed: "max", seed: "other", forSeconds: 60 })).id;
  await reader.state("stopped");
  id = (await reader.call("session.start", { speed: "max", seed: "busy" })).id;
  await reader.until("session", (view) => view.session?.id === id);
  await reader.until("orders", (view) => view.fillCount > 30);
  await reader.until("rejections", (view) => view.total > 40);
  await reader.call("practice.unknownFill", { symbol: "AAPL", quantity: "3" });
  await reader.until("drift", (view) => view.open > 0);
  await reader.call("session.stop", ME);
  const { counts } = await reader.state("stopped");
  await reader.until("orders", (view) => view.orderCount === counts.orders && view.fillCount === counts.fills);
  await reader.until("rejections", (view) => view.total === counts.rejections);
});

describe("the why", () => {
  it("of a filled order walks from its tick to its book, each step with its time and its journal number", async () => {
    const row = Object.values(reader.value("orders").orders).find((order) => order.state === "filled");
    const { title, steps } = await reader.call("order.why", { id: row?.orderId ?? "" });
    expect(title).toContain(row?.orderId);
    const names = [...new Set(steps.map((step) => step.step))];
    expect(names.slice(0, 9)).toEqual(["tick", "signal", "risk", "router", "journal", "broker", "fill", "book", "end"]);
    expect(steps.find((step) => step.step === "signal")?.text).toBe(row?.because);
    for (const step of steps) {
      expect(step.text, step.step).not.toBe("");
      expect(step.state, step.step).not.toBe("waiting");
      expect(step.at, step.step).toBeTypeOf("number");
      expect(step.seq, step.step).toBeTypeOf("number");
    }
    const times = steps.slice(0, 5).map((step) => step.at ?? 0);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  });

  it("of every refusal names the limit and the value that were there", async () => {
    const groups = Map.groupBy(Object.values(reader.value("rejections").rows), (row) => row.cause);
    expect(groups.size).toBeGreaterThan(1);
    for (const [cause, rows] of groups) {
      const row = rows[0];
      const { title, steps } = await reader.call("order.why", { id: `seq:${row?.seq ?? 0}` });
      expect(title, cause).toContain(row?.strategy);
      const names = [cause, row?.detail ?? cause, REASONS[cause]?.name ?? cause];
      const saying = steps.find((step) => names.some((name) => step.text.includes(name)));
      expect(saying?.state, cause).toMatch(/warning|critical/);
      if (row?.limit !== null) expect(JSON.stringify(saying), cause).toContain(row?.limit);
    }
  });

  it("of a drift item shows its evidence", async () => {
    const [item] = Object.values(reader.value("drift").items);
    const known = Object.entries(item?.evidence ?? {}).filter(([, value]) => value !== null);
    const { steps } = await reader.call("order.why", { id: item?.id ?? "" });
    const step = steps.find((one) => one.title === `Drift ${item?.id ?? ""}`);
    expect(step?.text).toContain("It needs a review.");
    expect(step?.values.map((value) => value.name)).toEqual(
      expect.arrayContaining(["kind", ...known.map(([name]) => name)]),
    );
  });

  it.each(["ROUTER-99999999", "seq:0", "seq:999999999", "seq:1", "DRIFT-999", "", "../x", "seq:1e3", "🙂"])(
    "of %j is not there",
    async (name) => {
      expect(await reader.refusal("order.why", { id: name })).toMatchObject({ code: "not_found" });
    },
  );
});

describe("pages", () => {
  it.each(["orders", "fills"] as const)("of %s make the whole table, newest first, each row once", async (kind) => {
    const { orderCount, fillReports } = reader.value("orders");
    const seen: number[] = [];
    let before: number | null = null;
    for (;;) {
      const page: { orders: { seq: number }[]; fills: { seq: number }[]; more: boolean } = await reader.call(
        "orders.page",
        { kind, before, limit: 7 },
      );
      const rows = page[kind];
      expect(page[kind === "orders" ? "fills" : "orders"]).toEqual([]);
      expect(rows.length).toBeLessThanOrEqual(7);
      seen.push(...rows.map((row) => row.seq));
      before = rows.at(-1)?.seq ?? null;
      if (!page.more) break;
    }
    expect(seen).toHaveLength(kind === "orders" ? orderCount : fillReports);
    expect(seen).toEqual([...new Set(seen)].toSorted((a, b) => b - a));
  });

  it.each([0, 1_001, Number.NaN, "10"])("of %j rows are refused", async (limit) => {
    expect(await reader.refusal("orders.page", { kind: "orders", before: null, limit })).toMatchObject({
      code: "invalid_input",
    });
  });
});

describe("exports", () => {
  const WHAT = ["orders", "fills", "rejections", "schedule", "metrics", "drift", "equity", "log", "sessions"] as const;

  it.each(WHAT)("of %s hold the same rows as CSV and as JSON", async (what) => {
    const csv = await reader.call("export.rows", { what, format: "csv" });
    const json = await reader.call("export.rows", { what, format: "json" });
    expect(csv.name).toBe(`${id}_${what}.csv`);
    const table = parse(csv.text, { columns: true }) as Record<string, string>[];
    const rows = JSON.parse(json.text) as Record<string, unknown>[];
    expect(rows.length).toBeGreaterThan(0);
    expect([csv.rows, json.rows, table.length]).toEqual([rows.length, rows.length, rows.length]);
    for (const [index, row] of rows.slice(0, 50).entries())
      for (const [name, value] of Object.entries(row)) {
        const cell = table[index]?.[name];
        if (value === null) expect(cell, name).toBe("");
        else if (typeof value === "string" && !/^[\s=+\-@|%]/.test(value)) expect(cell, name).toBe(value);
        else if (typeof value === "number" && /(^a|A)t$/.test(name)) expect(cell, name).toMatch(/^\d{4}-\d\d-\d\d/);
        else expect(cell, name).toBeTypeOf("string");
      }
  });

  it("are complete, where the stream holds the newest", async () => {
    const { orderCount, fillReports } = reader.value("orders");
    expect((await reader.call("export.rows", { what: "orders", format: "json" })).rows).toBe(orderCount);
    expect((await reader.call("export.rows", { what: "fills", format: "json" })).rows).toBe(fillReports);
    const { total } = reader.value("rejections");
    expect(total).toBeGreaterThan(10);
    expect((await reader.call("export.rows", { what: "rejections", format: "json" })).rows).toBe(total);
  });

  it("of orders and fills name the currency of their amounts", async () => {
    for (const what of ["orders", "fills"] as const) {
      const { text } = await reader.call("export.rows", { what, format: "json" });
      const rows = JSON.parse(text) as { readonly currency: string }[];
      expect(new Set(rows.map(({ currency }) => currency))).toEqual(new Set(["USD"]));
    }
  });

  it("of something else are refused", async () => {
    expect(await reader.refusal("export.rows", { what: "secrets", format: "csv" })).toMatchObject({
      code: "invalid_input",
    });
    expect(await reader.refusal("export.rows", { what: "orders", format: "xlsx" })).toMatchObject({
      code: "invalid_input",
    });
  });
});

describe("sessions", () => {
  it("side by side show what differs and what does not", async () => {
    const compared = await reader.call("sessions.compare", { a: id, b: otherId });
    expect([compared.a.id, compared.b.id]).toEqual([id, otherId]);
    const row = (what: string) => compared.rows.find((one) => one.what === what);
    expect(row("Desk")).toMatchObject({ same: true });
    expect(row("Seed")).toEqual({ what: "Seed", kind: "text", a: "busy", b: "other", same: false });
    expect(row("Orders")?.same).toBe(false);
    expect(row("Session time from")).toMatchObject({ kind: "moment", a: compared.a.startedAt });
    expect(row("Profit and loss")).toMatchObject({ kind: "money", a: compared.a.pnl });
    for (const points of [compared.equityA, compared.equityB]) {
      expect(points.length).toBeGreaterThan(2);
      expect(points.length).toBeLessThanOrEqual(500);
      expect(points[0]?.[0]).toBe(0);
      const shares = points.map(([share]) => share);
      expect(shares).toEqual(shares.toSorted((a, b) => a - b));
      expect(shares.at(-1)).toBeLessThanOrEqual(1);
    }
    const same = await reader.call("sessions.compare", { a: id, b: id });
    expect(same.rows.every((one) => one.same)).toBe(true);
    expect(same.equityA).toEqual(same.equityB);
  });

  it("have the summary that lies in their folder", async () => {
    const { markdown } = await reader.call("sessions.summary", { id });
    expect(markdown).toBe(readFileSync(join(ended.workspace, "sessions", id, "session.md"), "utf8"));
    expect(markdown).toContain("| State | stopped (operator) |");
  });

  it("are compacted: nothing goes of a session that is all within its last day", async () => {
    const done = await reader.call("sessions.compact", { id });
    expect(done.dropped).toBe(0);
    expect(done.entries).toBeGreaterThan(100);
    expect((await reader.call("sessions.verify", { id })).ok).toBe(true);
  });

  it.each([
    ["sessions.compact", { id: "2026-01-01_0000_a_b" }, "no_session"],
    ["sessions.compact", { id: "../x" }, "invalid_input"],
    ["sessions.summary", { id: "2026-01-01_0000_a_b" }, "no_session"],
    ["sessions.summary", { id: ".." }, "invalid_input"],
    ["sessions.summary", { id: "a/b" }, "invalid_input"],
    ["sessions.compare", { a: "2026-01-01_0000_a_b", b: "2026-01-01_0000_a_b" }, "no_session"],
  ])("%s of %j is refused", async (procedure, input, code) => {
    expect(await reader.refusal(procedure, input)).toMatchObject({ code });
  });

  it("that were moved away or added are seen on request", async () => {
    await reader.call("sessions.refresh", {});
    expect(Object.keys(reader.value("sessions").sessions).toSorted()).toEqual([id, otherId].toSorted());
  });
});

describe("a session that runs", () => {
  it("is asked about its past without being held up", async () => {
    const { host } = await place();
    const view = readerOf(host);
    view.subscribe("session", "orders");
    await view.call("session.start", { speed: "max" });
    const { orders } = await view.until("orders", (value) => value.fillCount > 20);
    const [first] = Object.values(orders);
    const asked = Array.from({ length: 20 }, () => view.call("order.why", { id: first?.orderId ?? "" }));
    const whys = await Promise.all(asked);
    expect(new Set(whys.map((why) => why.title)).size).toBe(1);
    const { rows } = await view.call("export.rows", { what: "equity", format: "csv" });
    expect(rows).toBeGreaterThan(0);
    await view.call("session.stop", ME);
    expect((await view.state("stopped")).failure).toBeNull();
    expect(view.faults).toEqual([]);
  });
});

describe("in all of this", () => {
  it("nothing broke the contract", () => {
    expect(reader.faults).toEqual([]);
    expect(ended.problems).toEqual([]);
  });
});
