/**
 * Reads from a journal what happened to a session besides its market, as lines of a fixture's script.
 *
 * 1. A command stands at the moment of its entry: the pass behind which it was done. Where a live clock made a pass of its own
 *    that decided something, that moment is a pass in the script, too.
 * 2. A session that ends without a `stopped` and resumes was killed; one that was stopped and resumes was restarted.
 * 3. What an entry does not hold cannot be played again; the recorder plays the script and compares.
 */
import type { CodedError } from "../../shared/errors.ts";
import { formatDuration, type Duration, type Moment } from "../../shared/time.ts";
import type { OrderChange } from "../../shared/ports.ts";
import type { Because } from "../../shared/strategy.ts";
import { termsOf } from "../../live/session/state/open-orders.ts";
import { scopeText } from "../../shared/scope.ts";
import type { JournalEntry } from "../../store/index.ts";
import type { FlattenScope, OrderEntry } from "../../store/journal/entries.ts";

/** A line as `fixture.yaml` has it. */
export type ScriptLine = Readonly<Record<string, string | number | boolean | FlattenScope | TicketLine>>;

/** An order of the ticket, as `order.ticket` has it. */
type TicketLine = Readonly<Record<string, unknown>>;

/** What an operator asked of a strategy, by its entry's event. */
const COMMANDS: Readonly<Record<string, string | undefined>> = {
  paused: "pauseStrategy",
  resumed: "resumeStrategy",
  run_asked: "runStrategy",
};

type Fill = Extract<JournalEntry, { kind: "fill" }>;

/** What a replace changes, as a line of a script has it. */
const changeOf = (change: OrderChange): Record<string, number> =>
  Object.fromEntries(Object.entries(change).map(([field, value]: [string, string]) => [field, Number(value)]));

/** An order's entry as it was asked for. */
function intentOf(entry: OrderEntry): Readonly<Record<string, unknown>> {
  const { symbol, quantity, asked, limitPrice, idempotencyKey, oco, basket, clientOrderId, because } = entry;
  const { timeInForce, expiresAt } = entry;
  const values = {
    symbol,
    quantity: asked ?? quantity,
    ...termsOf(entry),
    limitPrice: limitPrice ?? undefined,
    // The end of an order for the day is the session's to find.
    expiresAt: timeInForce === "day" ? undefined : expiresAt,
    clientOrderId,
    idempotencyKey: idempotencyKey ?? undefined,
    oco,
    basket,
    because,
  };
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

/** What the ticket said: an order with a note in place of its reason. */
function ticketOf(intent: object, operator: string): TicketLine {
  const { because, ...terms } = intent as { readonly because?: Because } & TicketLine;
  const before = `order ticket of ${operator}: `;
  return because?.text.startsWith(before) === true ? { ...terms, note: because.text.slice(before.length) } : terms;
}

export class ScriptReader {
  readonly #start: Moment;
  readonly #refuse: (why: string) => CodedError;
  readonly #canceled = new Set<string>();
  /** Orders whose cancel is in the journal as a request, so that its answer says nothing more. */
  readonly #requested = new Set<string>();
  /** Flattens under way: the cancels that they ask for are theirs. */
  #flattens = 0;
  /** When a command last made a strategy due that has not started since. */
  readonly #broughtAt = new Map<string, Moment>();
  #fill: Fill | null = null;
  #lastAt: Moment;
  #stopped = false;
  readonly script: ScriptLine[] = [];

  constructor(start: Moment, refuse: (why: string) => CodedError) {
    this.#start = start;
    this.#lastAt = start;
    this.#refuse = refuse;
  }

  read(entry: JournalEntry): void {
    switch (entry.kind) {
      case "session":
        this.#session(entry);
        break;
      case "halt":
        this.#halt(entry);
        break;
      case "review": {
        const { item, action, strategy, operator, note } = entry;
        this.#add(entry.at, { do: "review", item, action, ...(strategy === null ? {} : { strategy }), operator, note });
        break;
      }
      case "resume":
        this.#add(entry.at, { do: "resume", operator: entry.operator, note: entry.note });
        break;
      case "limits": {
        const { limit, after: value, operator, note } = entry;
        this.#add(entry.at, { do: "changeLimit", limit, value, operator, note });
        break;
      }
      case "switch":
        this.#switch(entry);
        break;
      case "strategy":
        this.#strategy(entry);
        break;
      case "cancel_request":
        if (entry.operator !== null && this.#flattens === 0)
          this.#cancel(entry.at, entry.named, entry.operator, entry.orderId);
        else if (entry.orderId !== null) this.#requested.add(entry.orderId);
        break;
      case "cancel":
        // A journal of an older version has the answer alone; a strategy's own cancel comes again by its run.
        if (this.#requested.delete(entry.orderId)) break;
        this.#cancel(entry.at, entry.orderId, entry.reason.replace(/^asked by /, ""), entry.orderId);
        break;
      case "replace_request":
        if (entry.operator === null) break;
        this.#add(entry.at, { do: "replace", order: entry.named, ...changeOf(entry.change), operator: entry.operator });
        break;
      case "flatten":
        this.#flatten(entry);
        break;
      case "order":
        this.#ticket(entry);
        break;
      case "queue":
        // What the ticket asked for and waits is here whole; its decision comes later, by itself.
        if (entry.operator !== null && entry.event === "canceled")
          this.#add(entry.at, { do: "cancel", order: entry.queue, operator: entry.operator });
        else if (entry.operator !== null && entry.item !== undefined) {
          const [order] = entry.item.orders;
          const { operator } = entry;
          if (order !== undefined)
            this.#add(entry.at, { do: "order", ticket: ticketOf(order.intent, operator), operator });
        }
        break;
      case "closed":
        if (entry.orderId !== null && this.#canceled.delete(entry.orderId)) this.#add(entry.at, { do: "pass" });
        break;
      case "fill":
        this.#stranger(entry);
        this.#fill = entry;
        break;
      case "restore":
        throw this.#refuse("a router snapshot was restored in it, and a fixture has no place for one.");
      default:
        this.#runs(entry);
    }
    this.#lastAt = entry.at;
  }

  /** An order of the ticket; a bracket's children follow their parent, and belong to its line. */
  #ticket(entry: OrderEntry & { readonly at: Moment }): void {
    const { operator, flatten, role, queue, at } = entry;
    if (operator === undefined || flatten !== undefined || queue !== undefined) return;
    const terms = ticketOf(intentOf(entry), operator);
    if (role === undefined) {
      this.#add(at, { do: "order", ticket: terms, operator });
      // What is sent wakes the loop.
      if (entry.accepted) this.#add(at, { do: "pass" });
      return;
    }
    const { symbol: _symbol, quantity: _quantity, note: _note, ...child } = terms;
    const index = this.script.findLastIndex((line) => line["do"] === "order");
    const parent = this.script[index] as ScriptLine;
    const ticket = parent["ticket"] as TicketLine;
    this.script[index] = {
      ...parent,
      ticket: { ...ticket, attach: { ...(ticket["attach"] as object), [role]: child } },
    };
  }

  #add(at: Moment, line: ScriptLine): void {
    this.script.push({ at: formatDuration((at - this.#start) as Duration), ...line });
  }

  #cancel(at: Moment, order: string, operator: string, orderId: string | null): void {
    if (orderId !== null) {
      this.#canceled.add(orderId);
      this.#requested.add(orderId);
    }
    this.#add(at, { do: "cancel", order, operator });
  }

  #flatten(entry: Extract<JournalEntry, { kind: "flatten" }>): void {
    const { event, scope, owner, shutsGate, operator, note, at } = entry;
    this.#flattens += event === "started" ? 1 : -1;
    if (event === "ended") return;
    this.#add(at, { do: "flatten", scope, ...(owner === null ? {} : { owner }), shutsGate, operator, note });
  }

  #session(entry: Extract<JournalEntry, { kind: "session" }>): void {
    if (entry.event === "recovered") this.#add(this.#lastAt, { do: this.#stopped ? "restart" : "kill" });
    this.#stopped = entry.event === "stopped";
  }

  #halt({ at, source, code, operator, note }: Extract<JournalEntry, { kind: "halt" }>): void {
    if (source === "operator") this.#add(at, { do: "halt", operator: operator ?? "operator", note: note ?? "" });
    else if (source === "breaker") this.#add(at, { do: "pass" });
    else if (source !== "drift") throw this.#refuse(`it was halted by ${code}, which cannot be played again.`);
  }

  #switch({ at, event, scope, source, operator, note }: Extract<JournalEntry, { kind: "switch" }>): void {
    if (source !== "operator")
      throw this.#refuse(`the kill switch of ${scopeText(scope)} was a file, which cannot be played again.`);
    this.#add(at, {
      do: event === "halted" ? "halt" : "resume",
      scope,
      operator: operator ?? "operator",
      note: note ?? "",
    });
  }

  #strategy({ at, strategy, event, operator }: Extract<JournalEntry, { kind: "strategy" }>): void {
    const action = COMMANDS[event];
    if (operator === null || action === undefined) return;
    this.#add(at, { do: action, strategy, operator });
    if (event !== "paused") this.#broughtAt.set(strategy, at);
  }

  /** A fill that no order explains and that the venue's own faults did not make: an operator practised. */
  #stranger(entry: Fill): void {
    if (entry.verdict !== "quarantined" || entry.orderId !== null || !entry.venueId.startsWith("VENUE-")) return;
    const before = this.#fill;
    const drawn =
      before !== null &&
      before.cursor === entry.cursor - 1 &&
      before.filledAt === entry.filledAt &&
      before.symbol === entry.symbol &&
      before.quantity === entry.quantity;
    if (drawn) return;
    const told = formatDuration((entry.at - this.#start) as Duration);
    const { symbol, quantity, filledAt } = entry;
    this.#add(filledAt, { do: "injectUnknownFill", symbol, quantity, told });
  }

  /**
   * A virtual clock starts a run at the very moment at which it is due, unless a command brought it: in between, or at the moment of
   * the pass before, which then has another one behind the command.
   */
  #runs(entry: JournalEntry): void {
    if (entry.kind !== "run_started") return;
    const brought = this.#broughtAt.get(entry.strategy) === entry.at;
    this.#broughtAt.delete(entry.strategy);
    if (brought || entry.at !== entry.due) this.#add(entry.at, { do: "pass" });
  }
}
