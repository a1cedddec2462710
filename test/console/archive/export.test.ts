/**
 * Exports of long lists: whole or not there, with progress, and canceled without a trace.
 */
import { parse } from "csv-parse/sync";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { Archive } from "../../../src/console/archive/archive.ts";
import { exportRows } from "../../../src/console/archive/export.ts";
import { NO_FEED, writeBigSession } from "../../sim/big-session.ts";

const SIZE = { orders: 5_000, rejections: 50, strategies: 7, symbols: 3 };
const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function opened(): { readonly archive: Archive; readonly folder: string } {
  const folder = mkdtempSync(join(tmpdir(), "logos-export-"));
  folders.push(folder);
  writeBigSession(join(folder, "journal.db"), SIZE);
  const archive = new Archive(folder, NO_FEED);
  while (archive.follow()) continue;
  return { archive, folder };
}

const ALL = { table: "orders", words: "", where: {}, from: null, to: null } as const;

it.each(["csv", "json"] as const)("writes every row as %s and says how far it is", async (format) => {
  const { archive, folder } = opened();
  const path = join(folder, "exports", `orders.${format}`);
  const seen: number[] = [];
  const done = await exportRows(archive, { filter: ALL, format, path }, ({ rows, total }) => {
    seen.push(rows);
    expect(total).toBe(SIZE.orders);
    return false;
  });
  expect(done.rows).toBe(SIZE.orders);
  expect(seen).toEqual([2_000, 4_000, 5_000]);
  const text = readFileSync(path, "utf8");
  const rows = (format === "csv" ? parse(text, { columns: true }) : JSON.parse(text)) as { orderId: string }[];
  expect(rows.map(({ orderId }) => orderId)).toEqual(
    Array.from({ length: SIZE.orders }, (_, index) => `ROUTER-${String(index + 1).padStart(8, "0")}`),
  );
  archive.close();
});

it("leaves nothing behind when it is canceled, and an older file as it was", async () => {
  const { archive, folder } = opened();
  const path = join(folder, "exports", "orders.csv");
  const cancel = exportRows(archive, { filter: ALL, format: "csv", path }, () => true);
  await expect(cancel).rejects.toMatchObject({ code: "wrong_state" });
  expect(existsSync(path)).toBe(false);
  expect(readdirSync(join(folder, "exports"))).toEqual([]);
  await exportRows(archive, { filter: { ...ALL, words: "S001" }, format: "csv", path }, () => false);
  const before = readFileSync(path, "utf8");
  await expect(exportRows(archive, { filter: ALL, format: "csv", path }, () => true)).rejects.toThrow();
  expect(readFileSync(path, "utf8")).toBe(before);
  archive.close();
});
