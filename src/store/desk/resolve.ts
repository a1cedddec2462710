/**
 * From a desk file, the environment and flags to a whole desk.
 *
 * 1. Nothing is guessed: the first thing in the file that breaks a rule ends the reading with one message and no desk.
 * 2. Every value of the desk says where it came from.
 */
import type { Desk } from "../../shared/desk.ts";
import { formatDuration } from "../../shared/time.ts";
import { assemble } from "./desk-values.ts";
import { BUILT_IN_PLACE, type ConfigRow } from "./text/config-rows.ts";
import type { DeskComplaint } from "./text/document.ts";
import { readFeed } from "./sections/feed.ts";
import { Reading, type ReadingSources } from "./sections/reading.ts";
import type { SettingValues } from "./sections/settings.ts";
import { readStrategies, type BuiltIns } from "./sections/strategies.ts";
import { amount, number } from "./text/values.ts";

export interface DeskSources extends ReadingSources {
  /** The strategies that the program brings: `builtInStrategies`. */
  readonly builtIns: BuiltIns;
  /** Where the desk says that it came from; the file's name when absent. */
  readonly source?: string;
  /** The text was made by the program, so its values count as defaults. */
  readonly generated?: boolean;
  /** Takes every complaint of a file that breaks rules, before the first one is thrown. */
  readonly onComplaints?: (complaints: readonly DeskComplaint[]) => void;
}

export interface ResolvedDesk {
  readonly desk: Desk;
  /** One row a value: settings in the table's order, then symbols, limits by name and strategies in the file's order. */
  readonly origins: readonly ConfigRow[];
  /** What was ignored, and should perhaps not have been: a variable whose name is nearly a setting's. */
  readonly notes: readonly string[];
}

/** Rules that hold between two settings. */
function checkPairs(reading: Reading, values: SettingValues): void {
  const { bar_interval: bar, mark_interval: mark } = values;
  const reported = reading.broken.has("bar_interval") || reading.broken.has("mark_interval");
  if (!reported && reading.applies("bar_interval") && bar % mark !== 0)
    reading.refuse(
      reading.origin("mark_interval").from === "default" ? "bar_interval" : "mark_interval",
      `a bar, ${formatDuration(bar)}, must hold a whole number of marks, ${formatDuration(mark)}`,
    );
  const pairs = [
    ["turnover_warn", "turnover_block"],
    ["capacity_warn", "capacity_limit"],
  ] as const;
  for (const [warn, block] of pairs) {
    const [low, high] = [values[warn], values[block]];
    if (low !== null && high !== null && low > high) reading.refuse(warn, `it must not be above ${block}, ${high}`);
  }
}

const perSymbol = amount({ zero: false });
const perClass = number({ min: 0, max: 10_000 });

function rowsOf(reading: Reading, generated: boolean): ConfigRow[] {
  const rows = [...reading.settingRows(), ...reading.rows];
  if (!generated) return rows;
  return rows.map((row) => (row.from === "file" ? { ...row, from: "default", where: BUILT_IN_PLACE } : row));
}

/**
 * Reads a desk. Throws `desk_invalid` for the first thing in the file that breaks a rule, with file, line, column, the rule and
 * the nearest valid spelling; `usage` for a flag; `invalid_input` for a variable of the environment.
 */
export function resolveDesk(sources: DeskSources): ResolvedDesk {
  const reading = new Reading(sources);
  const values = reading.values();
  reading.checkKinds();
  reading.checkStrangers();
  checkPairs(reading, values);
  const { feed, symbols, instruments, fx } = readFeed(reading, values);
  const names = symbols === null ? null : new Set(symbols.map((meta) => meta.symbol));
  const classes = symbols === null ? null : new Set(symbols.map((meta) => meta.assetClass));
  const maxPositionBySymbol = reading.record("limits.max_position_by_symbol", perSymbol, {
    what: "symbol",
    known: names,
  });
  const assetClassCaps = reading.record("limits.asset_class_caps", perClass, { what: "asset class", known: classes });
  const spot = reading.other("strategies");
  const { document, rows } = reading;
  const { builtIns } = sources;
  const strategies = spot === undefined ? [] : readStrategies({ document, rows, builtIns, symbols: names }, spot);
  sources.onComplaints?.(document.complaints());
  document.finish();
  const source = sources.source ?? sources.fileName;
  return {
    desk: assemble({ values, source, feed, instruments, fx, strategies, maxPositionBySymbol, assetClassCaps }),
    origins: rowsOf(reading, sources.generated ?? false),
    notes: reading.notes,
  };
}

/** Every value of a desk with where it came from: what `logos config` prints. */
export function describeConfig(sources: DeskSources): readonly ConfigRow[] {
  return resolveDesk(sources).origins;
}
