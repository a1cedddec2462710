/**
 * The files that grow with a session: orders, fills, equity and metrics, as projections of its journal.
 *
 * 1. Each is a function of the committed entries and nothing else: two equal journals give the same bytes.
 * 2. `rebuild` makes them from the journal, whatever was there; a start does so, so a torn or missing file is whole again.
 * 3. No wall time, session id or path stands in them.
 */
import { join } from "node:path";
import type { FileSystem } from "../../shared/ports.ts";
import { formatMoment } from "../../shared/time.ts";
import { ioError } from "../files/atomic.ts";
import { LineLog } from "../files/line-log.ts";
import type { EntryKind, JournalEntry } from "../journal/entries.ts";
import type { JournalReader } from "../journal/journal.ts";
import { csvLine } from "./csv.ts";

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
    entry.limitPrice === null ? "market" : "limit",
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

function rebuildOne(fs: FileSystem, folder: string, artifact: Artifact, journal: JournalReader): void {
  const path = join(folder, artifact.file);
  const temporary = join(folder, `.${artifact.file}.rebuild`);
  try {
    fs.remove(temporary);
    const log = new LineLog(fs, temporary);
    try {
      let chunk = artifact.header;
      for (const entry of journal.read(1, [artifact.kind])) {
        chunk += artifact.line(entry) ?? "";
        if (chunk.length > CHUNK_CHARS) {
          log.append(chunk);
          chunk = "";
        }
      }
      log.append(chunk);
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
  static open(fs: FileSystem, folder: string, journal: JournalReader): Artifacts {
    for (const artifact of ARTIFACTS) rebuildOne(fs, folder, artifact, journal);
    return new Artifacts(
      new Map(
        ARTIFACTS.map(({ file, kind, line }) => [kind, { log: new LineLog(fs, join(folder, file)), line }] as const),
      ),
    );
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
