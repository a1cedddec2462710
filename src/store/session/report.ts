/**
 * `session.md`: what a session did, for people.
 *
 * 1. It says nothing that the record and the journal do not: what ran, how it ended, every halt, review, resume, restore, switch
 *    of a part, flatten and change of a limit with operator and note.
 * 2. Text from outside cannot bring in markup: line ends become spaces, and pipes and brackets are escaped.
 */
import { orderIdOf } from "../../orchestrator/index.ts";
import { printable } from "../../shared/text/plain-text.ts";
import { sourceText } from "../../shared/text/feed-text.ts";
import { FILL_MODELS } from "../../shared/orders.ts";
import { scopeText } from "../../shared/scope.ts";
import { between, durationText, formatMoment, moment } from "../../shared/time.ts";
import { troubleLines, troubleSummary } from "../../shared/trouble.ts";
import type { FlattenEntry, JournalEntry } from "../journal/entries.ts";
import type { SessionRecord } from "./record.ts";

/** The kinds of entries that the report lists, for `journal.read`. */
export const REPORTED_KINDS = [
  "halt",
  "drift",
  "review",
  "resume",
  "limits",
  "switch",
  "flatten",
  "restore",
  "strategy",
  "session",
] as const;

const LIGHT_TEXT =
  "a light run: results and this summary, no journal; it cannot be resumed, verified or recorded as a fixture";

/** Past this many, the oldest events are only counted. */
const EVENTS_MAX = 500;

const safe = (text: string): string => printable(text.replace(/\s+/g, " ")).replace(/[|[\]<>`*_]/g, "\\$&");

function by(operator: string | null, note: string | null): string {
  if (operator === null) return "";
  return ` by ${safe(operator)}${note === null || note === "" ? "" : `: “${safe(note)}”`}`;
}

function flattenText({ event, flatten, scope, owner, operator, note, closed = 0, left = [] }: FlattenEntry): string {
  const what = `${scope.kind === "all" ? "everything" : scopeText(scope)}${owner === null ? "" : ` of ${owner}`}`;
  if (event === "started") return `**${safe(flatten)}**: ${safe(what)} is being closed${by(operator, note)}`;
  const open = left.map((one) => `${one.quantity} ${one.symbol} of ${one.owner} (${one.reason})`).join(", ");
  return `**${safe(flatten)} ended**: ${closed} closed${open === "" ? "" : `, not closed: ${safe(open)}`}`;
}

function eventLine(entry: JournalEntry): string | null {
  const at = formatMoment(entry.at);
  switch (entry.kind) {
    case "halt":
      return `${at} · **halted** (${safe(entry.code)}): ${safe(entry.message)}${by(entry.operator, entry.note)}`;
    case "drift":
      return `${at} · drift ${safe(entry.item)} (${entry.drift}): ${safe(entry.text)}`;
    case "review":
      return (
        `${at} · ${safe(entry.item)} ${entry.action === "adopt" ? `adopted to ${safe(entry.strategy ?? "unattributed")}` : "dismissed"}` +
        by(entry.operator, entry.note)
      );
    case "resume":
      return `${at} · **resumed**${by(entry.operator, entry.note)}`;
    case "switch": {
      const reason = entry.operator === null ? `: ${safe(entry.message)}` : by(entry.operator, entry.note);
      return `${at} · **${entry.event} ${safe(scopeText(entry.scope))}**${reason}`;
    }
    case "flatten":
      return `${at} · ${flattenText(entry)}`;
    case "limits": {
      const change = `${safe(entry.limit)} from ${safe(entry.before)} to ${safe(entry.after)}`;
      return `${at} · **limit changed**: ${change}${by(entry.operator, entry.note)}`;
    }
    case "restore":
      return (
        `${at} · restored from ${safe(entry.source)} (next ${orderIdOf(entry.nextSequence)})` +
        by(entry.operator, entry.note)
      );
    case "strategy":
      return `${at} · ${safe(entry.strategy)} ${entry.event}: ${safe(entry.reason)}${by(entry.operator, null)}`;
    case "session":
      return `${at} · ${entry.event}: ${safe(entry.text)}`;
    default:
      return null;
  }
}

function table(rows: readonly (readonly [string, string])[]): string {
  return ["| | |", "| --- | --- |", ...rows.map(([name, value]) => `| ${name} | ${safe(value)} |`)].join("\n");
}

/** Whether run times were drawn from the seed; a record of another form says nothing of them. */
function simulatesRuns({ clock, configuration }: SessionRecord): boolean {
  const desk = configuration as { readonly runtime?: { readonly median?: unknown } } | null;
  return clock === "virtual" && typeof desk?.runtime?.median === "number" && desk.runtime.median > 0;
}

/** The whole report. `events` are the entries of `REPORTED_KINDS`, in order. */
export function sessionReport(record: SessionRecord, events: Iterable<JournalEntry>): string {
  const lines = [...events].map(eventLine).filter((line) => line !== null);
  const shown = lines.slice(-EVENTS_MAX);
  const left = lines.length - shown.length;
  const earlier =
    left > 0 ? `${left} earlier events ${record.light ? "were not kept" : "are in the journal"}.\n\n` : "";
  const rejections = Object.entries(record.rejections).toSorted(([, a], [, b]) => b - a);
  const troubled = troubleLines(record.troubles)
    .map((line) => `- ${safe(line)}`)
    .join("\n");
  return `# ${safe(record.id)}

${table([
  ["State", record.state + (record.cause === null ? "" : ` (${record.cause})`)],
  ...(record.light ? [["Kept", LIGHT_TEXT] as const] : []),
  ["Desk", `${record.desk} (${record.source})`],
  ["Account", record.currency === undefined ? "paper" : `paper, in ${record.currency}`],
  ["Fill model", `${record.fillModel}: ${FILL_MODELS[record.fillModel]}`],
  ["Session time", `${formatMoment(moment(record.startedAt))} to ${formatMoment(moment(record.lastAt))}`],
  ["Length", durationText(between(moment(record.startedAt), moment(record.lastAt)))],
  ["Clock and speed", `${record.clock}, ${record.speed === "max" ? "max" : `${record.speed}×`}`],
  ["Seed", record.seed],
  ...(simulatesRuns(record) ? [["Run times", "simulated, by `runtime` of the desk"] as const] : []),
  ["Runs, orders, fills", `${record.runs}, ${record.orders}, ${record.fills}`],
  ["Orders that the broker refused", String(record.refused)],
  ["Strategies", record.troubles.strategies === 0 ? "—" : troubleSummary(record.troubles)],
  ["Equity", `${record.equityStart ?? "—"} to ${record.equityEnd ?? "—"}`],
  ["Profit and loss", `${record.pnl ?? "—"} after fees of ${record.fees ?? "—"}`],
  ["Deepest drawdown", record.maxDrawdown === null ? "—" : `${(record.maxDrawdown * 100).toFixed(2)} %`],
  ["Rejections", rejections.length === 0 ? "none" : rejections.map(([cause, count]) => `${cause} ${count}`).join(", ")],
  ["Drift open", String(record.driftOpen)],
  ["Orders still working at the venue", String(record.workingOrders)],
  [record.light ? "Entries, which were not kept" : "Journal", `${record.position} entries`],
])}

${troubled === "" ? "" : `## Strategies that failed\n\n${troubled}\n\n`}## What happened

${earlier}${shown.map((line) => `- ${line}`).join("\n")}

## What it ran on

${table([
  ...record.feed.map(
    (source) => [safe(source.name), `${sourceText(source)}, sha256 ${source.sha256.slice(0, 16)}…`] as const,
  ),
  ...Object.entries(record.versions).map(([name, version]) => [name, version] as const),
  ["Started, stopped (wall)", `${record.started}, ${record.stopped ?? "—"}`],
])}
`;
}
