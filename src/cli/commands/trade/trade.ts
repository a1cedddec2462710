/**
 * `logos cancel`, `replace`, `order`, `close` and `flatten`: a trader's hand on orders and positions.
 *
 * 1. Each names its operator; what is dangerous names a reason, too. Both are recorded.
 * 2. A running session is asked through its control folder; one that is not running is opened, and the command is sent to its venue.
 * 3. Exit 1 where something was refused, is not known, or was left open.
 */
import { setTimeout as pause } from "node:timers/promises";
import type { Command } from "commander";
import type { CancelReport, OrderPreview, Ticket, TicketOutcome } from "../../../live/session/index.ts";
import { CodedError } from "../../../shared/errors.ts";
import { ORDER_TYPE_NAMES, type OrderType, type TimeInForce } from "../../../shared/orders.ts";
import { parseMoment, type Moment } from "../../../shared/time.ts";
import {
  isLight,
  nodeFileSystem,
  readJournal,
  type FlattenEntry,
  type FlattenScope,
  type SessionFiles,
} from "../../../store/index.ts";
import type { OperatorCommand } from "../../../shared/contract/operator-commands.ts";
import { atSession } from "../../common/at-session.ts";
import {
  addSessionOption,
  optionalRecordText,
  recordText,
  sessionOf,
  type SessionOption,
} from "../../common/options.ts";
import type { AddCommand, Context } from "../../common/context.ts";
import { addScopeOptions, scopeOf, type ScopeOptions } from "../../common/scope-options.ts";

interface Options extends ScopeOptions, SessionOption {
  readonly operator?: string;
  readonly note?: string;
  readonly all?: boolean;
  readonly quantity?: string;
  readonly limit?: string;
  readonly stop?: string;
  readonly trail?: string;
  readonly type?: string;
  readonly tif?: string;
  readonly expires?: string;
  readonly postOnly?: boolean;
  readonly reduceOnly?: boolean;
  readonly preview?: boolean;
  readonly wait?: string;
}

const WHO = "write who asks.";

/** A number of an option, which may be negative. */
function numberOf(option: string, value: string): number {
  const number = Number(value);
  if (value.trim() === "" || !Number.isFinite(number) || number === 0)
    throw new CodedError("usage", `${option} ${value}: write a number other than 0.`, { option, value });
  return number;
}

const optional = (option: string, value: string | undefined, field: string): Record<string, number> =>
  value === undefined ? {} : { [field]: numberOf(option, value) };

async function cancel(context: Context, options: Options, words: readonly string[]): Promise<number> {
  const operator = recordText("--operator", options.operator, WHO);
  const part = scopeOf(options);
  if (Number(words.length > 0) + Number(part !== undefined) + Number(options.all === true) !== 1)
    throw new CodedError("usage", "Name orders by their ids, or one of --strategy, --group, --symbol and --all.");
  const scope: FlattenScope = part ?? { kind: "all", name: "all" };
  const command: OperatorCommand =
    words.length > 0 ? { command: "cancel", orders: [...words], operator } : { command: "cancel_all", scope, operator };
  const { files, live, value } = await atSession(context, sessionOf(options), command);
  const report = value as CancelReport;
  const { canceled, refused, unknown } = report;
  if (context.output.json) context.output.value({ id: files.id, running: live, ...report });
  else {
    const doubt = unknown === 0 ? "" : `, ${unknown} without an answer (they are asked about)`;
    context.output.line(`${files.id}: ${canceled} canceled, ${refused} refused by the broker${doubt}.`);
  }
  return refused + unknown === 0 ? 0 : 1;
}

async function replace(context: Context, options: Options, words: readonly string[]): Promise<number> {
  const operator = recordText("--operator", options.operator, WHO);
  const [id = ""] = words;
  const change = {
    replace: id,
    ...optional("--quantity", options.quantity, "quantity"),
    ...optional("--limit", options.limit, "limitPrice"),
    ...optional("--stop", options.stop, "stopPrice"),
  };
  if (Object.keys(change).length === 1)
    throw new CodedError("usage", "Say what is to change: --quantity, --limit or --stop.");
  const command = { command: "replace" as const, operator, ...change };
  const { files, live } = await atSession(context, sessionOf(options), command);
  if (context.output.json) context.output.value({ id: files.id, running: live, order: id, replaced: true });
  else context.output.line(`${files.id}: ${id} replaced.`);
  return 0;
}

function ticketOf(options: Options, words: readonly string[]): Ticket {
  const [side, quantity, symbol] = words;
  if ((side !== "buy" && side !== "sell") || quantity === undefined || symbol === undefined || words.length > 3)
    throw new CodedError("usage", "Write the order as: logos order buy|sell QUANTITY SYMBOL.");
  const size = numberOf("QUANTITY", quantity);
  if (size < 0)
    throw new CodedError("usage", `QUANTITY ${quantity}: write it without a sign; buy or sell says the side.`);
  const { type, tif, expires, postOnly, reduceOnly, trail, note } = options;
  return {
    symbol,
    quantity: side === "buy" ? size : -size,
    // What a type or a time in force may be is checked by the order rules, which name the field.
    ...(type === undefined ? {} : { type: type as OrderType }),
    ...optional("--limit", options.limit, "limitPrice"),
    ...optional("--stop", options.stop, "stopPrice"),
    ...(trail === undefined ? {} : { trail: trailOf(trail) }),
    ...(tif === undefined ? {} : { timeInForce: tif as TimeInForce }),
    ...(expires === undefined ? {} : { expiresAt: momentOf(expires) }),
    ...(postOnly === true ? { postOnly } : {}),
    ...(reduceOnly === true ? { reduceOnly } : {}),
    ...(note === undefined ? {} : { note: optionalRecordText("--note", note) }),
  };
}

function momentOf(text: string): Moment {
  const moment = parseMoment(text);
  if (moment === null) throw new CodedError("usage", `--expires ${text}: write a moment such as 2026-01-05T15:00:00Z.`);
  return moment;
}

const trailOf = (text: string) =>
  text.endsWith("%") ? { percent: numberOf("--trail", text.slice(0, -1)) } : { amount: numberOf("--trail", text) };

async function order(context: Context, options: Options, words: readonly string[]): Promise<number> {
  const ticket = ticketOf(options, words);
  if (options.preview === true) return preview(context, options, ticket);
  const operator = recordText("--operator", options.operator, WHO);
  const command = { command: "order" as const, ticket: { ...ticket }, operator };
  const { files, value } = await atSession(context, sessionOf(options), command);
  const outcome = value as TicketOutcome;
  const { state, orderId, clientOrderId, reason, detail } = outcome;
  if (context.output.json) context.output.value({ id: files.id, ...outcome });
  else {
    const why = detail === null ? "" : ` ${detail}`;
    context.output.line(`${files.id}: ${orderId ?? clientOrderId} is ${state.replaceAll("_", " ")} (${reason}).${why}`);
  }
  return state === "rejected" ? 1 : 0;
}

async function preview(context: Context, options: Options, ticket: Ticket): Promise<number> {
  const command = { command: "preview" as const, ticket: { ...ticket } };
  const { files, value } = await atSession(context, sessionOf(options), command);
  const said = value as OrderPreview;
  if (context.output.json) context.output.value({ id: files.id, ...said });
  else {
    context.output.line(
      said.passes ? "It would pass." : `It would be refused: ${said.reason ?? ""}. ${said.detail ?? ""}`,
    );
    for (const { guard, value: at, limit, passed } of said.guards)
      context.output.line(`  ${guard}: ${at} of ${limit}${passed ? "" : ", refused"}`);
  }
  return said.passes ? 0 : 1;
}

/** Milliseconds between two looks at how far a flatten is. */
const LOOK_MS = 200;

function endOf(files: SessionFiles, flatten: string): FlattenEntry | null {
  const journal = readJournal(files.journal);
  try {
    for (const entry of journal.read(1, ["flatten"]))
      if (entry.kind === "flatten" && entry.flatten === flatten && entry.event === "ended") return entry;
    return null;
  } finally {
    journal.close();
  }
}

async function getOut(
  context: Context,
  options: Options,
  request: { readonly scope: FlattenScope; readonly owner?: string; readonly shutsGate: boolean },
): Promise<number> {
  const operator = recordText("--operator", options.operator, WHO);
  const note = recordText("--note", options.note, "say why the position is given up.");
  const { files, live, value } = await atSession(context, sessionOf(options), {
    command: "flatten",
    ...request,
    operator,
    note,
  });
  const flatten = String(value);
  const waitMs = live ? 1_000 * (options.wait === undefined ? 10 : numberOf("--wait", options.wait)) : 0;
  // A light run keeps no journal in which the end could be seen.
  if (isLight(nodeFileSystem, files)) return report(context, files, flatten, null, live);
  let end = endOf(files, flatten);
  for (let waitedMs = 0; end === null && waitedMs < waitMs; waitedMs += LOOK_MS) {
    await pause(LOOK_MS);
    end = endOf(files, flatten);
  }
  return report(context, files, flatten, end, live);
}

function report(
  { output }: Context,
  files: SessionFiles,
  flatten: string,
  end: FlattenEntry | null,
  running: boolean,
): number {
  const { closed = 0, left = [] } = end ?? {};
  if (output.json) output.value({ id: files.id, flatten, running, ended: end !== null, closed, left });
  else if (end === null) {
    const next = running ? "`logos orders --working` shows its orders." : "It continues when the session runs again.";
    output.line(`${files.id}: ${flatten} is under way: its orders are sent and have not all filled. ${next}`);
  } else {
    output.line(`${files.id}: ${flatten} ended, ${closed} closed, ${left.length} left open.`);
    for (const { owner, symbol, quantity, reason } of left) output.line(`  ${owner} ${quantity} ${symbol}: ${reason}`);
  }
  return end !== null && left.length === 0 ? 0 : 1;
}

function flatten(context: Context, options: Options): Promise<number> {
  const part = scopeOf(options);
  if ((part === undefined) !== (options.all === true))
    throw new CodedError("usage", "Say what to flatten: --all, or one of --strategy, --group and --symbol.");
  return getOut(context, options, { scope: part ?? { kind: "all", name: "all" }, shutsGate: true });
}

function close(context: Context, options: Options, words: readonly string[]): Promise<number> {
  const [symbol = ""] = words;
  const owner = options.strategy === undefined ? {} : { owner: options.strategy };
  return getOut(context, options, { scope: { kind: "symbol", name: symbol }, ...owner, shutsGate: false });
}

const ofSession = (command: Command): Command =>
  addSessionOption(command).option("--operator <name>", "who asks").option("--note <text>", "why");

function addOrderCommands(add: AddCommand): void {
  add<Options>(
    "cancel [orders...]",
    "Cancel orders by their ids, or every working and queued one of a part of the desk.",
    (command) => {
      addScopeOptions(ofSession(command)).option("--all", "every working and queued order");
    },
    'logos cancel --symbol AAPL --operator "A. Trader"',
    cancel,
  );
  add<Options>(
    "replace <order>",
    "Change a working order in its place: its quantity (signed, with what is filled) or its prices.",
    (command) => {
      ofSession(command)
        .option("--quantity <number>", "signed, and in all")
        .option("--limit <price>", "the limit price")
        .option("--stop <price>", "the stop price");
    },
    'logos replace ROUTER-00000012 --limit 187.20 --operator "A. Trader"',
    replace,
  );
  add<Options>(
    "order <words...>",
    "Place an order by hand, as strategy manual, or show what the guards would say to it.",
    (command) => {
      ofSession(command)
        .option("--type <type>", `one of ${ORDER_TYPE_NAMES.join(", ")}`)
        .option("--limit <price>", "the limit price")
        .option("--stop <price>", "the stop price")
        .option("--trail <distance>", "of a trailing stop, as 0.5 or 1%")
        .option("--tif <time>", "gtc, day, gtd, ioc or fok")
        .option("--expires <moment>", "the end of a gtd order, as 2026-01-05T15:00:00Z")
        .option("--post-only", "only if it does not trade at once")
        .option("--reduce-only", "only as far as it reduces")
        .option("--preview", "only show what the guards would say");
    },
    'logos order buy 100 AAPL --limit 187.20 --tif day --operator "A. Trader"',
    order,
  );
}

export function addTradeCommands(add: AddCommand): void {
  addOrderCommands(add);
  add<Options>(
    "close <symbol>",
    "Close the positions of a symbol, or one strategy's in it; the gate stays as it is.",
    (command) => {
      ofSession(command)
        .option("--strategy <name>", "this owner's position alone")
        .option("--wait <seconds>", "how long to wait for its end; 10 when absent");
    },
    'logos close AAPL --strategy mr-aapl --operator "A. Trader" --note "earnings tonight"',
    close,
  );
  add<Options>(
    "flatten",
    "Halt a part of the desk or all of it, cancel its orders and close its positions.",
    (command) => {
      addScopeOptions(ofSession(command))
        .option("--all", "everything")
        .option("--wait <seconds>", "how long to wait for its end; 10 when absent");
    },
    'logos flatten --group momentum --operator "A. Trader" --note "the feed is wrong"',
    flatten,
  );
}
