/**
 * The router's model: any sequence of submits, acknowledgements, fills, partial fills, duplicates, cancels, orders sent again after a
 * timeout, crashes, restores and clocks set back, beside a small naive router.
 *
 * Fault model. Reports come for orders that are, were and never were, in any order, twice, and with other figures under one id; an order
 * that got no answer is sent again by its key; moments step back; a restore reads the saved state from memory, a copy, a value or a
 * text; a crash falls back to the last saved state and gets the calls since then again. What cannot happen here: a saved state that is
 * broken, which is the trial of hostile snapshots, and a journal that lacks an entry, which is the disk's.
 *
 * 1. A case is one sequence of up to seventy calls. After each call everything that can be asked of the router is compared.
 * 2. Cases are drawn in batches, each from a seed of its own, so that a case that fails is repeated by its batch.
 */
import fc from "fast-check";
import { createStream } from "../../src/orchestrator/index.ts";
import { limitsOf, runModel, type Lost } from "../orchestrator/model/router-model.ts";
import { ops, type Op } from "../orchestrator/model/router-ops.ts";
import { BROKEN_MAX, type Trial } from "./trial.ts";

const BATCH = 500;
/** From so many cases on each kind of call has to have come up. */
const ALL_KINDS_CASES = 100;

const KINDS = [
  "submits",
  "accepted",
  "sent again",
  "clock set back",
  "fills",
  "partial fills",
  "reports of an execution",
  "cancels",
  "crashes",
  "restores",
  "halts",
  "resumes",
] as const;
type Counts = Record<(typeof KINDS)[number], number>;

function count(counts: Counts, calls: readonly Op[]): void {
  for (const op of calls) {
    if (op.kind === "submit") {
      counts.submits += 1;
      if (op.by < 0) counts["clock set back"] += 1;
    } else if (op.kind === "crash") counts.crashes += 1;
    else if (op.kind === "restore") counts.restores += 1;
    else if (op.kind === "halt") counts.halts += 1;
    else if (op.kind === "reconcile")
      for (const { status, fillId } of op.reports) {
        const word = status.toLowerCase();
        if (word === "filled") counts.fills += 1;
        if (word === "partially_filled") counts["partial fills"] += 1;
        if (word === "canceled") counts.cancels += 1;
        if (typeof fillId === "string") counts["reports of an execution"] += 1;
      }
  }
}

/** Runs one batch; answers what did not hold, or null. */
function batch(cases: number, seed: number, counts: Counts, lost?: Lost): string | null {
  const one = fc.property(limitsOf(), ops(), (limits, calls) => {
    const naive = runModel(limits, calls, lost);
    count(counts, calls);
    counts.accepted += naive.counts["accepted"] ?? 0;
    counts["sent again"] += naive.counts["replays"] ?? 0;
    counts.resumes += naive.resumes;
  });
  const { failed, counterexample, errorInstance, counterexamplePath } = fc.check(one, { numRuns: cases, seed });
  if (!failed) return null;
  const [limits, calls] = counterexample ?? [];
  const said = errorInstance instanceof Error ? errorInstance.message.split("\n").slice(0, 12).join(" ") : "";
  return `seed ${seed}, path ${counterexamplePath ?? ""}: ${said}; ${JSON.stringify(limits)}, ${JSON.stringify(calls)}`;
}

const noCounts = (): Counts => Object.fromEntries(KINDS.map((kind) => [kind, 0])) as Counts;

export const routerModel: Trial = {
  name: "router model",
  holds: "after any calls, crashes and restores the router is what a small naive one is, and its keys decide the same",
  short: 200,
  long: 100_000,
  run: async (cases, seed, progress) => {
    const broken: string[] = [];
    const counts = noCounts();
    for (let done = 0; done < cases; done += BATCH) {
      const stream = createStream(seed, `router model:${done / BATCH}`);
      for (let number = 0; number < 16; number++) stream.next();
      const runs = Math.min(BATCH, cases - done);
      const wrong = batch(runs, Math.floor(stream.next() * 2 ** 31), counts);
      if (wrong !== null && broken.length < BROKEN_MAX) broken.push(`batch ${done / BATCH} of seed ${seed}: ${wrong}`);
      progress(done + runs);
    }
    const never = cases < ALL_KINDS_CASES ? [] : KINDS.filter((kind) => counts[kind] === 0);
    return { cases, counts, broken: [...broken, ...never.map((kind) => `${cases} cases went by without ${kind}`)] };
  },
  // A restore that forgets the newest key, and a crash after which the last call is lost.
  canary: async () => {
    const losses: readonly Lost[] = [
      {
        ofState: (snapshot) => {
          const keys = snapshot.keys.slice(0, -1);
          const idempotency = Object.fromEntries(
            keys.map(({ key }) => [key, snapshot.idempotency[key]] as const),
          ) as typeof snapshot.idempotency;
          return { ...snapshot, keys, idempotency };
        },
        ofCalls: (calls) => calls,
      },
      { ofState: (snapshot) => snapshot, ofCalls: (calls) => calls.slice(0, -1) },
    ];
    return losses.every((lost) => batch(100, 1, noCounts(), lost) !== null);
  },
};
