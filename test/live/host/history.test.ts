/**
 * Histories of bars beside a plain list, with a copy that is brought up to date now and then, as a realm's is.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Histories, rowsOf, type BarsStep, type Synced } from "../../../src/live/host/history.ts";
import type { Bar } from "../../../src/shared/market.ts";
import { barsUpTo } from "./scene.ts";

const ALL: readonly Bar[] = barsUpTo(400);

/** What happens next: bars come (afresh or behind those that are there), the history is read, or its copy catches up and is read. */
const STEP = fc.oneof(
  fc.record({ kind: fc.constant("bars" as const), fresh: fc.boolean(), count: fc.nat(9), keep: fc.nat(12) }),
  fc.record({ kind: fc.constant("read" as const) }),
  fc.record({ kind: fc.constant("copy" as const) }),
);

describe("a history of bars", () => {
  it("and its copy always have the newest bars, whichever of them is read when", () => {
    const property = fc.property(fc.array(STEP, { maxLength: 40 }), (steps) => {
      const [own, copy] = [new Histories(), new Histories()];
      let synced: Synced | undefined;
      let known: Bar[] = [];
      let next = 0;
      for (const step of steps) {
        if (step.kind === "bars") {
          const came = ALL.slice(next, next + step.count);
          next += came.length;
          const all = step.fresh ? came : [...known, ...came];
          // A session asks for no more bars than the process has.
          const total = Math.min(all.length, step.fresh ? came.length : step.keep + came.length);
          known = total === 0 ? [] : all.slice(-total);
          own.take({ kind: "bars", symbol: "AAA", fresh: step.fresh, total, rows: rowsOf(came) });
        } else if (step.kind === "read") expect(own.windows(["AAA"])["AAA"]).toEqual(known);
        else {
          const history = own.of("AAA");
          const sent: BarsStep | null = history?.since(synced) ?? null;
          if (sent !== null && history !== undefined) {
            copy.take(JSON.parse(JSON.stringify(sent)) as BarsStep);
            synced = history.synced;
          }
          expect(copy.windows(["AAA"])["AAA"]).toEqual(known);
          expect(own.of("AAA")?.since(synced) ?? null).toBeNull();
        }
      }
    });
    fc.assert(property, { seed: 4, numRuns: 600 });
  });
});
