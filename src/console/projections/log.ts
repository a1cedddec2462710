/**
 * Stream `log`: what happened, in words; a sentence an entry.
 *
 * 1. Each line is one entry of the journal; routine ones (runs that went well, sends, accepted orders, booked fills) have no line.
 * 2. A line's level is critical where a person must act, warning where something went otherwise than asked.
 */
import { haltText } from "../../shared/text/halt-text.ts";
import { amountText, groupDigits, readableSentence } from "../../shared/text/sentence-text.ts";
import { formatMoment } from "../../shared/time.ts";
import { reasonName } from "../../shared/glossary.ts";
import { refusalText } from "../../shared/refusals.ts";
import { scopeText } from "../../shared/scope.ts";
import type { LogView } from "../../shared/contract/views.ts";
import type { EntryKind, JournalEntry } from "../../store/journal/entries.ts";
import { severityOf } from "./rejections.ts";
import { Table } from "./table.ts";

export const LOG_LINES_MAX = 1_000;
/** Longer texts are cut, with an ellipsis. */
const TEXT_MAX = 1_000;

export type LogLine = LogView["lines"][string];
type Words = readonly [level: LogLine["level"], subject: string, text: string];

/** A person's note behind a sentence: in quotation marks, so that it is not read as the program's own words. */
const noteText = (note: string): string => (note === "" ? "." : `: “${note}”`);

const RUN_WORDS = {
  overrun: "ran past its budget; the next slot is skipped",
  threw: "threw",
  timed_out: "was ended at its deadline",
  ended: "ended with its process",
  abandoned: "was abandoned; the strategy did not cause it",
  bad_result: "did not return a list of orders",
} as const;

function sessionWords(entry: Extract<JournalEntry, { kind: "session" }>): Words {
  return [entry.event === "failed" ? "critical" : "info", "session", entry.text || `The session is ${entry.event}.`];
}

function brokerWords(entry: Extract<JournalEntry, { kind: "ack" | "cancel" | "closed" }>): Words | null {
  if (entry.kind === "closed") {
    const level = entry.status === "canceled" || entry.status === "expired" ? "info" : "warning";
    const why = entry.reason === entry.status ? "." : `: ${reasonName(entry.reason)}.`;
    return [level, entry.orderId ?? entry.venueId, `The order is ${entry.status.replace("_", " ")}${why}`];
  }
  const { outcome } = entry;
  if (entry.kind === "cancel") {
    const answer = outcome.outcome === "accepted" ? "accepted" : `${outcome.outcome}: ${outcome.reason}`;
    return [outcome.outcome === "accepted" ? "info" : "warning", entry.orderId, `Cancel (${entry.reason}): ${answer}.`];
  }
  if (outcome.outcome === "accepted") return null;
  return outcome.outcome === "refused"
    ? [
        "warning",
        entry.orderId,
        `The broker refused the order: ${readableSentence(refusalText(outcome.reason, outcome.figures))}`,
      ]
    : ["warning", entry.orderId, `Unknown whether the broker has the order: ${outcome.reason}`];
}

function orderWords(entry: Extract<JournalEntry, { kind: "order" }>): Words | null {
  if (entry.accepted || entry.replay) return null;
  const against =
    entry.value === null || entry.limit === null ? "" : ` (${readableSentence(`${entry.value} of ${entry.limit}`)})`;
  const { clientOrderId, quantity, symbol, reason } = entry;
  const what = `${amountText(quantity, true)} ${symbol}`;
  const text = `Order ${clientOrderId}, ${what}, was refused: ${reasonName(reason)}${against}.`;
  return [severityOf(reason), entry.strategy, text];
}

function fillWords(entry: Extract<JournalEntry, { kind: "fill" }>): Words | null {
  if (entry.verdict === "booked") return null;
  const subject = entry.orderId ?? entry.venueId;
  if (entry.verdict === "duplicate")
    return ["info", subject, `The broker repeated fill ${entry.fillId}; it was booked once.`];
  const text = `A fill of ${amountText(entry.quantity)} ${entry.symbol} at ${amountText(entry.price)} waits for a review: ${entry.fillId}.`;
  return ["critical", subject, text];
}

function runWords(entry: Extract<JournalEntry, { kind: "missed" | "run_finished" }>): Words | null {
  if (entry.kind === "missed") {
    const slots = `${groupDigits(String(entry.slots))} slot${entry.slots === 1 ? "" : "s"}`;
    if (entry.reason === "closed")
      return ["info", entry.strategy, `The market is closed: ${slots} until ${formatMoment(entry.nextRun)}.`];
    return ["warning", entry.strategy, `${slots} passed without a run (${entry.reason}).`];
  }
  if (entry.outcome === "ok") return null;
  const run = `Run ${groupDigits(String(entry.run))}`;
  if (entry.outcome === "timed_out" && entry.message?.startsWith("had ") === true)
    return ["warning", entry.strategy, `${run} ${readableSentence(entry.message)}, and was ended at its deadline.`];
  const why = entry.message === null ? "." : `: ${entry.message}`;
  return ["warning", entry.strategy, `${run} ${RUN_WORDS[entry.outcome]}${why}`];
}

function reviewWords(entry: Extract<JournalEntry, { kind: "drift" | "review" | "resume" | "restore" }>): Words {
  if (entry.kind === "drift") return ["critical", entry.item, readableSentence(entry.text)];
  if (entry.kind === "resume") return ["info", "session", `Resumed by ${entry.operator}${noteText(entry.note)}`];
  if (entry.kind === "review") {
    const done = entry.action === "adopt" ? `adopted to ${entry.strategy ?? "unattributed"}` : "dismissed";
    return ["info", entry.item, `${entry.item} was ${done} by ${entry.operator}${noteText(entry.note)}`];
  }
  const next = `the next order is number ${groupDigits(String(entry.nextSequence))}`;
  return ["warning", "router", `${entry.operator} restored ${entry.source}; ${next}${noteText(entry.note)}`];
}

function limitWords(entry: Extract<JournalEntry, { kind: "limits" }>): Words {
  const { limit, before, after, operator, note } = entry;
  return [
    "warning",
    limit,
    `${operator} changed ${limit} from ${readableSentence(before)} to ${readableSentence(after)}${noteText(note)}`,
  ];
}

function haltWords(entry: Extract<JournalEntry, { kind: "halt" }>): Words {
  const { code, message, operator, note } = entry;
  // What an operator's halt says of itself may have the name already.
  const by = operator === null || message.includes(operator) ? "" : ` Halted by ${operator}.`;
  const why = note === null || note === "" ? "" : ` “${note}”`;
  return ["critical", code, `${readableSentence(haltText(message))}${by}${why}`];
}

function strategyWords(entry: Extract<JournalEntry, { kind: "strategy" }>): Words {
  const by = entry.operator === null ? "" : ` by ${entry.operator}`;
  const level = entry.event === "quarantined" || entry.event === "not_loaded" ? "critical" : "info";
  const done = entry.event.replace("_", " ");
  return [level, entry.strategy, `${done.charAt(0).toUpperCase()}${done.slice(1)}${by}: ${entry.reason}`];
}

function switchWords(entry: Extract<JournalEntry, { kind: "switch" }>): Words {
  const { event, scope, message, operator, note } = entry;
  const why = operator === null || note === null || note === "" ? "" : ` “${note}”`;
  const [level, done] = event === "halted" ? (["critical", "halted"] as const) : (["info", "resumed"] as const);
  // What an operator did says so itself: "Resumed by Ada."
  const itself = message.toLowerCase().startsWith(`${done} by `);
  const what = itself ? message.charAt(0).toLowerCase() + message.slice(1) : `${done}: ${message}`;
  return [level, scope.name, `The ${scopeText(scope)} is ${readableSentence(what)}${why}`];
}

function requestWords(entry: Extract<JournalEntry, { kind: "cancel_request" | "replace_request" }>): Words | null {
  if (entry.sent && entry.operator === null) return null;
  const what = entry.kind === "cancel_request" ? "cancel" : "replace";
  const who = entry.operator ?? entry.strategy;
  const done = entry.sent ? "asked for" : `refused: ${reasonName(entry.reason)}`;
  return [
    entry.sent ? "info" : "warning",
    entry.orderId ?? entry.named,
    `${who}'s ${what} of ${entry.named} was ${done}.`,
  ];
}

function replaceWords(entry: Extract<JournalEntry, { kind: "replace" }>): Words | null {
  const { outcome } = entry;
  if (outcome.outcome === "accepted") return null;
  return ["warning", entry.orderId, `The broker did not accept a replace (${outcome.outcome}): ${outcome.reason}.`];
}

function queueWords(entry: Extract<JournalEntry, { kind: "queue" }>): Words | null {
  if (entry.event === "added") return null;
  const by = entry.operator === null ? "" : ` by ${entry.operator}`;
  return [
    entry.event === "expired" ? "warning" : "info",
    entry.queue,
    `${entry.queue} of ${entry.strategy} ${entry.event}${by}.`,
  ];
}

function flattenWords(entry: Extract<JournalEntry, { kind: "flatten" }>): Words {
  const { flatten, event, scope, operator, note, closed = 0, left = [] } = entry;
  const what = scope.kind === "all" ? "everything" : `${scope.kind} ${scope.name}`;
  if (event === "started") return ["critical", flatten, `${operator} closes ${what}${noteText(note)}`];
  const open = left.map(
    ({ owner, symbol, quantity, reason }) => `${owner} ${amountText(quantity)} ${symbol} (${reasonName(reason)})`,
  );
  const rest = open.length === 0 ? "nothing is left" : `left open: ${open.slice(0, 10).join(", ")}`;
  return [open.length === 0 ? "info" : "critical", flatten, `${flatten} ended: ${closed} closed, ${rest}.`];
}

const routine = (): null => null;

/** A function for each kind of entry, so that a new kind has to say whether it has words. */
const WORDS: { readonly [Kind in EntryKind]: (entry: Extract<JournalEntry, { kind: Kind }>) => Words | null } = {
  session: sessionWords,
  registered: routine,
  run_started: routine,
  run_finished: runWords,
  missed: runWords,
  order: orderWords,
  send: routine,
  ack: brokerWords,
  cancel_request: requestWords,
  cancel: brokerWords,
  replace_request: requestWords,
  replace: replaceWords,
  queue: queueWords,
  updated: routine,
  flatten: flattenWords,
  fill: fillWords,
  closed: brokerWords,
  halt: haltWords,
  drift: reviewWords,
  review: reviewWords,
  resume: reviewWords,
  restore: reviewWords,
  limits: limitWords,
  strategy: strategyWords,
  switch: switchWords,
  equity: routine,
  metrics: routine,
  snapshot: routine,
};

/** An entry's level, subject and sentence, or null for a routine one. */
export function wordsOf(entry: JournalEntry): Words | null {
  return (WORDS[entry.kind] as (entry: JournalEntry) => Words | null)(entry);
}

export class LogProjection {
  readonly lines: Table<LogLine>;

  constructor(limit: number = LOG_LINES_MAX) {
    this.lines = new Table(limit);
  }

  apply(entry: JournalEntry): void {
    const words = wordsOf(entry);
    if (words === null) return;
    const [level, subject, text] = words;
    const cut = text.length > TEXT_MAX ? `${text.slice(0, TEXT_MAX)}…` : text;
    this.lines.set(String(entry.seq), { seq: entry.seq, at: entry.at, level, subject, text: cut });
  }

  state(): [string, LogLine][] {
    return this.lines.state();
  }

  restore(lines: Iterable<readonly [string, LogLine]>): void {
    this.lines.restore(lines);
  }

  #value: LogView | null = null;

  value(): LogView {
    const lines = this.lines.value();
    if (this.#value?.lines !== lines) this.#value = { lines };
    return this.#value;
  }
}
