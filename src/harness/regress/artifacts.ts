/**
 * What a run leaves behind, as files: the live session's own, and what a regression adds in Logos' names.
 *
 * 1. `router_state.json`, `orchestrator_metrics.jsonl`, `artifacts/equity_curve.csv`, `artifacts/orders.csv` and
 *    `artifacts/fills.csv` are the session's files, byte for byte.
 * 2. `session.md` is the session's too, without the rows about the process: versions, wall times, journal length.
 * 3. `snapshot.json` is the end of the run: account, positions, books, router, strategies, drift, and what became of the script.
 * 4. `provenance.json` names what the run was made of. Its `run_id`, `generated_at` and `versions` are the run's own and
 *    never compared.
 */
import { copyFileSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { moneyOfDesk } from "../../live/instruments/index.ts";
import { formatDuration, formatMoment } from "../../shared/time.ts";
import { identityOf } from "../../live/feed/factory.ts";
import { JOURNAL_SCHEMA, nodeFileSystem, readJournal, storedDesk, writeTextAtomic } from "../../store/index.ts";
import type { Driven } from "./drive.ts";
import { journalEvents, type EventLog } from "./events.ts";
import type { Fixture } from "./fixture.ts";
import { MEASURED_KINDS, measure, type RunMetrics } from "./metrics.ts";

/** Every file that is compared, in the order of the report. */
export const ARTIFACTS = [
  "snapshot.json",
  "artifacts/metrics.json",
  "artifacts/equity_curve.csv",
  "artifacts/orders.csv",
  "artifacts/fills.csv",
  "provenance.json",
  "session.md",
  "orchestrator_metrics.jsonl",
  "router_state.json",
] as const;
export type ArtifactName = (typeof ARTIFACTS)[number];

const COPIED: readonly (readonly [ArtifactName, string])[] = [
  ["artifacts/equity_curve.csv", "equity_curve.csv"],
  ["artifacts/orders.csv", "orders.csv"],
  ["artifacts/fills.csv", "fills.csv"],
  ["orchestrator_metrics.jsonl", "orchestrator_metrics.jsonl"],
  ["router_state.json", "router_state.json"],
];

/** Rows of `session.md` that describe the process and not the run. */
const VOLATILE_ROWS = /^\| (?:logos-console|node|Started, stopped \(wall\)|Journal) \|.*\n/gm;

/** A finished run: its files in one folder, and its events. */
export interface RunResult {
  readonly folder: string;
  readonly events: EventLog;
  readonly metrics: RunMetrics;
}

export interface RunFacts {
  readonly version: string;
  /** Now, for `generated_at`; null where nothing shall depend on it. */
  readonly wallMs: number;
}

function snapshotOf({ probe, outcomes, summary }: Driven): Record<string, unknown> {
  const { accepted, rejected, replays, conflicts, rejections, inflight, nextOrderId, halted, orders } = probe.router;
  return {
    at: formatMoment(probe.now),
    account: probe.account,
    positions: probe.positions,
    books: probe.books,
    router: {
      halted,
      next_order: nextOrderId,
      accepted,
      rejected,
      replays,
      conflicts,
      rejections,
      inflight,
      orders: orders.map(({ venueId: _venueId, ...order }) => order),
    },
    strategies: probe.strategies.map(
      ({ name, state, executions, overruns, skips, failures, orders: asked, fills, rejections: refused, nextRun }) => ({
        name,
        state,
        executions,
        overruns,
        skips,
        failures,
        orders: asked,
        fills,
        rejections: refused,
        next_run: nextRun,
      }),
    ),
    halts: summary.halts.map(({ source, code, at }) => ({ source, code, at: formatMoment(at) })),
    drift: probe.drift.map(({ item, drift, review }) => ({ item, drift, review: review?.action ?? null })),
    script: outcomes,
  };
}

function provenanceOf(fixture: Fixture, driven: Driven, facts: RunFacts): Record<string, unknown> {
  const { name, desk, start, length, inputs } = fixture;
  return {
    fixture: name,
    desk: desk.name,
    seed: desk.seed,
    from: formatMoment(start),
    length: formatDuration(length),
    journal_schema: JOURNAL_SCHEMA,
    feed: identityOf(driven.probe.feed.sources),
    inputs: Object.fromEntries(inputs.map((input) => [input.name, input.sha256])),
    run_id: driven.files.id,
    generated_at: new Date(facts.wallMs).toISOString(),
    versions: { "logos-console": facts.version, node: process.versions.node },
  };
}

function metricsOf(fixture: Fixture, driven: Driven): RunMetrics {
  const journal = readJournal(driven.files.journal);
  try {
    const entries = journal.read(1, MEASURED_KINDS);
    // The journal's desk is complete: it has the instruments that were settled by the data.
    const [created] = journal.read(1, ["session"]);
    const desk =
      created?.kind === "session" && created.event === "created"
        ? storedDesk(created.detail["desk"], driven.files.journal)
        : fixture.desk;
    const { cash } = fixture.desk.broker;
    return measure(entries, { start: fixture.start, end: driven.summary.stoppedAt, cash, money: moneyOfDesk(desk) });
  } finally {
    journal.close();
  }
}

/** Writes a run's artifacts into `folder`. Throws `io`. */
export function writeArtifacts(fixture: Fixture, driven: Driven, folder: string, facts: RunFacts): RunResult {
  mkdirSync(join(folder, "artifacts"), { recursive: true });
  for (const [name, file] of COPIED) copyFileSync(join(driven.files.folder, file), join(folder, name));
  const metrics = metricsOf(fixture, driven);
  const json = (name: ArtifactName, value: unknown): void =>
    writeTextAtomic(nodeFileSystem, join(folder, name), `${JSON.stringify(value, null, 2)}\n`);
  json("snapshot.json", snapshotOf(driven));
  json("artifacts/metrics.json", metrics);
  json("provenance.json", provenanceOf(fixture, driven, facts));
  const report = readFileSync(driven.files.report, "utf8").replaceAll(VOLATILE_ROWS, "");
  writeTextAtomic(nodeFileSystem, join(folder, "session.md"), report);
  return { folder, events: journalEvents(driven.files.journal, driven.files.id), metrics };
}
