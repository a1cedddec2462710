/**
 * The files that grow with a session: orders, fills, equity and metrics, as projections of its journal.
 *
 * 1. Each is a function of the committed entries and nothing else: two equal journals give the same bytes.
 * 2. A start makes them equal to the journal, so a torn or missing file is whole again. What a checkpoint knows to be on disk stays
 *    as it is: the file is cut there and continued with the entries since; a file that is shorter is rebuilt.
 * 3. They contain no wall time, session id or path.
 * 4. A file of entries that the journal drops can be made shorter: then it holds what the journal still holds. It gets shorter than the
 *    newest checkpoint says, so that a start which finds it without a newer checkpoint rebuilds it.
 * 5. The journal's first entry names the format of the files. A session from before that keeps the columns and cells it began with.
 */
import { join } from "node:path";
import { csvLine, type CsvCell } from "../../shared/csv.ts";
import type { FileSystem } from "../../shared/ports.ts";
import { formatMoment } from "../../shared/time.ts";
import { ioError, readText } from "../files/atomic.ts";
import { LineLog } from "../files/line-log.ts";
import type { EntryKind, JournalEntry, OrderEntry } from "../journal/entries.ts";
import { DROPPED_KINDS } from "../journal/compaction.ts";
import type { JournalReader } from "../journal/journal.ts";

/** The format of the files of a session that begins now; its first entry keeps it. Format 1 has no terms beside type and limit. */
export const ARTIFACTS_FORMAT = 2;

interface Artifact {
  readonly file: string;
  readonly kind: EntryKind;
  readonly header: string;
  /** The entry's line, or null when it has none. */
  readonly line: (entry: JournalEntry) => string | null;
}

const side = (quantity: number | string): string => (Number(quantity) < 0 ? "sell" : "buy");
const size = (quantity: number | string): string => String(quantity).replace(/^-/, "");

const ORDER_COLUMNS = [
  "dt",
  "order_id",
  "client_order_id",
  "strategy",
  "symbol",
  "side",
  "quantity",
  "price",
  "type",
  "limit_price",
  "accepted",
  "reason",
  "value",
  "limit",
  "because",
];
const TERM_COLUMNS = [
  "stop_price",
  "trail",
  "time_in_force",
  "expires_at",
  "post_only",
  "reduce_only",
  "parent_id",
  "oco",
  "basket",
];
const FILL_COLUMNS = [
  "dt",
  "fill_id",
  "order_id",
  "strategy",
  "symbol",
  "side",
  "quantity",
  "price",
  "fee",
  "realized",
  "verdict",
];
const EQUITY_COLUMNS = ["dt", "equity", "cash", "realized", "unrealized", "fees", "gross", "drawdown"];

function orderLine(format: number, entry: JournalEntry): string | null {
  // A replay is no new order; its first decision has its line.
  if (entry.kind !== "order" || entry.replay) return null;
  const plainType = entry.limitPrice === null ? "market" : "limit";
  return csvLine([
    formatMoment(entry.at),
    entry.orderId,
    entry.clientOrderId,
    entry.strategy,
    entry.symbol,
    side(entry.quantity),
    format < 2 ? size(entry.quantity) : Math.abs(entry.quantity),
    entry.price,
    format < 2 ? plainType : (entry.type ?? plainType),
    entry.limitPrice,
    entry.accepted,
    entry.reason,
    entry.value,
    entry.limit,
    entry.because.text,
    ...(format < 2 ? [] : termCells(entry)),
  ]);
}

function termCells(entry: OrderEntry): CsvCell[] {
  const { stopPrice, trail, timeInForce, expiresAt, postOnly, reduceOnly, parent, oco, basket } = entry;
  const behind = trail === undefined ? null : "amount" in trail ? trail.amount : `${trail.percent} %`;
  const ends = expiresAt === undefined ? null : formatMoment(expiresAt);
  const flags = [postOnly === true, reduceOnly === true];
  return [stopPrice ?? null, behind, timeInForce ?? "gtc", ends, ...flags, parent ?? null, oco ?? null, basket ?? null];
}

function fillLine(entry: JournalEntry): string | null {
  if (entry.kind !== "fill") return null;
  return csvLine([
    formatMoment(entry.filledAt),
    entry.fillId,
    entry.orderId,
    entry.strategy,
    entry.symbol,
    side(entry.quantity),
    size(entry.quantity),
    entry.price,
    entry.fee,
    entry.realized,
    entry.verdict,
  ]);
}

function equityLine(entry: JournalEntry): string | null {
  if (entry.kind !== "equity") return null;
  const { equity, cash, realized, unrealized, fees, gross, drawdown } = entry;
  return csvLine([formatMoment(entry.at), equity, cash, realized, unrealized, fees, gross, drawdown]);
}

const artifactsOf = (format: number): readonly Artifact[] => [
  {
    file: "orders.csv",
    kind: "order",
    header: csvLine(format < 2 ? ORDER_COLUMNS : [...ORDER_COLUMNS, ...TERM_COLUMNS]),
    line: (entry) => orderLine(format, entry),
  },
  { file: "fills.csv", kind: "fill", header: csvLine(FILL_COLUMNS), line: fillLine },
  { file: "equity_curve.csv", kind: "equity", header: csvLine(EQUITY_COLUMNS), line: equityLine },
  {
    file: "orchestrator_metrics.jsonl",
    kind: "metrics",
    header: "",
    line: (entry) => (entry.kind === "metrics" ? `${JSON.stringify(entry.line)}\n` : null),
  },
];

const ARTIFACTS = artifactsOf(ARTIFACTS_FORMAT);

/** The files' names, in the order that a summary lists them. */
export const ARTIFACT_FILES: readonly string[] = ARTIFACTS.map((artifact) => artifact.file);

/** The format that a journal's first entry names; the newest one for a journal that has none yet. */
function formatOf(journal: Pick<JournalReader, "read">): number {
  for (const entry of journal.read(1)) {
    if (entry.kind !== "session" || entry.event !== "created") break;
    const { artifacts } = entry.detail;
    return typeof artifacts === "number" ? artifacts : 1;
  }
  return ARTIFACTS_FORMAT;
}

/** A rebuild writes this much at a time. */
const CHUNK_CHARS = 1_000_000;

/** Where a checkpoint stands, and the bytes that the files had there. */
export interface FilesBefore {
  readonly seq: number;
  readonly bytes: Readonly<Record<string, number>>;
}

/** The lines of the entries from a number on, some at a time. */
function* chunksOf(artifact: Artifact, journal: Pick<JournalReader, "read">, from: number): Generator<string> {
  let chunk = "";
  for (const entry of journal.read(from, [artifact.kind])) {
    chunk += artifact.line(entry) ?? "";
    if (chunk.length <= CHUNK_CHARS) continue;
    yield chunk;
    chunk = "";
  }
  yield chunk;
}

function openOne(
  fs: FileSystem,
  folder: string,
  artifact: Artifact,
  journal: Pick<JournalReader, "read">,
  before: FilesBefore | null,
): LineLog {
  const path = join(folder, artifact.file);
  const known = before?.bytes[artifact.file];
  if (before === null || known === undefined || (fs.size(path) ?? -1) < known) {
    rebuildOne(fs, folder, artifact, journal);
    return new LineLog(fs, path);
  }
  const log = new LineLog(fs, path, known);
  for (const chunk of chunksOf(artifact, journal, before.seq + 1)) log.append(chunk);
  return log;
}

/** Rebuilds a file from the journal, where that leaves it below so many bytes. Returns whether it did. Throws `io`. */
function rebuildOne(
  fs: FileSystem,
  folder: string,
  artifact: Artifact,
  journal: Pick<JournalReader, "read">,
  bytesBelow = Number.POSITIVE_INFINITY,
): boolean {
  const path = join(folder, artifact.file);
  const temporary = join(folder, `.${artifact.file}.rebuild`);
  try {
    fs.remove(temporary);
    const log = new LineLog(fs, temporary);
    try {
      log.append(artifact.header);
      for (const chunk of chunksOf(artifact, journal, 1)) log.append(chunk);
      log.sync();
    } finally {
      log.close();
    }
    const replaces = log.size < bytesBelow;
    if (replaces) fs.rename(temporary, path);
    else fs.remove(temporary);
    return replaces;
  } catch (error) {
    try {
      fs.remove(temporary);
    } catch {
      // The first failure is the one to report; the next rebuild removes what is left.
    }
    throw ioError("Rebuilding", path, error);
  }
}

/** Most bytes of a light run's equity curve that are read for a chart. */
const EQUITY_BYTES_MAX = 64_000_000;

/** The points of `equity_curve.csv`, where there is no journal to read them from. Throws `io`, or `not_found`. */
export function readEquityCurve(fs: FileSystem, folder: string): (readonly [at: number, equity: number])[] {
  const [, ...lines] = readText(fs, join(folder, "equity_curve.csv"), EQUITY_BYTES_MAX).split("\n");
  return lines.flatMap((line) => {
    const [dt = "", equity = ""] = line.split(",");
    const at = Date.parse(dt) * 1_000;
    return Number.isFinite(at) ? [[at, Number(equity)] as const] : [];
  });
}

/** Files of entries that a compaction drops. */
const TRIMMED: readonly Artifact[] = ARTIFACTS.filter(({ kind }) => DROPPED_KINDS.includes(kind));

/**
 * Makes the files of a session that is not open as short as its compacted journal; `saved` are the bytes that its checkpoint knows.
 * Throws `io`.
 */
export function trimArtifacts(
  fs: FileSystem,
  folder: string,
  journal: Pick<JournalReader, "read">,
  saved: Readonly<Record<string, number>>,
): void {
  for (const artifact of TRIMMED) {
    const size = fs.size(join(folder, artifact.file)) ?? 0;
    rebuildOne(fs, folder, artifact, journal, Math.min(size, saved[artifact.file] ?? size));
  }
}

interface OpenArtifact {
  readonly artifact: Artifact;
  log: LineLog;
  /** What was appended since the start: a line's usual length. */
  lines: number;
  bytes: number;
}

/** What the files need of a journal. */
type ArtifactSource = Pick<JournalReader, "read" | "count">;

export class Artifacts {
  readonly #fs: FileSystem;
  readonly #folder: string;
  readonly #journal: ArtifactSource;
  readonly #open = new Map<EntryKind, OpenArtifact>();
  #saved: Readonly<Record<string, number>>;

  private constructor(fs: FileSystem, folder: string, journal: ArtifactSource, before: FilesBefore | null) {
    this.#fs = fs;
    this.#folder = folder;
    this.#journal = journal;
    this.#saved = before?.bytes ?? {};
    for (const artifact of artifactsOf(formatOf(journal))) {
      const log = openOne(fs, folder, artifact, journal, before);
      this.#open.set(artifact.kind, { artifact, log, lines: 0, bytes: 0 });
    }
  }

  /** Makes the files equal to the journal and opens them for appending. Throws `io`. */
  static open(fs: FileSystem, folder: string, journal: ArtifactSource, before: FilesBefore | null = null): Artifacts {
    return new Artifacts(fs, folder, journal, before);
  }

  /**
   * Makes what was appended durable, and reports the bytes of each file by name, for a checkpoint that is saved next. `trims`: files
   * that are twice as long as what the journal still holds of them are rebuilt first. Throws `io`.
   */
  sync(trims = false): Readonly<Record<string, number>> {
    if (trims) for (const { kind } of TRIMMED) this.#trim(kind);
    const bytes: Record<string, number> = {};
    for (const { artifact, log } of this.#open.values()) {
      log.sync();
      bytes[artifact.file] = log.size;
    }
    this.#saved = bytes;
    return bytes;
  }

  #trim(kind: EntryKind): void {
    const open = this.#open.get(kind);
    if (open === undefined || open.lines === 0) return;
    const { artifact, log, lines, bytes } = open;
    const saved = this.#saved[artifact.file] ?? Number.POSITIVE_INFINITY;
    const held = this.#journal.count(kind) * (bytes / lines);
    if (held * 2 > log.size || held >= saved) return;
    log.close();
    rebuildOne(this.#fs, this.#folder, artifact, this.#journal, saved);
    open.log = new LineLog(this.#fs, log.path, this.#fs.size(log.path) ?? 0);
  }

  /** Appends what committed entries add. Throws `io`. */
  apply(entries: readonly JournalEntry[]): void {
    const texts = new Map<EntryKind, string>();
    for (const entry of entries) {
      const open = this.#open.get(entry.kind);
      const line = open?.artifact.line(entry) ?? null;
      if (open === undefined || line === null) continue;
      open.lines += 1;
      open.bytes += line.length;
      texts.set(entry.kind, (texts.get(entry.kind) ?? "") + line);
    }
    for (const [kind, text] of texts) this.#open.get(kind)?.log.append(text);
  }

  close(): void {
    for (const { log } of this.#open.values()) {
      log.sync();
      log.close();
    }
  }
}
