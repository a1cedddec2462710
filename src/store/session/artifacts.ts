/**
 * The files that grow with a session: orders, fills, equity and metrics, as projections of its journal.
 *
 * 1. Each is a function of the committed entries and nothing else: two equal journals give the same bytes.
 * 2. A start makes them equal to the journal, so a torn or missing file is whole again. What a checkpoint knows to be on disk stays
 *    as it is: the file is cut there and goes on with the entries since; a file that is shorter is made anew.
 * 3. No wall time, session id or path stands in them.
 */
import { join } from "node:path";
import { csvLine } from "../../shared/csv.ts";
import type { FileSystem } from "../../shared/ports.ts";
import { formatMoment } from "../../shared/time.ts";
import { ioError } from "../files/atomic.ts";
import { LineLog } from "../files/line-log.ts";
import type { EntryKind, JournalEntry } from "../journal/entries.ts";
import type { JournalReader } from "../journal/journal.ts";

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

function orderLine(entry: JournalEntry): string | null {
  // A replay is no new order; its first decision has its line.
  if (entry.kind !== "order" || entry.replay) return null;
  return csvLine([
    formatMoment(entry.at),
    entry.orderId,
    entry.clientOrderId,
    entry.strategy,
    entry.symbol,
    side(entry.quantity),
    size(entry.quantity),
    entry.price,
    entry.type ?? (entry.limitPrice === null ? "market" : "limit"),
    entry.limitPrice,
    entry.accepted,
    entry.reason,
    entry.value,
    entry.limit,
    entry.because.text,
  ]);
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

const ARTIFACTS: readonly Artifact[] = [
  { file: "orders.csv", kind: "order", header: csvLine(ORDER_COLUMNS), line: orderLine },
  { file: "fills.csv", kind: "fill", header: csvLine(FILL_COLUMNS), line: fillLine },
  { file: "equity_curve.csv", kind: "equity", header: csvLine(EQUITY_COLUMNS), line: equityLine },
  {
    file: "orchestrator_metrics.jsonl",
    kind: "metrics",
    header: "",
    line: (entry) => (entry.kind === "metrics" ? `${JSON.stringify(entry.line)}\n` : null),
  },
];

/** The files' names, in the order that a summary lists them. */
export const ARTIFACT_FILES: readonly string[] = ARTIFACTS.map((artifact) => artifact.file);

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
  journal: JournalReader,
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

function rebuildOne(fs: FileSystem, folder: string, artifact: Artifact, journal: JournalReader): void {
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
    fs.rename(temporary, path);
  } catch (error) {
    try {
      fs.remove(temporary);
    } catch {
      // The first failure is the one to tell; the next rebuild removes what is left.
    }
    throw ioError("Rebuilding", path, error);
  }
}

export class Artifacts {
  readonly #logs: ReadonlyMap<EntryKind, { readonly log: LineLog; readonly line: Artifact["line"] }>;

  private constructor(logs: ReadonlyMap<EntryKind, { readonly log: LineLog; readonly line: Artifact["line"] }>) {
    this.#logs = logs;
  }

  /** Makes the files equal to the journal and opens them for appending. Throws `io`. */
  static open(fs: FileSystem, folder: string, journal: JournalReader, before: FilesBefore | null = null): Artifacts {
    const logs = ARTIFACTS.map((artifact) => {
      const log = openOne(fs, folder, artifact, journal, before);
      return [artifact.kind, { log, line: artifact.line }] as const;
    });
    return new Artifacts(new Map(logs));
  }

  /** Makes what was appended durable, and tells the bytes of each file by name. Throws `io`. */
  sync(): Readonly<Record<string, number>> {
    const bytes: Record<string, number> = {};
    for (const { file, kind } of ARTIFACTS) {
      const log = this.#logs.get(kind)?.log;
      log?.sync();
      bytes[file] = log?.size ?? 0;
    }
    return bytes;
  }

  /** Appends what committed entries add. Throws `io`. */
  apply(entries: readonly JournalEntry[]): void {
    const texts = new Map<EntryKind, string>();
    for (const entry of entries) {
      const line = this.#logs.get(entry.kind)?.line(entry);
      if (line !== undefined && line !== null) texts.set(entry.kind, (texts.get(entry.kind) ?? "") + line);
    }
    for (const [kind, text] of texts) this.#logs.get(kind)?.log.append(text);
  }

  close(): void {
    for (const { log } of this.#logs.values()) {
      log.sync();
      log.close();
    }
  }
}
