/** The growing files: what was appended equals what is rebuilt, byte for byte, whatever was torn or missing. */
import { readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  ARTIFACT_FILES,
  Artifacts,
  nodeFileSystem as fs,
  openJournal,
  type EntryBody,
  type Journal,
} from "../../../src/store/index.ts";
import { orderId } from "../../../src/shared/ids.ts";
import { FaultDisk } from "../files/fault-disk.ts";
import { freshFolder, thrownBy } from "../folders.ts";
import { at, equity, fill, halt, metrics, note, order } from "../journal/entries.ts";

const bytesOf = (folder: string): string[] => ARTIFACT_FILES.map((name) => readFileSync(join(folder, name), "utf8"));

/** Commits entries and appends their lines, as a session does. */
function write(journal: Journal, artifacts: Artifacts, bodies: readonly EntryBody[]): void {
  // A body becomes the entry itself, and these are written more than once.
  const entries = bodies.map((body, index) => journal.append({ ...body }, at(index)));
  journal.commit();
  artifacts.apply(entries);
}

const bodies: readonly EntryBody[] = [
  order(1),
  order(2, { limitPrice: 99.5, accepted: false, reason: "max_notional_exceeded", value: "200", limit: "100" }),
  order(2, { replay: true }),
  order(3, { because: { text: '=HYPERLINK("http://x","y"), "quoted"\nsecond line', values: {} }, quantity: -1e-7 }),
  order(4, { type: "stop", stopPrice: 99 }),
  order(5, { type: "stop_limit", stopPrice: 99, limitPrice: 98.5 }),
  order(6, { type: "trailing_stop", trail: { amount: 2 } }),
  fill(1),
  fill(2, { verdict: "quarantined", orderId: null, strategy: null, realized: null, symbol: "@SUM(A1)" }),
  equity("999.5"),
  metrics({ t: 1, nested: { a: [1, "two"] }, text: "line\nend" }),
  halt("kill_switch_triggered", "stop"),
  note("not in any file"),
];

describe("the artifacts", () => {
  it("appended and rebuilt are the same bytes, in one go or in many commits", () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.constantFrom(...bodies), { maxLength: 6 }), { maxLength: 6 }), (commits) => {
        const folder = freshFolder();
        const journal = openJournal(join(folder, "journal.db"));
        const artifacts = Artifacts.open(fs, folder, journal);
        for (const commit of commits) write(journal, artifacts, commit);
        artifacts.close();
        const appended = bytesOf(folder);
        for (const name of ARTIFACT_FILES) rmSync(join(folder, name));
        Artifacts.open(fs, folder, journal).close();
        expect(bytesOf(folder)).toEqual(appended);
        journal.close();
      }),
      { numRuns: 15 },
    );
  });

  it("have the columns of their headers, and a line for each entry that counts", () => {
    const folder = freshFolder();
    const journal = openJournal(join(folder, "journal.db"));
    const artifacts = Artifacts.open(fs, folder, journal);
    write(journal, artifacts, bodies);
    artifacts.close();
    journal.close();
    const [orders, fills, curve, lines] = bytesOf(folder) as [string, string, string, string];
    const rows = (text: string): Record<string, string>[] => parse(text, { columns: true, recordDelimiter: "\n" });
    expect(
      rows(orders).map((row) => [row["order_id"], row["side"], row["quantity"], row["type"], row["accepted"]]),
    ).toEqual([
      ["ROUTER-00000001", "buy", "2", "market", "true"],
      ["ROUTER-00000002", "sell", "1.5", "limit", "false"],
      ["ROUTER-00000003", "sell", "0.0000001", "market", "true"],
      ["ROUTER-00000004", "sell", "1.5", "stop", "true"],
      ["ROUTER-00000005", "buy", "2", "stop_limit", "true"],
      ["ROUTER-00000006", "sell", "1.5", "trailing_stop", "true"],
    ]);
    expect(rows(orders)[1]).toMatchObject({
      reason: "max_notional_exceeded",
      value: "200",
      limit: "100",
      limit_price: "99.5",
    });
    expect(rows(fills).map((row) => [row["fill_id"], row["verdict"], row["symbol"], row["realized"]])).toEqual([
      ["F-1", "booked", "AAA", "0"],
      ["F-2", "quarantined", "'@SUM(A1)", ""],
    ]);
    expect(curve.split("\n")[1]).toBe("2026-01-05T14:30:09+00:00,999.5,1000,0,-3.5,0.01,200.52,-0.0035");
    expect(lines).toBe(`${JSON.stringify({ t: 1, nested: { a: [1, "two"] }, text: "line\nend" })}\n`);
    expect(rows(orders)[2]?.["because"]).toBe('\'=HYPERLINK("http://x","y"), "quoted"\nsecond line');
  });

  it("have an order's terms behind the older columns", () => {
    const folder = freshFolder();
    const journal = openJournal(join(folder, "journal.db"));
    const artifacts = Artifacts.open(fs, folder, journal);
    const expiresAt = at(60);
    write(journal, artifacts, [
      order(1, { type: "stop", stopPrice: 99, timeInForce: "day", expiresAt, reduceOnly: true, oco: "out" }),
      order(2, { type: "trailing_stop", trail: { amount: 2 }, parent: orderId("ROUTER-00000001") }),
      order(3, { type: "trailing_stop", trail: { percent: 1.5 }, basket: "legs" }),
      order(4, { limitPrice: 1e-7, postOnly: true }),
    ]);
    artifacts.close();
    journal.close();
    const [orders] = bytesOf(folder) as [string];
    const terms = orders.split("\n").map((line) => line.split(",").slice(-9).join(","));
    expect(terms).toEqual([
      "stop_price,trail,time_in_force,expires_at,post_only,reduce_only,parent_id,oco,basket",
      "99,,day,2026-01-05T14:31:00+00:00,false,true,,out,",
      ",2,gtc,,false,false,ROUTER-00000001,,",
      ",1.5 %,gtc,,false,false,,,legs",
      ",,gtc,,true,false,,,",
      "",
    ]);
  });

  it("of a session that began before them keep the columns and the types that it had", () => {
    const folder = freshFolder();
    const journal = openJournal(join(folder, "journal.db"));
    const created = { kind: "session", event: "created", wall: "", text: "", detail: {} } as const;
    for (const body of [created, order(1, { type: "stop", stopPrice: 99 })]) journal.append(body, at(1));
    journal.commit();
    Artifacts.open(fs, folder, journal).close();
    journal.close();
    const [orders] = bytesOf(folder) as [string];
    const [header, row] = orders.split("\n").map((line) => line.split(","));
    expect(header?.at(-1)).toBe("because");
    expect(row?.[8]).toBe("market");
  });

  it("torn, forged or missing are whole again after a start", () => {
    const folder = freshFolder();
    const journal = openJournal(join(folder, "journal.db"));
    const artifacts = Artifacts.open(fs, folder, journal);
    write(journal, artifacts, bodies);
    artifacts.close();
    const whole = bytesOf(folder);
    truncateSync(join(folder, "orders.csv"), 150);
    writeFileSync(join(folder, "fills.csv"), "forged");
    rmSync(join(folder, "equity_curve.csv"));
    writeFileSync(join(folder, ".orders.csv.rebuild"), "left by a crash");
    Artifacts.open(fs, folder, journal).close();
    expect(bytesOf(folder)).toEqual(whole);
    expect(fs.list(folder).filter((name) => name.endsWith(".rebuild"))).toEqual([]);
    journal.close();
  });

  it("of a long journal are written piece by piece and are whole", () => {
    const folder = freshFolder();
    const journal = openJournal(join(folder, "journal.db"));
    const text = "long reason ".repeat(80);
    for (let number = 1; number <= 2_100; number += 1)
      journal.append(order(number, { because: { text, values: {} } }), at(number));
    journal.commit();
    Artifacts.open(fs, folder, journal).close();
    journal.close();
    const orders = readFileSync(join(folder, "orders.csv"), "utf8");
    expect(orders.length).toBeGreaterThan(2_000_000);
    expect(orders.split("\n").length).toBe(2_102);
  });

  it("on a full disk: a coded error, and no half file in the place of a whole one", () => {
    const journal = openJournal(join(freshFolder(), "journal.db"));
    for (const body of bodies) journal.append(body, at(1));
    journal.commit();
    const whole = new FaultDisk();
    Artifacts.open(whole, "/s", journal).close();
    const steps = whole.steps;
    expect(steps).toBeGreaterThan(30);
    for (let failAt = 1; failAt < steps; failAt += 1) {
      const disk = new FaultDisk();
      disk.arm({ failAt, fault: "ENOSPC", takes: 200 });
      let open: Artifacts | null = null;
      try {
        open = Artifacts.open(disk, "/s", journal);
      } catch (error) {
        expect(error).toMatchObject({ code: "io" });
      }
      for (const name of ARTIFACT_FILES) {
        const found = disk.text(`/s/${name}`);
        if (found !== null) expect(found).toBe(whole.text(`/s/${name}`));
      }
      if (open === null) expect(disk.paths.filter((path) => path.endsWith(".rebuild"))).toEqual([]);
    }
    journal.close();
  });

  it("report an append that fails", () => {
    const journal = openJournal(join(freshFolder(), "journal.db"));
    const disk = new FaultDisk();
    const artifacts = Artifacts.open(disk, "/s", journal);
    const entry = journal.append(order(1), at(1));
    journal.commit();
    disk.arm({ failAt: 1, fault: "ENOSPC" });
    expect(thrownBy(() => artifacts.apply([entry]))).toMatchObject({ code: "io", detail: { cause: "ENOSPC" } });
    journal.close();
  });
});
