/**
 * The first event in which two runs differ, and what led to it.
 *
 * 1. Events are compared as text, so numbers are compared exactly: `0.1` and `0.10000000000000001` are one number only where
 *    both runs wrote it alike.
 * 2. Blocks that are equal are not taken apart. Only when a difference is found is the way to it gone through once more.
 * 3. Memory does not grow with the runs: what is kept is one run for each strategy, and the order in question.
 */
import type { Scope } from "../../shared/scope.ts";
import type { EventLog } from "./events.ts";

/** One event; what else it holds depends on its kind. */
export type RunEvent = { readonly at: number; readonly kind: string } & Readonly<Record<string, unknown>>;

export type ChainStep = "market" | "tick" | "signal" | "guards" | "decision" | "broker" | "fill" | "drift" | "before";

/** A step that led to an event. */
export interface ChainLink {
  readonly step: ChainStep;
  /** The event that says so, counted from 1. */
  readonly index: number;
  readonly at: number;
  readonly text: string;
}

/** A field of an event that the two sides say differently. `undefined` where a side lacks it. */
export interface FieldDifference {
  readonly path: string;
  readonly baseline: unknown;
  readonly run: unknown;
}

export interface FirstDifference {
  /** Which event it is, counted from 1; all before it are equal. */
  readonly index: number;
  /** Null where that side has no more events. */
  readonly baseline: RunEvent | null;
  readonly run: RunEvent | null;
  readonly fields: readonly FieldDifference[];
  /** What led to each side's event, in order of time. */
  readonly baselineChain: readonly ChainLink[];
  readonly runChain: readonly ChainLink[];
}

/** Fields of an event that are shown. */
const FIELDS_MAX = 50;
const TEXT_MAX = 300;

const isTree = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null;

/** The places in which two JSON values differ, deepest first; at most `limit`. */
export function fieldDifferences(baseline: unknown, run: unknown, limit = FIELDS_MAX, path = ""): FieldDifference[] {
  if (Object.is(baseline, run)) return [];
  if (!isTree(baseline) || !isTree(run) || Array.isArray(baseline) !== Array.isArray(run))
    return [{ path, baseline, run }];
  const found: FieldDifference[] = [];
  for (const key of new Set([...Object.keys(baseline), ...Object.keys(run)])) {
    if (found.length >= limit) break;
    const place = Array.isArray(baseline) ? `${path}[${key}]` : path === "" ? key : `${path}.${key}`;
    const [one, other] = [
      Object.hasOwn(baseline, key) ? baseline[key] : undefined,
      Object.hasOwn(run, key) ? run[key] : undefined,
    ];
    found.push(...fieldDifferences(one, other, limit - found.length, place));
  }
  return found;
}

/** Characters of the way to a difference that are kept, so that it need not be gone twice. */
const KEPT_CHARS_MAX = 16_000_000;

/** The newest stretches that were equal, up to a size; older ones are dropped. */
class Kept {
  readonly #texts: { readonly text: string; readonly from: number }[] = [];
  #chars = 0;

  add(text: string, from: number): void {
    this.#texts.push({ text, from });
    this.#chars += text.length;
    while (this.#chars > KEPT_CHARS_MAX && this.#texts.length > 1) this.#chars -= this.#texts.shift()?.text.length ?? 0;
  }

  /** Whether nothing was dropped. */
  get whole(): boolean {
    return (this.#texts[0]?.from ?? 1) === 1;
  }

  *lines(): Generator<ReadLine> {
    for (const { text, from } of this.#texts) yield* linesIn(text, from);
  }
}

function* linesIn(text: string, from: number): Generator<ReadLine> {
  let index = from;
  for (let begin = 0; begin < text.length; index += 1) {
    const found = text.indexOf("\n", begin);
    const end = found < 0 ? text.length : found + 1;
    yield { line: text.slice(begin, end), index };
    begin = end;
  }
}

function countLines(text: string): number {
  let count = 0;
  for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", end + 1)) count += 1;
  return count;
}

/** What is left of a log, block by block. */
class Rest {
  readonly #blocks: Iterator<string>;
  #text = "";
  #place = 0;

  constructor(log: EventLog) {
    this.#blocks = log()[Symbol.iterator]();
  }

  /** What is left of the present block; null at the log's end. */
  get text(): string | null {
    while (this.#place >= this.#text.length) {
      const next = this.#blocks.next();
      if (next.done === true) return null;
      [this.#text, this.#place] = [next.value, 0];
    }
    return this.#place === 0 ? this.#text : this.#text.slice(this.#place);
  }

  skip(characters: number): void {
    this.#place += characters;
  }

  /** Closes what the blocks are read from. */
  close(): void {
    this.#blocks.return?.();
  }
}

interface Found {
  readonly index: number;
  readonly baseline: string | null;
  readonly run: string | null;
  readonly kept: Kept;
}

function findDifference(baseline: EventLog, run: EventLog): Found | null {
  const [left, right] = [new Rest(baseline), new Rest(run)];
  const kept = new Kept();
  let index = 1;
  try {
    for (;;) {
      const [one, other] = [left.text, right.text];
      if (one === null && other === null) return null;
      if (one === null || other === null) return { index, baseline: firstLine(one), run: firstLine(other), kept };
      const common = Math.min(one.length, other.length);
      const [a, b] = [one.slice(0, common), other.slice(0, common)];
      const equal = a === b ? common : equalLines(one, other);
      if (equal > 0) kept.add(one.slice(0, equal), index);
      if (equal > 0) index += countLines(one.slice(0, equal));
      left.skip(equal);
      right.skip(equal);
      // Blocks end with a line, so a shorter block that is the longer one's beginning ends where a line of both does.
      if (a !== b) return { index, baseline: firstLine(left.text), run: firstLine(right.text), kept };
    }
  } finally {
    left.close();
    right.close();
  }
}

const firstLine = (text: string | null): string | null =>
  text === null ? null : text.slice(0, text.indexOf("\n") < 0 ? text.length : text.indexOf("\n") + 1);

/** The length of the whole lines with which two texts begin alike. */
function equalLines(one: string, other: string): number {
  let [low, high] = [0, Math.min(one.length, other.length)];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (one.slice(low, middle) === other.slice(low, middle)) low = middle;
    else high = middle - 1;
  }
  return one.lastIndexOf("\n", low - 1) + 1;
}

const eventOf = (line: string | null): RunEvent | null => (line === null ? null : (JSON.parse(line) as RunEvent));

/** Goes from the beginning to an event. */
function readAll(log: EventLog, until: number, trails: readonly (Trail | null)[]): void {
  let from = 1;
  for (const block of log()) {
    for (const { line, index } of linesIn(block, from)) {
      if (index >= until) return;
      for (const trail of trails) trail?.read(line, index);
      from = index + 1;
    }
  }
}

/**
 * The first event in which two runs differ; null when they are equal, event for event. Each log is read once, and a second time
 * up to the difference when there is one.
 */
export function firstDifference(baseline: EventLog, run: EventLog): FirstDifference | null {
  const found = findDifference(baseline, run);
  if (found === null) return null;
  const [one, other] = [eventOf(found.baseline), eventOf(found.run)];
  const trails = [one, other].map((event) => (event === null ? null : new Trail(event)));
  for (const { line, index } of found.kept.lines()) for (const trail of trails) trail?.read(line, index);
  // What led there is the same on both sides, because everything before is. What was dropped is read once more.
  if (!found.kept.whole && trails.some((trail) => trail !== null && !trail.complete)) {
    for (const [place, event] of [one, other].entries()) trails[place] = event === null ? null : new Trail(event);
    readAll(baseline, found.index, trails);
  }
  const [baselineChain, runChain] = trails.map((trail) => trail?.chain(found.index) ?? []) as [
    ChainLink[],
    ChainLink[],
  ];
  const fields = one === null || other === null ? [] : fieldDifferences(one, other);
  return { index: found.index, baseline: one, run: other, fields, baselineChain, runChain };
}

interface ReadLine {
  readonly line: string;
  readonly index: number;
}

/** Kind and owner of a line, without parsing it: events begin with `at` and `kind`. */
function headOf(line: string): string {
  const from = line.indexOf('"kind":"') + 8;
  return line.slice(from, line.indexOf('"', from));
}

function wordAfter(line: string, key: string): string | null {
  const from = line.indexOf(`"${key}":"`);
  if (from < 0) return null;
  const begin = from + key.length + 4;
  return line.slice(begin, line.indexOf('"', begin));
}

/** Gathers what led to one event. */
class Trail {
  readonly #event: RunEvent;
  readonly #orderId: string | null;
  readonly #item: string | null;
  readonly #started = new Map<string, ReadLine>();
  readonly #finished = new Map<string, ReadLine>();
  #order: ReadLine | null = null;
  #orderRun: ReadLine[] = [];
  #broker: ReadLine[] = [];
  #drift: ReadLine | null = null;
  #last: ReadLine | null = null;

  constructor(event: RunEvent) {
    this.#event = event;
    this.#orderId = typeof event["orderId"] === "string" ? event["orderId"] : null;
    this.#item = typeof event["item"] === "string" ? event["item"] : null;
  }

  read(line: string, index: number): void {
    const event = { line, index };
    this.#last = event;
    const kind = headOf(line);
    if (kind === "run_started") this.#started.set(wordAfter(line, "strategy") ?? "", event);
    else if (kind === "run_finished") this.#finished.set(wordAfter(line, "strategy") ?? "", event);
    else if (kind === "drift") {
      if (this.#item === null || wordAfter(line, "item") === this.#item) this.#drift = event;
    } else if (this.#orderId !== null && line.includes(`"orderId":"${this.#orderId}"`)) this.#ofOrder(kind, event);
  }

  #ofOrder(kind: string, event: ReadLine): void {
    if (kind === "order") {
      this.#order = event;
      this.#orderRun = this.#runOf(wordAfter(event.line, "strategy") ?? "");
    } else if (this.#broker.length < 20) this.#broker.push(event);
  }

  #runOf(strategy: string): ReadLine[] {
    return [this.#started.get(strategy), this.#finished.get(strategy)].filter((one) => one !== undefined);
  }

  /** Whether what the event asks for was found. */
  get complete(): boolean {
    const { kind } = this.#event;
    if (this.#orderId !== null && kind !== "order") return this.#order !== null && this.#orderRun.length > 0;
    if (kind === "review") return this.#drift !== null;
    const strategy = this.#event["strategy"];
    return typeof strategy !== "string" || kind === "registered" || this.#runOf(strategy).length > 0;
  }

  chain(index: number): ChainLink[] {
    const own = this.#event;
    const strategy = typeof own["strategy"] === "string" ? own["strategy"] : null;
    const drift = own.kind === "halt" || own.kind === "review" || own.kind === "resume" ? this.#drift : null;
    const run = this.#order === null && strategy !== null ? this.#runOf(strategy) : this.#orderRun;
    const chain = [...run, this.#order, ...this.#broker, drift].filter((one) => one !== null);
    const shown = chain.length > 0 || this.#last === null ? chain : [this.#last];
    const links = shown.flatMap((one) => linksOf(JSON.parse(one.line) as RunEvent, one.index, chain.length > 0));
    return [...links, ...linksOf(own, index, true)].toSorted((a, b) => a.index - b.index);
  }
}

const words = (value: unknown): string =>
  (typeof value === "string" ? value : (JSON.stringify(value) ?? "—")).slice(0, TEXT_MAX);

/** An event as the steps of an order's path. */
function linksOf(event: RunEvent, index: number, known: boolean): ChainLink[] {
  const link = (step: ChainStep, text: string, at = event.at): ChainLink => ({ step, index, at, text });
  if (!known) return [link("before", `${event.kind}, the event before`)];
  switch (event.kind) {
    case "run_started":
      return [link("tick", `${words(event["strategy"])} run ${words(event["run"])} started`)];
    case "run_finished":
      return runLinks(event, link);
    case "order":
      return orderLinks(event, link);
    case "send":
    case "ack":
    case "cancel":
    case "closed":
      return [
        link(
          "broker",
          `${event.kind} ${words(event["orderId"])} ${words(event["outcome"] ?? event["reason"] ?? "")}`.trim(),
        ),
      ];
    case "fill":
      return [
        link(
          "fill",
          `${words(event["quantity"])} ${words(event["symbol"])} at ${words(event["price"])}: ${words(event["verdict"])}`,
        ),
      ];
    case "drift":
      return [link("drift", `${words(event["item"])} ${words(event["drift"])}: ${words(event["text"])}`)];
    case "switch": {
      const { kind, name } = event["scope"] as Partial<Scope>;
      const done = `${words(kind)} ${words(name)} ${words(event["event"])}`;
      return [link("decision", `${done}: ${words(event["message"])} ${words(event["note"] ?? "")}`)];
    }
    case "halt":
    case "review":
    case "resume":
      return [
        link(
          "decision",
          `${event.kind} ${words(event["code"] ?? event["action"] ?? "")} ${words(event["message"] ?? event["note"] ?? "")}`,
        ),
      ];
    default:
      return [link("before", event.kind)];
  }
}

type MakeLink = (step: ChainStep, text: string, at?: number) => ChainLink;

function runLinks(event: RunEvent, link: MakeLink): ChainLink[] {
  const bar = event["bar"];
  const { strategy, run, outcome, orders, message } = event as unknown as Record<string, unknown>;
  const end = `${words(strategy)} run ${words(run)} ended ${words(outcome)} with ${words(orders)} orders`;
  return [
    ...(typeof bar === "number" ? [link("market", "the newest bar that the run saw closed here", bar)] : []),
    link("signal", message === null ? end : `${end}: ${words(message)}`),
  ];
}

function orderLinks(event: RunEvent, link: MakeLink): ChainLink[] {
  const { because, guards, bar, mark, symbol, quantity, price } = event as unknown as Record<string, unknown>;
  const reason = because as { readonly text?: unknown; readonly values?: unknown } | undefined;
  const readings = (Array.isArray(guards) ? guards : []) as readonly Readonly<Record<string, unknown>>[];
  const guardText = readings.map(
    (one) =>
      `${words(one["guard"])} ${words(one["value"])} of ${words(one["limit"])}${one["passed"] === true ? "" : " (refused)"}`,
  );
  const accepted = event["accepted"] === true;
  const verdict = accepted ? `accepted as ${words(event["orderId"])}` : `refused: ${words(event["reason"])}`;
  return [
    ...(typeof bar === "number" ? [link("market", `bar of ${words(symbol)}, mark ${words(mark)}`, bar)] : []),
    link("signal", `${words(reason?.text ?? "")} ${words(reason?.values ?? {})}`),
    link("guards", guardText.length === 0 ? "no guard has a limit" : guardText.join("; ")),
    link("decision", `${words(quantity)} ${words(symbol)} at ${words(price)} ${verdict}`),
  ];
}
