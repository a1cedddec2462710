/**
 * The alert book against a small model, its limit, and what a later start finds of it.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ALERT_ROWS_MAX, AlertBook, ALERTS_MAX } from "../../../src/console/alerts/book.ts";
import type { Alert } from "../../../src/shared/contract/views.ts";

const CAUSES = ["a", "b", "c"];
const SESSIONS = [null, "s1", "s2"];

type Step =
  | { readonly do: "raise" | "begin"; readonly session: string | null; readonly cause: string }
  | { readonly do: "end"; readonly session: string | null; readonly cause: string }
  | { readonly do: "acknowledge"; readonly index: number }
  | { readonly do: "all" };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    do: fc.constantFrom("raise" as const, "begin" as const, "end" as const),
    session: fc.constantFrom(...SESSIONS),
    cause: fc.constantFrom(...CAUSES),
  }),
  fc.record({ do: fc.constant("acknowledge" as const), index: fc.nat(8) }),
  fc.constant({ do: "all" as const }),
);

interface Modelled {
  readonly session: string | null;
  readonly cause: string;
  times: number;
  over: boolean;
  seen: boolean;
}

/** The rule in its plainest form: a list that is searched from its end. */
function model(steps: readonly Step[]): Modelled[] {
  const list: Modelled[] = [];
  for (const one of steps) {
    if (one.do === "all") for (const alert of list) alert.seen = true;
    else if (one.do === "acknowledge") {
      const alert = list[one.index];
      if (alert !== undefined) alert.seen = true;
    } else {
      const { session, cause } = one;
      const last = list.findLast((alert) => alert.session === session && alert.cause === cause && !alert.over);
      if (one.do === "end") {
        if (last !== undefined) last.over = true;
      } else if (last === undefined) list.push({ session, cause, times: 1, over: false, seen: false });
      else if (one.do === "raise" && !last.seen) last.times += 1;
      else if (one.do === "raise") {
        last.over = true;
        list.push({ session, cause, times: 1, over: false, seen: false });
      }
    }
  }
  return list;
}

const alertOf = (cause: string) => ({ cause, severity: "warning" as const, text: cause, at: 5, view: "log" });

function bookOf(earlier: readonly Alert[] = []): { readonly book: AlertBook; readonly kept: Map<string, Alert> } {
  const kept = new Map(earlier.map((alert) => [alert.id, alert]));
  const keep = (changed: readonly Alert[]): void => {
    for (const alert of changed) kept.set(alert.id, alert);
  };
  return { book: new AlertBook({ earlier, keep, wallMs: () => 1 }), kept };
}

function run(book: AlertBook, steps: readonly Step[]): void {
  for (const one of steps) {
    if (one.do === "all") book.acknowledgeAll("o");
    else if (one.do === "acknowledge") book.acknowledge(`alert-${one.index + 1}`, "o");
    else if (one.do === "end") book.endCause(one.session, one.cause, 9);
    else book[one.do](one.session, alertOf(one.cause));
  }
}

const shown = (alerts: Iterable<Alert>): Modelled[] =>
  [...alerts].map(({ session, cause, times, endedAt, acknowledged }) => ({
    session,
    cause,
    times,
    over: endedAt !== null,
    seen: acknowledged !== null,
  }));

describe("the alert book", () => {
  it("does what the model does, and a later start finds what was kept and continues from it", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), fc.nat(40), (steps, cut) => {
        const first = bookOf();
        run(first.book, steps.slice(0, cut));
        const second = bookOf([...first.kept.values()]);
        run(second.book, steps.slice(cut));
        const expected = model(steps);
        expect(shown(second.kept.values())).toEqual(expected);
        const view = second.book.view();
        expect(view.waiting).toBe(expected.filter(({ seen }) => !seen).length);
        expect(view.warning).toBe(expected.filter(({ seen, over }) => !seen && !over).length);
        expect(view.total).toBe(expected.length);
        expect(view.worst === null).toBe(view.warning === 0);
        expect(second.book.view()).toBe(view);
      }),
      { seed: 16, numRuns: 300 },
    );
  });

  it("shows the newest of the critical ones as the worst", () => {
    const { book } = bookOf();
    for (const [cause, severity] of [
      ["a", "critical"],
      ["b", "critical"],
      ["c", "warning"],
    ] as const)
      book.raise("s", { ...alertOf(cause), severity });
    expect(book.view().worst?.cause).toBe("b");
  });

  it("names the first who acknowledges, and the owner that was there before", () => {
    const { book } = bookOf();
    book.raise("s", alertOf("a"));
    book.assign("alert-1", "desk-2");
    expect(book.acknowledge("alert-1", "desk-1")).toBe(true);
    expect(book.acknowledge("alert-1", "desk-3")).toBe(false);
    expect(book.view().rows["alert-1"]).toMatchObject({ owner: "desk-2", acknowledged: { operator: "desk-1" } });
  });

  it("holds ten thousand, streams the newest that wait, and pages the rest", () => {
    const { book } = bookOf();
    for (let index = 0; index < ALERTS_MAX; index += 1) book.raise("s", alertOf(`cause-${index}`));
    expect(book.view()).toMatchObject({ total: ALERTS_MAX, waiting: ALERTS_MAX });
    const rows = Object.keys(book.view().rows);
    expect(rows).toHaveLength(ALERT_ROWS_MAX);
    expect(rows.at(-1)).toBe(`alert-${ALERTS_MAX}`);
    const { alerts, more } = book.page(rows[0] ?? null, 50);
    expect(alerts.map(({ id }) => id)).toEqual(
      Array.from({ length: 50 }, (_, index) => `alert-${ALERTS_MAX - ALERT_ROWS_MAX - index}`),
    );
    expect(more).toBe(true);
    expect(book.acknowledgeAll("o")).toBe(ALERTS_MAX);
    expect(book.view().waiting).toBe(0);
  });

  it("makes room by what is over and acknowledged, then by what is acknowledged, before the oldest", () => {
    const { book } = bookOf();
    for (let index = 1; index <= ALERTS_MAX; index += 1) book.raise("s", alertOf(`cause-${index}`));
    book.endCause("s", "cause-9000", 9);
    book.acknowledge("alert-9000", "o");
    book.acknowledge("alert-9001", "o");
    book.raise("s", alertOf("one more"));
    expect(["alert-9000", "alert-9001", "alert-1"].map((id) => book.has(id))).toEqual([false, false, false]);
    expect(book.has(`alert-${ALERTS_MAX}`)).toBe(true);
    expect(book.view().total).toBe(ALERTS_MAX * 0.9);
  });
});
