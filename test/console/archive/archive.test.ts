/**
 * The archive against the projections and a naive search over their rows: same rows, same order, no hole between pages.
 */
import fc from "fast-check";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { Archive } from "../../../src/console/archive/archive.ts";
import { STATES } from "../../../src/console/archive/schema.ts";
import { OrdersProjection } from "../../../src/console/projections/orders.ts";
import { Precisions } from "../../../src/console/projections/precision.ts";
import { RejectionsProjection } from "../../../src/console/projections/rejections.ts";
import { trailOf } from "../../../src/console/why/trail.ts";
import { groupsOf } from "../../../src/renderer/lib/rejections.ts";
import { openJournal } from "../../../src/store/index.ts";
import { MINUTE, moment } from "../../../src/shared/time.ts";
import type { JournalEntry } from "../../../src/store/journal/entries.ts";
import { bigSession, NO_FEED, writeBigSession } from "../../sim/big-session.ts";
import { journals } from "../sim/journal.ts";

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function folderOf(): string {
  const top = mkdtempSync(join(tmpdir(), "logos-archive-"));
  folders.push(top);
  return top;
}

function append(folder: string, entries: readonly JournalEntry[]): void {
  const journal = openJournal(join(folder, "journal.db"));
  for (const { seq: _seq, at, ...body } of entries) journal.append(body, at);
  journal.commit();
  journal.close();
}

/** Opens the archive, lets it read everything, and closes it after \`work\`. */
function inArchive<T>(folder: string, work: (archive: Archive) => T, sortedMax?: number): T {
  const archive = new Archive(folder, NO_FEED, sortedMax === undefined ? {} : { sortedMax });
  try {
    while (archive.follow(7)) continue;
    return work(archive);
  } finally {
    archive.close();
  }
}

const EVERYTHING = {
  words: "",
  where: {},
  from: null,
  to: null,
  sort: "at",
  descending: true,
  after: null,
  limit: 1_000,
} as const;

type Query = Parameters<Archive["page"]>[0];

function allPages(archive: Archive, query: Query) {
  const rows: unknown[] = [];
  let { after } = query;
  for (;;) {
    const page = archive.page({ ...query, after });
    rows.push(...page.rows);
    expect(page.total).toBeGreaterThanOrEqual(page.rows.length);
    if (page.next === null) {
      expect(rows.length).toBe(page.total);
      return rows;
    }
    after = page.next;
  }
}

function models(entries: readonly JournalEntry[]) {
  const precisions = new Precisions(NO_FEED);
  const orders = new OrdersProjection(precisions, Infinity);
  const rejections = new RejectionsProjection(Infinity);
  for (const entry of entries) {
    precisions.apply(entry);
    orders.apply(entry);
    rejections.apply(entry);
  }
  return {
    orders: [...orders.orders.rows()].map((row) => ({ ...row, ...precisions.of(row.symbol) })),
    fills: [...orders.fills.rows()].map((row) => ({ ...row, ...precisions.of(row.symbol) })),
    rejections: [...rejections.rows.rows()],
  };
}

type Row = Readonly<Record<string, unknown>> & { readonly seq: number };

const SORTS = {
  orders: {
    strategy: "strategy",
    symbol: "symbol",
    quantity: "quantity",
    average: "averagePrice",
    realized: "realized",
  },
  fills: {
    at: "at",
    order: "orderId",
    strategy: "strategy",
    quantity: "quantity",
    price: "price",
    realized: "realized",
  },
  rejections: { cause: "cause", quantity: "quantity", value: "value" },
} as const;

function naiveOrder(rows: readonly Row[], key: string, descending: boolean): Row[] {
  const valueOf = (row: Row): number | string | null => {
    const value = row[key];
    if (value === null || value === undefined) return null;
    if (key === "state") return STATES.findIndex((state) => state === value);
    return typeof value === "string" && ["strategy", "symbol", "cause", "type", "orderId"].includes(key)
      ? value
      : Number(value);
  };
  return rows.toSorted((a, b) => {
    const [left, right] = [valueOf(a), valueOf(b)];
    if (left === null || right === null) {
      if (left !== right) return left === null ? 1 : -1;
    } else {
      const order =
        typeof left === "number" && typeof right === "number"
          ? left - right
          : String(left).localeCompare(String(right), "en", { numeric: true });
      if (order !== 0) return descending ? -order : order;
    }
    return descending ? b.seq - a.seq : a.seq - b.seq;
  });
}

const TABLES = ["orders", "fills", "rejections"] as const;

describe("an archive", () => {
  it("holds the rows of the projections, however often it is opened in between", () => {
    fc.assert(
      fc.property(journals(60), fc.nat(200), (entries, cut) => {
        const folder = folderOf();
        append(folder, entries.slice(0, cut));
        inArchive(folder, () => undefined);
        append(folder, entries.slice(cut));
        const model = models(entries);
        inArchive(folder, (archive) => {
          for (const table of TABLES)
            expect(allPages(archive, { ...EVERYTHING, table, limit: 7 })).toEqual(
              (model[table] as readonly Row[]).toReversed(),
            );
          expect(archive.counts).toEqual({
            orders: model.orders.length,
            fills: model.fills.length,
            rejections: model.rejections.length,
          });
        });
      }),
      { seed: 16, numRuns: 12 },
    );
  });

  it("puts rows in order by any column, in memory and along an index alike", () => {
    fc.assert(
      fc.property(journals(100, "max"), fc.boolean(), fc.constantFrom(0, 50_000), (drawn, descending, sortedMax) => {
        const folder = folderOf();
        // The venue reports some fills later than others.
        const entries = drawn.map((entry) =>
          entry.kind === "fill"
            ? { ...entry, filledAt: moment(entry.filledAt - (entry.seq % 7) * 1_000 * MINUTE) }
            : entry,
        );
        append(folder, entries);
        const model = models(entries);
        inArchive(
          folder,
          (archive) => {
            for (const table of TABLES)
              for (const [sort, key] of Object.entries(SORTS[table]))
                expect(allPages(archive, { ...EVERYTHING, table, sort, descending, limit: 3 })).toEqual(
                  naiveOrder(model[table] as readonly Row[], key, descending),
                );
          },
          sortedMax,
        );
      }),
      { seed: 17, numRuns: 8 },
    );
  });

  it("finds what has every word of the filter, one of each column's texts, and lies in the range", () => {
    const words = fc.constantFrom(
      "",
      "ALPHA",
      "eta",
      "aapl filled",
      "%",
      "_",
      "00000002",
      "router",
      "crossed",
      "none of these",
    );
    fc.assert(
      fc.property(journals(100), words, fc.boolean(), fc.nat(100), (entries, text, one, share) => {
        const folder = folderOf();
        append(folder, entries);
        const { orders } = models(entries);
        const from = entries[Math.floor((entries.length * share) / 100)]?.at ?? null;
        const where = one ? { strategy: ["alpha", "__proto__"] } : {};
        const wanted = orders.filter((row) => {
          const texts = [
            row.strategy,
            row.symbol,
            row.because,
            row.state,
            row.state.replaceAll("_", " "),
            row.type,
            row.orderId,
          ];
          const found = text
            .split(" ")
            .every((word) => texts.some((one) => one.toLowerCase().includes(word.toLowerCase())));
          return (
            found && (!one || where.strategy?.includes(row.strategy) === true) && (from === null || row.at >= from)
          );
        });
        inArchive(folder, (archive) => {
          const query = { ...EVERYTHING, table: "orders", words: text, where, from } as const;
          expect(allPages(archive, { ...query, limit: 4 })).toEqual(wanted.toReversed());
          const facet = archive.facets(query, ["strategy"])["strategy"] ?? [];
          const counted = Object.fromEntries(facet.map(({ name, count }) => [name, count]));
          for (const name of new Set(wanted.map(({ strategy }) => strategy)))
            expect(counted[name]).toBe(wanted.filter(({ strategy }) => strategy === name).length);
          expect(facet.reduce((sum, { count }) => sum + count, 0)).toBe(wanted.length);
        });
      }),
      { seed: 18, numRuns: 15 },
    );
  });

  it("finds of an order, a refusal and a drift item what the whole journal has of it", async () => {
    const turn = (): Promise<void> => Promise.resolve();
    await fc.assert(
      fc.asyncProperty(journals(80), async (entries) => {
        const folder = folderOf();
        append(folder, entries);
        const model = models(entries);
        const subjects = [
          ...model.orders.map(({ orderId }) => ({ kind: "order" as const, orderId })),
          ...model.rejections.map(({ seq }) => ({ kind: "entry" as const, seq })),
          { kind: "order" as const, orderId: "ROUTER-99999999" },
        ];
        const archived = inArchive(folder, (archive) => subjects.map((subject) => archive.entriesOf(subject)));
        for (const [index, subject] of subjects.entries()) {
          const whole = await trailOf((from) => entries.filter(({ seq }) => seq >= from), subject, turn);
          const found = archived[index] ?? null;
          const some =
            found === null ? null : await trailOf((from) => found.filter(({ seq }) => seq >= from), subject, turn);
          expect(some).toEqual(whole);
        }
      }),
      { seed: 19, numRuns: 8 },
    );
  });

  it("has a page between every two moments of a session that grows, without a hole", () => {
    const folder = folderOf();
    const size = { orders: 300, rejections: 30, strategies: 4, symbols: 2 };
    const entries = [...bigSession(size)].map(([body, at], index) => ({ ...body, seq: index + 1, at: moment(at) }));
    let cut = 400;
    append(folder, entries.slice(0, cut));
    const seqs: number[] = [];
    for (let after: string | null = null; ; cut += 50) {
      const page = inArchive(folder, (archive) => archive.page({ ...EVERYTHING, table: "orders", limit: 11, after }));
      seqs.push(...page.rows.map(({ seq }) => seq));
      append(folder, entries.slice(cut, cut + 50));
      after = page.next;
      if (after === null) break;
    }
    const all = models(entries).orders.map(({ seq }) => seq);
    expect(seqs).toEqual(all.filter((seq) => seq <= 400).toReversed());
  });

  it("is made again when it is damaged, of another session, or of another version", () => {
    const folder = folderOf();
    writeBigSession(join(folder, "journal.db"), { orders: 50, rejections: 5, strategies: 3, symbols: 2 });
    const page = (): unknown => inArchive(folder, (archive) => archive.page({ ...EVERYTHING, table: "orders" }));
    const before = page();
    writeFileSync(join(folder, "archive.db"), "no database");
    expect(page()).toEqual(before);
    for (const name of ["journal.db", "journal.db-wal", "journal.db-shm", "journal.head"])
      rmSync(join(folder, name), { force: true });
    writeBigSession(join(folder, "journal.db"), { orders: 50, rejections: 50, strategies: 2, symbols: 2 });
    const other = page();
    expect(other).not.toEqual(before);
    rmSync(join(folder, "archive.db"));
    expect(page()).toEqual(other);
  });

  it("groups rejections by cause, strategy and symbol with their count, first, last and course", () => {
    const folder = folderOf();
    writeBigSession(join(folder, "journal.db"), { orders: 400, rejections: 90, strategies: 5, symbols: 3 });
    inArchive(folder, (archive) => {
      const rows = allPages(archive, { ...EVERYTHING, table: "rejections" }) as ReturnType<typeof models>["rejections"];
      const { groups, total } = archive.groups();
      expect(groups.length).toBe(total);
      // A view that has them all folds them alike.
      const key = ({ cause, strategy, symbol }: (typeof groups)[number]): string => `${cause} ${strategy} ${symbol}`;
      const byKey = (list: readonly (typeof groups)[number][]) => list.toSorted((a, b) => (key(a) < key(b) ? -1 : 1));
      expect(byKey(groupsOf(rows))).toEqual(byKey(groups));
      expect(groups.reduce((sum, { count }) => sum + count, 0)).toBe(rows.length);
      for (const group of groups) {
        const own = rows.filter(
          (row) => row.cause === group.cause && row.strategy === group.strategy && row.symbol === group.symbol,
        );
        expect(group.count).toBe(own.length);
        expect(group.firstAt).toBe(Math.min(...own.map(({ at }) => at)));
        expect(group.lastAt).toBe(Math.max(...own.map(({ at }) => at)));
        expect(group.spark.reduce((sum, part) => sum + part, 0)).toBe(own.length);
      }
    });
  });
});
