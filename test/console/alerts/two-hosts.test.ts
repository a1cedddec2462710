/**
 * Two hosts of one workspace and their alerts: one file, and a book in each host.
 */
import fc from "fast-check";
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { AlertBook } from "../../../src/console/alerts/book.ts";
import { AlertFile, openWorkspace, readAlerts, type Workspace } from "../../../src/store/index.ts";

let folder: string;
let workspace: Workspace;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "logos-alerts-"));
  workspace = openWorkspace(folder);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function host(): { readonly book: AlertBook; readonly file: AlertFile } {
  const file = new AlertFile(workspace);
  const earlier = file.open();
  const keep: AlertFile["append"] = (changed) => file.append(changed);
  return { file, book: new AlertBook({ earlier, keep, others: () => file.others(), wallMs: () => 1_000 }) };
}

const alertOf = (cause: string) => ({ cause, severity: "warning" as const, text: cause, at: 5, view: "log" });

describe("two hosts of one workspace", () => {
  it("give each alert a number of its own, and agree on all of them", () => {
    const step = fc.record({
      host: fc.nat(1),
      session: fc.constantFrom("s1", "s2"),
      cause: fc.constantFrom("a", "b", "c"),
      index: fc.nat(9),
      do: fc.constantFrom("raise", "raise", "end", "acknowledge"),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        writeFileSync(join(folder, "alerts.jsonl"), "");
        const hosts = [host(), host()] as const;
        const raised: string[] = [];
        for (const one of steps) {
          const { book } = hosts[one.host === 0 ? 0 : 1];
          // Each host runs a session of its own, so no cause is both's.
          const [session, cause] = [one.session, `${one.host}${one.cause}`];
          if (one.do === "raise") {
            const before = new Set(readAlerts(workspace).map(({ id }) => id));
            book.raise(session, alertOf(cause));
            raised.push(...readAlerts(workspace).flatMap(({ id }) => (before.has(id) ? [] : [`${id} ${cause}`])));
          } else if (one.do === "end") book.endCause(session, cause, 9);
          else book.acknowledge(`alert-${one.index + 1}`, "Ada");
        }
        const kept = readAlerts(workspace);
        expect(kept.map(({ id, cause }) => `${id} ${cause}`)).toEqual(raised);
        for (const { book } of hosts) {
          book.refresh();
          expect(book.page(null, 1_000).alerts.toSorted((a, b) => a.id.localeCompare(b.id))).toEqual(
            kept.toSorted((a, b) => a.id.localeCompare(b.id)),
          );
        }
      }),
      { seed: 16, numRuns: 60 },
    );
  });

  it("see each other's acknowledgement, and a file that one of them wrote again", () => {
    const [first, second] = [host(), host()];
    first.book.raise(null, alertOf("disk"));
    second.book.refresh();
    expect(second.book.acknowledge("alert-1", "Bo")).toBe(true);
    first.book.refresh();
    expect(first.book.view()).toMatchObject({ waiting: 0, total: 1 });
    for (let count = 0; count < 1_100; count += 1) first.book.raise("s", alertOf("flood"));
    const third = host();
    expect(readFileSync(join(folder, "alerts.jsonl"), "utf8").split("\n").length).toBeLessThan(10);
    first.book.raise("s", alertOf("after"));
    third.book.refresh();
    expect(third.book.view().rows["alert-3"]).toMatchObject({ cause: "after" });
  });

  it("read a line that is only half written once it is whole", () => {
    const [first, second] = [host(), host()];
    first.book.raise(null, alertOf("disk"));
    const path = join(folder, "alerts.jsonl");
    const line = readFileSync(path, "utf8").replace("alert-1", "alert-7");
    second.book.refresh();
    appendFileSync(path, line.slice(0, 40));
    second.book.refresh();
    expect(second.book.has("alert-7")).toBe(false);
    appendFileSync(path, line.slice(40));
    second.book.refresh();
    expect(second.book.has("alert-7")).toBe(true);
  });
});
