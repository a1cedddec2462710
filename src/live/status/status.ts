/**
 * `status`: what a session does, read from its folder alone.
 *
 * 1. Reads only: no lock, no write, nothing that a running session could feel.
 * 2. What cannot be read is absent; a figure is never made up.
 * 3. What the session does and began with comes from the journal, which is there before every other file.
 * 4. Counts of orders and of failed runs are those that the running session has, repeated from its checkpoint.
 * 5. Positions are the journal's booked fills, adoptions and corporate actions, added up exactly.
 * 6. A journal that is behind its head, belongs to another session, or cannot be read is a failure, and the reason says so.
 */
import { closeSync, fstatSync, openSync, readSync, statSync } from "node:fs";
import { join } from "node:path";
import { decimal, plain, type Decimal } from "../../shared/decimal.ts";
import { scopeText, type Scope } from "../../shared/scope.ts";
import { formatMoment } from "../../shared/time.ts";
import {
  findSession,
  lockHolder,
  nodeFileSystem,
  readJournal,
  readRecord,
  readText,
  sessionFilesAt,
  strangerIn,
  type JournalReader,
  type SessionFiles,
  type SessionRecord,
  type Workspace,
} from "../../store/index.ts";
import { CodedError } from "../../shared/errors.ts";
import type { Troubles } from "../../shared/trouble.ts";
import { bySymbol } from "../books/index.ts";
import { holdingsOf } from "./holdings.ts";
import { Switches, type HaltedScope } from "../session/state/switches.ts";
import { readModelOf } from "../session/recovery/journal-model.ts";
import { countsOf } from "../session/snapshots/summary.ts";

export type StatusHealth = "healthy" | "halted" | "stale" | "offline" | "failed" | "stopped";

export interface SessionStatus {
  readonly id: string;
  readonly folder: string;
  readonly health: StatusHealth;
  /** Why it is not healthy, in a sentence; null when it is. */
  readonly reason: string | null;
  readonly state: string;
  /** A light run: it keeps no journal, so what only a journal has is absent, and counts are those of its record. */
  readonly light: boolean;
  /** The process that has it open. */
  readonly pid: number | null;
  readonly desk: string | null;
  readonly seed: string | null;
  readonly sessionTime: string | null;
  readonly equity: string | null;
  readonly pnl: string | null;
  readonly drawdown: string | null;
  readonly positions: Readonly<Record<string, string>>;
  readonly lastSignal: { readonly at: string; readonly strategy: string; readonly text: string } | null;
  /** Strategies and groups that are halted by themselves, the earliest first. */
  readonly haltedScopes: readonly {
    readonly kind: Scope["kind"];
    readonly name: string;
    readonly since: string;
    readonly message: string;
    readonly operator: string | null;
    readonly note: string | null;
  }[];
  /** What became of orders, by count and cause; null where the journal does not say. */
  readonly orders: {
    readonly accepted: number;
    /** How many of the accepted the broker refused. */
    readonly refused: number;
    readonly fills: number;
    /** By cause, the broker's included. */
    readonly rejections: Readonly<Record<string, number>>;
  } | null;
  /** Strategies in trouble, now or before; null where the journal does not say. */
  readonly troubles: Troubles | null;
  readonly openDrift: number;
  readonly latencyP95Ms: number | null;
  readonly skipRate: number | null;
  readonly queueDepthMax: number | null;
  readonly samples: number | null;
  /** Real seconds since the session last wrote something. */
  readonly writtenSecondsAgo: number | null;
}

/** A running session that has written nothing for longer is stale; a quiet market's files rest for a while. */
export const STALE_SECONDS = 30;
/** The end of a metrics file that is read for its last line. */
const TAIL_BYTES = 64_000;

/** The session's status by its id; `latest` names the newest. Throws `no_session`. */
export function readStatus(workspace: Workspace, id: string): SessionStatus {
  return statusOf(findSession(workspace, id));
}

/** The status of the session in a folder. Throws `no_session` where there is none. */
export function statusOf(place: SessionFiles | string): SessionStatus {
  const files = typeof place === "string" ? sessionFilesAt(place) : place;
  const record = recordOf(files);
  const { journal, problem } = journalOf(files);
  if (record === null && journal === null)
    throw new CodedError(
      "no_session",
      `${files.folder} is no session: it has neither a session.json nor a journal.db that can be read.`,
    );
  try {
    return compose(files, record, journal, problem ?? strangerIn(record, journal, files));
  } finally {
    journal?.close();
  }
}

function recordOf(files: SessionFiles): SessionRecord | null {
  try {
    return readRecord(nodeFileSystem, files.record);
  } catch {
    return null;
  }
}

function journalOf(files: SessionFiles): { readonly journal: JournalReader | null; readonly problem: string | null } {
  try {
    const journal = readJournal(files.journal);
    return { journal, problem: journal.headProblem() };
  } catch (error) {
    const there = nodeFileSystem.exists(files.journal);
    return { journal: null, problem: there ? (error instanceof Error ? error.message : String(error)) : null };
  }
}

/** `problem`: why the journal cannot be trusted; null where nothing is known against it. */
function compose(
  files: SessionFiles,
  record: SessionRecord | null,
  journal: JournalReader | null,
  problem: string | null,
): SessionStatus {
  const writer = lockHolder(nodeFileSystem, files.folder);
  const equity = journal?.lastOf("equity") ?? null;
  const order = journal?.lastOf("order") ?? null;
  const last = journal === null || journal.position === 0 ? null : [...journal.read(journal.position)][0];
  const line = lastMetrics(files);
  const light = journal === null && record?.light === true;
  const written = writtenSecondsAgo(light ? LIGHT_FILES.map((name) => join(files.folder, name)) : journalFiles(files));
  const halts = journal === null ? haltsOf(record) : openHalts(journal);
  const scopes = haltedScopes(journal);
  const state = stateOf(journal, writer !== null, record, halts.length > 0);
  const health = problem !== null ? "failed" : healthOf(state, writer !== null, [...halts, ...scopes], written);
  const number = (key: string): number | null => (typeof line?.[key] === "number" ? line[key] : null);
  const p95 = number("p95_latency_s");
  const value = equity?.kind === "equity" ? equity : null;
  const start = record?.equityStart ?? firstEquity(journal);
  return {
    id: files.id,
    folder: files.folder,
    health,
    reason: problem ?? reasonOf(health, halts, scopes, written, light),
    state,
    light,
    pid: writer === null || writer === "unknown" ? null : writer.pid,
    desk: record?.desk ?? null,
    seed: record?.seed ?? null,
    sessionTime: last === null || last === undefined ? null : formatMoment(last.at),
    equity: value?.equity ?? record?.equityEnd ?? null,
    pnl: value === null || start === null ? (record?.pnl ?? null) : plain(decimal(value.equity).minus(start)),
    drawdown: value?.drawdown ?? null,
    positions: light ? lightPositions(files) : positionsOf(journal),
    lastSignal:
      order?.kind === "order"
        ? { at: formatMoment(order.at), strategy: order.strategy, text: order.because.text }
        : null,
    ...(light && record !== null ? countsOfRecord(record) : countsIn(journal, files)),
    haltedScopes: scopes.map(({ scope, at, message, operator, note }) => ({
      ...scope,
      since: formatMoment(at),
      message,
      operator,
      note,
    })),
    openDrift: openDriftOf(journal) ?? record?.driftOpen ?? 0,
    latencyP95Ms: p95 === null ? null : Math.round(p95 * 1e6) / 1e3,
    skipRate: number("skip_rate"),
    queueDepthMax: number("queue_depth_max"),
    samples: number("ticks"),
    writtenSecondsAgo: written,
  };
}

function countsIn(journal: JournalReader | null, files: SessionFiles): Pick<SessionStatus, "orders" | "troubles"> {
  const model = journal === null ? null : readModelOf(journal, files);
  if (model === null) return { orders: null, troubles: null };
  const { orders: accepted, fills, refused, rejections, troubles } = countsOf(model);
  return { orders: { accepted, refused, fills, rejections }, troubles };
}

/** What the record of a light run counts; it is written when the run starts, at each halt and resume, and when it ends. */
function countsOfRecord(record: SessionRecord): Pick<SessionStatus, "orders" | "troubles"> {
  const { orders: accepted, fills, refused, rejections, troubles } = record;
  return { orders: { accepted, refused, fills, rejections }, troubles };
}

/** The halt that the record of a halted session names last. */
function haltsOf(record: SessionRecord | null): { readonly code: string; readonly message: string }[] {
  return record?.state === "halted" ? record.halts.slice(-1) : [];
}

/** The codes of the halts since the last resume. */
function openHalts(journal: JournalReader | null): { readonly code: string; readonly message: string }[] {
  if (journal === null) return [];
  const resumed = journal.lastOf("resume")?.seq ?? 0;
  const halts = [];
  for (const entry of journal.read(resumed + 1, ["halt"]))
    if (entry.kind === "halt") {
      const note = entry.note === null || entry.note === "" ? "" : ` Note: ${entry.note}`;
      halts.push({ code: entry.code, message: `${entry.message}${note}` });
    }
  return halts;
}

/** The strategies and groups that are halted by themselves. */
function haltedScopes(journal: JournalReader | null): readonly HaltedScope[] {
  const switches = new Switches();
  for (const entry of journal?.read(1, ["switch"]) ?? []) if (entry.kind === "switch") switches.apply(entry);
  return switches.state();
}

/** The equity that the session began with, as its journal says it. */
function firstEquity(journal: JournalReader | null): string | null {
  for (const entry of journal?.read(1, ["equity"]) ?? []) if (entry.kind === "equity") return entry.equity;
  return null;
}

/**
 * What the session does now. The journal says it; the record is written less often, and counts only where there is no journal.
 * Without a process a session has stopped, has failed, or was interrupted.
 */
function stateOf(
  journal: JournalReader | null,
  running: boolean,
  record: SessionRecord | null,
  halted: boolean,
): string {
  let state = record?.state ?? "unknown";
  for (const entry of journal?.read(1, ["session"]) ?? [])
    if (entry.kind === "session" && entry.event !== "speed" && entry.event !== "noted")
      state = STATE_AFTER[entry.event];
  if (!running) return state === "stopped" || state === "failed" ? state : "interrupted";
  return halted && state === "running" ? "halted" : state;
}

const STATE_AFTER = {
  created: "ready",
  recovered: "ready",
  started: "running",
  paused: "paused",
  continued: "running",
  stopped: "stopped",
  failed: "failed",
} as const;

function healthOf(state: string, running: boolean, halts: readonly unknown[], written: number | null): StatusHealth {
  if (state === "failed") return "failed";
  if (halts.length > 0) return "halted";
  if (!running) return state === "stopped" ? "stopped" : "offline";
  return state !== "paused" && written !== null && written > STALE_SECONDS ? "stale" : "healthy";
}

function reasonOf(
  health: StatusHealth,
  halts: readonly { readonly message: string }[],
  scopes: readonly HaltedScope[],
  written: number | null,
  light: boolean,
): string | null {
  if (health === "halted")
    return halts.at(-1)?.message ?? `In part: ${scopes.map(({ scope }) => scopeText(scope)).join(", ")}.`;
  if (health === "stale") return `It has written nothing for ${Math.round(written ?? 0)} s.`;
  if (health === "offline")
    return light
      ? "No process runs it and it did not stop in order. It is a light run without a journal, so it cannot be resumed."
      : "No process runs it and it did not stop in order. Reopen it: it resumes from its journal.";
  if (health === "failed") return "It failed; session.md says why.";
  return null;
}

/** The files that a light run writes while it runs. */
const LIGHT_FILES = ["orders.csv", "fills.csv", "equity_curve.csv", "orchestrator_metrics.jsonl"] as const;

const journalFiles = (files: SessionFiles): readonly string[] => [
  `${files.journal}-wal`,
  files.journal,
  join(files.folder, "journal.head"),
];

function writtenSecondsAgo(paths: readonly string[]): number | null {
  const times = paths
    .map((path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs)
    .filter((time) => time !== undefined);
  return times.length === 0 ? null : Math.max(0, (Date.now() - Math.max(...times)) / 1_000);
}

/** The end of a file, however long it is. */
function tailOf(path: string): string {
  const descriptor = openSync(path, "r");
  try {
    const size = fstatSync(descriptor).size;
    const bytes = new Uint8Array(Math.min(size, TAIL_BYTES));
    const read = readSync(descriptor, bytes, 0, bytes.length, size - bytes.length);
    return new TextDecoder().decode(bytes.subarray(0, read));
  } finally {
    closeSync(descriptor);
  }
}

/** The last whole line of `orchestrator_metrics.jsonl`, or null. One without its end is being written, or was torn. */
function lastMetrics(files: SessionFiles): Readonly<Record<string, unknown>> | null {
  try {
    const lines = tailOf(join(files.folder, "orchestrator_metrics.jsonl")).split("\n");
    return JSON.parse(lines.at(-2) ?? "") as Record<string, unknown>;
  } catch {
    return null;
  }
}

/** Drift items without a review; the record is written less often than the journal, and counts only where there is none. */
function openDriftOf(journal: JournalReader | null): number | null {
  if (journal === null) return null;
  const open = new Set<string>();
  for (const entry of journal.read(1, ["drift", "review"]))
    if (entry.kind === "drift") open.add(entry.item);
    else if (entry.kind === "review") open.delete(entry.item);
  return open.size;
}

/** Bytes of `fills.csv` that are added up at most; of a longer file nothing is reported. */
const FILLS_BYTES_MAX = 256_000_000;

/** The positions of a light run: its booked fills, added up exactly. */
function lightPositions({ folder }: SessionFiles): Record<string, string> {
  const held = new Map<string, Decimal>();
  let text: string;
  try {
    text = readText(nodeFileSystem, join(folder, "fills.csv"), FILLS_BYTES_MAX);
  } catch {
    return {};
  }
  const [header = "", ...lines] = text.split("\n");
  const columns = header.split(",");
  const [symbolAt, sideAt, quantityAt] = ["symbol", "side", "quantity"].map((name) => columns.indexOf(name));
  // A line that is being written has no end yet.
  for (const line of lines.slice(0, -1)) {
    const cells = line.split(",");
    const [symbol = "", side, quantity = ""] = [cells[symbolAt ?? -1], cells[sideAt ?? -1], cells[quantityAt ?? -1]];
    if (!line.endsWith(",booked") || !/^[\d.]+$/.test(quantity)) continue;
    held.set(symbol, (held.get(symbol) ?? decimal(0)).plus(side === "sell" ? `-${quantity}` : quantity));
  }
  return Object.fromEntries(
    [...held].filter(([, quantity]) => !quantity.isZero()).map(([symbol, quantity]) => [symbol, plain(quantity)]),
  );
}

function positionsOf(journal: JournalReader | null): Record<string, string> {
  if (journal === null) return {};
  const { holdings } = holdingsOf(journal);
  return Object.fromEntries([...bySymbol(holdings.rows())].map(([symbol, quantity]) => [symbol, plain(quantity)]));
}
