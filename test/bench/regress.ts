/**
 * What it costs to find the first event in which two runs differ.
 *
 * 1. Two journals of a million events that are equal up to the last one, which is the worst place for a difference.
 * 2. The journals lie in memory: what is measured is reading, comparing, and going back for what led there.
 */
import { copyFileSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { firstDifference } from "../../src/harness/regress/index.ts";
import { journalEvents } from "../../src/harness/regress/events.ts";
import { openJournal, type EntryBody } from "../../src/store/index.ts";
import { inFolder } from "./place.ts";
import { median, sized } from "./row.ts";
import type { BenchRow } from "./row.ts";
import { orderOf, START } from "./store.ts";

const EVENTS = sized(1_000_000, 4_000);
const TARGET_S = 2;

/** The run that led to an order. */
function runOf(run: number): EntryBody[] {
  const strategy = `strategy-${run % 24}`;
  const message = "The fast mean is above the slow one.";
  const figures = { started: START, runtime: 200_000, orders: 1, skips: 0, nextRun: START, bar: START } as const;
  return [
    { kind: "run_started", strategy, run, planned: START, due: START },
    { kind: "run_finished", strategy, run, outcome: "ok", message, ...figures } as EntryBody,
  ];
}

export async function regressBenchmarks(): Promise<BenchRow[]> {
  return inFolder((folder) => {
    const [one, other] = [join(folder, "one", "journal.db"), join(folder, "other", "journal.db")];
    for (const path of [one, other]) mkdirSync(dirname(path));
    const journal = openJournal(one);
    try {
      for (let number = 1; 4 * number < EVENTS; number += 1) {
        for (const body of [...runOf(number), ...orderOf(number)]) journal.append(body, START);
        if (number % 1_000 === 0) journal.commit();
      }
      journal.commit();
    } finally {
      journal.close();
    }
    copyFileSync(one, other);
    for (const [path, number] of [
      [one, EVENTS],
      [other, EVENTS + 1],
    ] as const) {
      const last = openJournal(path, { withoutHead: true });
      for (const body of [...runOf(EVENTS), ...orderOf(number)]) last.append(body, START);
      last.commit();
      last.close();
    }
    const times = Array.from({ length: 3 }, () => {
      const started = performance.now();
      const found = firstDifference(journalEvents(one, "bench"), journalEvents(other, "bench"));
      if (found === null || found.index < EVENTS - 4) throw new Error("It found another difference.");
      return (performance.now() - started) / 1_000;
    });
    const name = "first difference, at the end of a million events";
    return Promise.resolve([
      { name, n: EVENTS, value: median(times), unit: "s", target: TARGET_S, better: "lower" } as const,
    ]);
  }, "memory");
}
