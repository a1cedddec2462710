/**
 * A light run in the console: its lists, their reasons and their exports come from what is kept of it, running or ended.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { parse } from "csv-parse/sync";
import { beforeAll, describe, expect, it } from "vitest";
import { needWhole } from "../../src/console/handlers/archive.ts";
import { KeptEntries } from "../../src/console/archive/kept.ts";
import type { JournalEntry } from "../../src/store/journal/entries.ts";
import { resourcesFolder } from "../../src/store/index.ts";
import { place, readerOf } from "./sim/hosts.ts";
import type { Reader } from "./sim/reader.ts";

const ANY = { words: "", where: {}, from: null, to: null, sort: "at", descending: true, after: null, limit: 1_000 };
const busyDesk = readFileSync(join(resourcesFolder(), "demo", "busy.yaml"), "utf8").replace(
  "unknownFill: 0.08",
  "unknownFill: 0",
);

let reader: Reader;
let id = "";
let folder = "";

beforeAll(async () => {
  const { host, workspace } = await place({ desk: busyDesk, keep: true });
  reader = readerOf(host);
  reader.subscribe("session", "orders", "rejections", "sessions", "ticks");
  // Asked while it runs, and again after its end.
  id = (await reader.call("session.start", { speed: "max", forSeconds: 240, light: true })).id;
  await reader.until("orders", (view) => view.orderCount > 10);
  const running = await reader.call("archive.page", { table: "orders", ...ANY });
  expect(running.orders.length).toBeGreaterThan(10);
  const { counts } = await reader.state("stopped");
  await reader.until("orders", (view) => view.orderCount === counts.orders && view.fillCount === counts.fills);
  await reader.until("rejections", (view) => view.total === counts.rejections);
  folder = join(workspace, "sessions", id);
});

describe("a light run that has ended", () => {
  it("has no journal, and its lists are still searched, sorted and continued", async () => {
    expect(existsSync(join(folder, "journal.db"))).toBe(false);
    const { orderCount, fillReports } = reader.value("orders");
    const rejections = reader.value("rejections").total;
    for (const [table, total] of [
      ["orders", orderCount],
      ["fills", fillReports],
      ["rejections", rejections],
    ] as const) {
      const page = await reader.call("archive.page", { table, ...ANY });
      expect(page, table).toMatchObject({ total, share: 1 });
      expect(page[table], table).toHaveLength(Math.min(1_000, total));
    }
    const rows = Object.values(reader.value("orders").orders);
    const symbol = rows[0]?.symbol ?? "";
    const found = await reader.call("archive.page", { table: "orders", ...ANY, where: { symbol: [symbol] } });
    expect(found.total).toBe(rows.filter((row) => row.symbol === symbol).length);
    const facets = await reader.call("archive.facets", { table: "orders", words: "", where: {}, from: null, to: null });
    expect(facets.symbol).toContainEqual({ name: symbol, count: found.total });
    const older = await reader.call("orders.page", { kind: "fills", before: null, limit: 5 });
    expect(older.fills).toHaveLength(5);
    expect(older.more).toBe(true);
  });

  it("groups its rejections, and says why an order was made and a rejection happened", async () => {
    const { groups } = await reader.call("rejections.groups", {});
    expect(groups.reduce((sum, { count }) => sum + count, 0)).toBe(reader.value("rejections").total);
    const order = Object.values(reader.value("orders").orders).find((row) => row.state === "filled");
    const { steps } = await reader.call("order.why", { id: order?.orderId ?? "" });
    expect(steps.map(({ step }) => step)).toEqual(expect.arrayContaining(["signal", "risk", "router", "fill"]));
    const [rejection] = Object.values(reader.value("rejections").rows);
    const why = await reader.call("order.why", { id: `seq:${rejection?.seq ?? 0}` });
    expect(why.title).toContain(rejection?.strategy);
    expect(await reader.refusal("order.why", { id: "ROUTER-99999999" })).toMatchObject({
      code: "not_found",
      message: "The record of this session has nothing named ROUTER-99999999.",
    });
  });

  it.each(["orders", "fills", "rejections", "schedule", "ticks", "metrics", "drift", "equity", "log"] as const)(
    "exports its %s",
    async (what) => {
      const { name, text, rows, left } = await reader.call("export.rows", { what, format: "csv" });
      expect(name).toBe(`${id}_${what}.csv`);
      expect(left).toBe(0);
      expect(parse(text, { columns: true })).toHaveLength(rows);
      if (what !== "drift") expect(rows).toBeGreaterThan(0);
    },
  );

  it("writes a list into a file, and is compared, but not opened again or compacted", async () => {
    const { job } = await reader.call("export.start", { table: "orders", format: "json" });
    let status = await reader.call("export.status", { job });
    // Calls in the same process are answered in one turn of the event loop; the export continues in the next.
    for (; status.state === "running"; status = await reader.call("export.status", { job })) await nextTurn();
    expect(status).toMatchObject({ state: "done", rows: reader.value("orders").orderCount });
    const { equityA } = await reader.call("sessions.compare", { a: id, b: id });
    expect(equityA.length).toBeGreaterThan(0);
    for (const [procedure, input] of [
      ["session.reopen", { id }],
      ["sessions.compact", { id }],
    ] as const)
      expect(await reader.refusal(procedure, input), procedure).toMatchObject({
        code: "wrong_state",
        message: expect.stringMatching(/is a light run: .* no journal\./) as string,
      });
    expect(reader.faults).toEqual([]);
  });
});

const entry = (seq: number): JournalEntry =>
  ({ kind: seq % 3 === 0 ? "halt" : "resume", seq, at: seq }) as unknown as JournalEntry;

describe("the kept entries", () => {
  it("are the newest, without a hole, and at most twice as many as asked", () => {
    const kept = new KeptEntries(10);
    const all: JournalEntry[] = [];
    for (let seq = 1; seq <= 95; seq += 1) {
      all.push(entry(seq));
      // Each comes twice, as a slice and its subscription may overlap.
      kept.add(all.slice(-2));
      const { first, position } = kept;
      const expected = all.slice(first - 1);
      expect(position).toBe(seq);
      expect(expected.length).toBeGreaterThanOrEqual(Math.min(seq, 10));
      expect(expected.length).toBeLessThan(20);
      expect([...kept.read()]).toEqual(expected);
      expect([...kept.read(first + 3)]).toEqual(expected.slice(3));
      expect([...kept.entriesAt([first - 1, first, seq, seq + 1])]).toEqual([entry(first), entry(seq)]);
      expect(kept.seqsOf("halt")).toEqual(expected.filter(({ kind }) => kind === "halt").map((one) => one.seq));
      expect(kept.whole).toBe(seq < 20);
    }
  });

  it("that are not all of the run refuse an export of the whole, and name the file that has it", () => {
    const live = { id: "one", folder: "/desk/sessions/one" };
    const opened = (kept: KeptEntries | null) => ({ kept, live }) as unknown as Parameters<typeof needWhole>[0];
    const kept = new KeptEntries(2);
    kept.add([1, 2, 3].map(entry));
    for (const whole of [null, kept]) expect(() => needWhole(opened(whole), "fills", "fills.csv")).not.toThrow();
    kept.add([entry(4)]);
    expect(() => needWhole(opened(kept), "fills", "fills.csv")).toThrow(
      /^one is a light run: .* all of its fills\. fills\.csv in .* has them\.$/,
    );
  });
});
