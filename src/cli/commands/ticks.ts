/**
 * `logos ticks`: what became of each planned tick of a session. Reads only; safe beside it.
 *
 * 1. The table shows the newest; `--csv` and `--json` give them all (`--json` at most `JSON_TICKS_MAX`, the newest).
 * 2. The counts are of every class, whatever class is asked for.
 */
import { Option } from "commander";
import { readTicks, type TickCounts } from "../../live/status/index.ts";
import type { Tick } from "../../live/ticks/index.ts";
import { csvLine } from "../../shared/csv.ts";
import { CodedError } from "../../shared/errors.ts";
import { TICK_CLASSES, TICK_MEANINGS, type TickClass } from "../../shared/ticks.ts";
import { formatMoment, MILLISECOND } from "../../shared/time.ts";
import type { Moment } from "../../shared/time.ts";
import { findSession, workspaceAt } from "../../store/index.ts";
import { addSessionOption, sessionOf, type SessionOption, wholeNumber } from "../common/options.ts";
import type { AddCommand, Context } from "../common/context.ts";

interface Options extends SessionOption {
  readonly strategy?: string;
  readonly class?: TickClass;
  readonly last: string;
  readonly csv?: boolean;
}

/** Ticks in one JSON value. */
const JSON_TICKS_MAX = 200_000;
const LAST_MAX = 10_000;

const timeOf = (at: Moment | null): string | null => (at === null ? null : formatMoment(at));
const msBetween = (from: Moment | null, to: Moment | null): number | null =>
  from === null || to === null ? null : (to - from) / MILLISECOND;

const valuesOf = ({ strategy, run, planned, due, started, finished, class: kind, outcome, why }: Tick) => ({
  strategy,
  class: kind,
  planned: formatMoment(planned),
  jittered: timeOf(due),
  started: timeOf(started),
  finished: timeOf(finished),
  lagMs: msBetween(due, started),
  runtimeMs: msBetween(started, finished),
  run,
  outcome,
  why,
});

/** Keeps the newest of what is put in. */
class Newest {
  readonly #max: number;
  #ticks: Tick[] = [];
  left = 0;

  constructor(max: number) {
    this.#max = max;
  }

  put(tick: Tick): void {
    this.#ticks.push(tick);
    if (this.#ticks.length >= 2 * this.#max) this.#cut();
  }

  #cut(): void {
    const over = Math.max(0, this.#ticks.length - this.#max);
    this.left += over;
    this.#ticks = this.#ticks.slice(over);
  }

  ticks(): readonly Tick[] {
    this.#cut();
    return this.#ticks;
  }
}

const ms = (value: number | null): string => (value === null ? "—" : `${value.toFixed(1)} ms`);

function table({ output }: Context, id: string, counts: TickCounts, newest: Newest): void {
  const ticks = newest.ticks();
  output.line(output.style("bold", id));
  output.line(TICK_CLASSES.map((name) => `${name.replace("_", " ")} ${counts[name]}`).join(" · "));
  output.table(ticks.map(valuesOf), [
    { title: "planned", of: (tick) => tick.planned },
    { title: "strategy", of: (tick) => tick.strategy },
    { title: "class", of: (tick) => tick.class.replace("_", " ") },
    { title: "jittered", of: (tick) => tick.jittered ?? "—" },
    { title: "lag", of: (tick) => ms(tick.lagMs), right: true },
    { title: "runtime", of: (tick) => ms(tick.runtimeMs), right: true },
    { title: "outcome", of: (tick) => tick.outcome ?? (tick.started === null ? "—" : "running") },
    { title: "why", of: (tick) => tick.why ?? "" },
  ]);
  if (newest.left > 0) output.message(`${newest.left} older ticks are not shown; --last shows more, --csv all.`);
}

function ticks(context: Context, options: Options, words: readonly string[]): number {
  const { output } = context;
  if (options.csv === true && output.json)
    throw new CodedError("usage", "--csv and --json exclude each other: name one of the two.");
  const last = wholeNumber("--last", options.last, 1, LAST_MAX);
  const files = findSession(workspaceAt(context.workspace), sessionOf(options, words[0]));
  if (options.csv === true) {
    const line = (cells: readonly (string | number | null)[]): void => output.line(csvLine(cells).slice(0, -1));
    let begun = false;
    readTicks(files, options, (tick) => {
      const values = valuesOf(tick);
      if (!begun) line(Object.keys(values));
      begun = true;
      line(Object.values(values));
    });
    return 0;
  }
  const newest = new Newest(output.json ? JSON_TICKS_MAX : last);
  const { counts, compactedTo, simulated } = readTicks(files, options, (tick) => newest.put(tick));
  if (output.json) {
    const listed = newest.ticks().map(valuesOf);
    output.value({ id: files.id, compactedTo, simulatedRuntimes: simulated, counts, ticks: listed, left: newest.left });
  } else {
    table(context, files.id, counts, newest);
    if (simulated)
      output.message("Run times are simulated: they are drawn from the seed, as `runtime` of the desk says.");
    if (compactedTo !== null)
      output.message(`The journal was compacted: runs up to entry ${compactedTo} and their ticks were dropped.`);
  }
  return 0;
}

export function addTicksCommand(add: AddCommand): void {
  add<Options>(
    "ticks [session]",
    "Show what became of each planned tick: on time, late, overrun, misfire, paused, closed. Reads only; safe beside it.",
    (command) => {
      addSessionOption(command)
        .option("--strategy <name>", "of this strategy alone")
        .addOption(new Option("--class <class>", "of this class alone").choices(TICK_CLASSES))
        .option("--last <n>", "how many the table shows, the newest", "40")
        .option("--csv", "all of them, as CSV")
        .addHelpText("after", `\n${TICK_CLASSES.map((name) => `${name}: ${TICK_MEANINGS[name]}.`).join("\n")}`);
    },
    "logos ticks latest --class misfire --csv",
    ticks,
  );
}
