/**
 * `logos run`: one session in the terminal, from its start to its summary.
 *
 * 1. Ctrl-C stops it cleanly; a second one ends the process at once, and a restart still loses nothing.
 * 2. Exit 0 when it ended cleanly and free to trade, 1 when it ended halted or failed, 65 when no strategy of it loads.
 * 3. Nothing is made on disk before command line, desk and data are known to be good.
 * 4. A strategy that does not load is reported before the session starts; the others run.
 */
import { resolve } from "node:path";
import { CodedError } from "../../shared/errors.ts";
import { durationText, formatMoment, HOUR } from "../../shared/time.ts";
import { forkChildOnOneCore } from "../../live/host/index.ts";
import { guessesOf } from "../../live/instruments/index.ts";
import { isDemo, openDesk } from "../../live/desk/index.ts";
import {
  checkRestore,
  createSession,
  reopenSession,
  type LiveSession,
  type RestoreRequest,
  type SessionSummary,
} from "../../live/session/index.ts";
import type { Desk } from "../../shared/desk.ts";
import type { Speed } from "../../shared/ports.ts";
import {
  findSession,
  openWorkspace,
  nodeFileSystem,
  readRecord,
  readText,
  ROUTER_STATE_BYTES_MAX,
  workspaceAt,
  type ConfigRow,
  type Workspace,
} from "../../store/index.ts";
import { lossTexts, sourceText } from "../../shared/text/feed-text.ts";
import { troubleSummary } from "../../shared/trouble.ts";
import { addDataOptions, readOptionsOf, type DataOptions } from "../common/data-options.ts";
import { counted, money, orderFields, percent, strategyFields } from "../common/figures.ts";
import { durationOf, recordText, speedOf } from "../common/options.ts";
import type { AddCommand, Context } from "../common/context.ts";
import { version } from "../common/version.ts";

interface Options extends DataOptions {
  readonly bars?: readonly string[];
  readonly speed?: string;
  readonly for?: string;
  readonly seed?: string;
  readonly session?: string;
  readonly restore?: string;
  readonly useSnapshotLimits?: boolean;
  readonly holds?: string;
  readonly light?: boolean;
  readonly acceptCodeChange?: boolean;
  readonly operator?: string;
  readonly note?: string;
}

const ENDED = {
  finished: "as planned",
  operator: "stopped by an operator",
  signal: "stopped by Ctrl-C",
  failed: "failed",
};

/** How long a market without an end runs where no length is given. */
const LENGTH_DEFAULT = HOUR;
const PROGRESS_MS = 500;
/** How a session that ended at the length it was given gets more of it. */
const MORE = { synthetic: "--for 15m", replay: "--for 30m" } as const;

/** Who restores, and why: a file that holds is restored, too. */
const wordOf = (options: Options): { readonly operator: string; readonly note: string } => ({
  operator: recordText("--operator", options.operator, "a restore needs the operator's name."),
  note: recordText("--note", options.note, "a restore needs a reason."),
});

function restoreOf(context: Context, options: Options): RestoreRequest | undefined {
  if (options.restore === undefined) return undefined;
  const path = resolve(context.io.folder, options.restore);
  return {
    source: options.restore,
    text: readText(nodeFileSystem, path, ROUTER_STATE_BYTES_MAX),
    ...wordOf(options),
    useSnapshotLimits: options.useSnapshotLimits === true,
  };
}

async function openSession(context: Context, options: Options, file: string | undefined): Promise<LiveSession> {
  const workspace = workspaceAt(context.workspace);
  const flag = options.speed === undefined ? undefined : speedOf("--speed", options.speed);
  const asked = options.for === undefined ? undefined : durationOf("--for", options.for);
  const restore = restoreOf(context, options);
  const ports = { version, hosts: { launch: forkChildOnOneCore } };
  const light = options.light === true;
  if (options.session !== undefined) {
    if (light)
      throw new CodedError("usage", "--light starts a new run; a session that has a journal keeps it when it resumes.");
    if (file !== undefined || options.bars !== undefined)
      throw new CodedError(
        "usage",
        "--session resumes with the desk that the session has; leave out the desk file and --bars.",
      );
    const { holds } = options;
    if (holds !== undefined && holds !== "journal" && holds !== "file")
      throw new CodedError("usage", `--holds ${holds}: write journal or file.`);
    const word = holds === "file" ? wordOf(options) : undefined;
    const speed = flag ?? lastSpeedOf(workspace, options.session);
    const session = await reopenSession({
      workspace,
      id: options.session,
      speed,
      length: asked,
      restore,
      holds,
      word,
      ...(options.acceptCodeChange === true ? { code: "accept changes" } : {}),
      ports,
    });
    if (flag === undefined) printSpeed(context, session, "as it did before");
    return session;
  }
  const { desk, notes, origins } = await openDesk({
    workspace,
    file,
    bars: options.bars,
    options: readOptionsOf(options, workspace.data),
    env: context.io.environment,
    folder: context.io.folder,
    ...(options.seed === undefined ? {} : { flags: { seed: options.seed } }),
  });
  for (const note of notes) context.output.message(`logos: ${note}`);
  const endless = desk.feed.kind === "synthetic";
  const length = asked ?? (endless ? LENGTH_DEFAULT : undefined);
  const onSystem = desk.clock.kind === "system";
  if (restore !== undefined) checkRestore(restore, desk);
  const said = origins.find(({ name }) => name === "speed");
  const speed = flag ?? (isPaced(desk, said) ? undefined : "max");
  const session = await createSession({
    workspace: openWorkspace(context.workspace),
    desk,
    ...(onSystem || speed === undefined ? {} : { speed }),
    length,
    restore,
    light,
    onNote: (text) => context.output.message(`logos: ${text}`),
    ports,
  });
  const { feed } = session.desk;
  const guesses = feed.kind === "replay" ? guessesOf(Object.values(feed.symbols)) : null;
  if (guesses !== null) context.output.message(`logos: ${guesses}`);
  if (speed === undefined) printSpeed(context, session, `as ${said?.where ?? "the desk"} says`);
  return session;
}

/**
 * Whether the speed of a desk was set: by the environment, or by the user's own desk file. The speed of the demo desks is
 * the console's, where eyes follow; here their hour is over as fast as it can be.
 */
function isPaced(desk: Desk, said: ConfigRow | undefined): boolean {
  if (said === undefined || said.from === "default") return false;
  return said.from !== "file" || !isDemo(desk);
}

/** The speed that a session ran with when its record was last written. */
function lastSpeedOf(workspace: Workspace, id: string): Speed {
  try {
    return speedOf("speed", String(readRecord(nodeFileSystem, findSession(workspace, id).record).speed));
  } catch {
    return "max";
  }
}

/** Says why it takes its time, and what does not. */
function printSpeed({ output }: Context, session: LiveSession, why: string): void {
  const { clock, speed } = session.probe();
  if (clock === "virtual" && speed !== "max")
    output.message(`logos: the clock runs at ${speed}×, ${why}; --speed max waits for nothing.`);
}

/** One line on how far it is; only a terminal shows it. */
function progressOf(session: LiveSession): string {
  const { now, endsAt, startedAt, state, account, counts } = session.probe();
  const share =
    endsAt === null || endsAt <= startedAt ? "" : ` ${Math.floor((100 * (now - startedAt)) / (endsAt - startedAt))} %`;
  const { orders, fills, rejections } = counts;
  const made = `orders ${orders}  fills ${fills}  rejections ${rejections}`;
  return `${state}${share}  ${formatMoment(now)}  equity ${money(account.equity)}  ${made}`;
}

/** How a session that reached its end runs on; recorded data that was read to its last row leaves nothing to run on. */
const moreOf = (kind: keyof typeof MORE, feedEnded: boolean): string =>
  feedEnded ? "Its recorded data ends there." : `Add ${MORE[kind]} to give it more.`;

/** What is about to run; of a session that has nothing left to run, that, and what would give it more. */
function openingOf(session: LiveSession, resumed: boolean): string {
  const { id, desk } = session;
  const { now, endsAt, feed } = session.probe();
  if (!resumed) {
    const light = session.light
      ? " A light run: it keeps results and no journal, so it cannot be resumed once it has ended."
      : "";
    return `Session ${id}: ${counted(desk.strategies.length, "strategy", "strategies")}, seed ${desk.seed}, paper account.${light}`;
  }
  if (endsAt === null || now < endsAt) return `Session ${id} resumes from ${formatMoment(now)}.`;
  return `Session ${id} is at its end, ${formatMoment(now)}: nothing is left to run. ${moreOf(desk.feed.kind, feed.ended)}`;
}

/** Names the strategies that do not load. Throws `strategy_invalid`, with the session closed again, when none does. */
async function printNotLoaded({ output }: Context, session: LiveSession): Promise<void> {
  const { strategies } = session.probe();
  const broken = strategies.filter(({ state }) => state === "not_loaded");
  const lines = broken.map(({ name, reason }) => `strategy ${name} does not load: ${reason ?? "no reason is known"}`);
  if (broken.length > 0 && broken.length === strategies.length) {
    await session.stop("operator");
    throw new CodedError("strategy_invalid", `Nothing was run: no strategy of the desk loads. ${lines.join(" ")}`);
  }
  for (const line of lines) output.message(`logos: ${/[.!?]$/.test(line) ? line : `${line}.`} The others run.`);
}

/** Signals that stop a session cleanly; SIGHUP is a terminal that was closed. */
const STOPPING = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

async function follow(context: Context, session: LiveSession, resumed: boolean): Promise<SessionSummary> {
  let interrupted = 0;
  const interrupt = (): void => {
    interrupted += 1;
    if (interrupted > 1) process.exit(130);
    context.output.message("Stopping. Press Ctrl-C again to end at once; a restart loses nothing either way.");
    void session.stop("signal");
  };
  const timer = setInterval(() => context.output.progress(() => progressOf(session)), PROGRESS_MS);
  for (const signal of STOPPING) process.on(signal, interrupt);
  try {
    context.output.message(openingOf(session, resumed));
    session.start();
    return await session.done;
  } finally {
    clearInterval(timer);
    for (const signal of STOPPING) process.off(signal, interrupt);
  }
}

/** `more`: how it gets more session time where it ended for want of that; null where it did not. */
function print(
  context: Context,
  summary: SessionSummary,
  currency: string,
  halted: boolean,
  more: string | null,
): void {
  const { output } = context;
  output.line(output.style("bold", summary.id));
  const last = summary.halts.at(-1);
  const failing = summary.troubles.failing > 0;
  output.fields([
    [
      "ended",
      summary.failure === null
        ? `${ENDED[summary.cause]}${halted ? ", halted" : ""}${failing ? `, but ${troubleSummary(summary.troubles)}` : ""}`
        : `failed: ${summary.failure.message}`,
    ],
    [
      "session time",
      `${formatMoment(summary.startedAt)} to ${formatMoment(summary.stoppedAt)} (${durationText(summary.duration)})`,
    ],
    ...(summary.light ? [["kept", "results, but no journal: a light run cannot be resumed or verified"] as const] : []),
    ...(more === null ? [] : [["", `more: ${more}`] as const]),
    ["took", `${(summary.realMs / 1_000).toFixed(1)} s`],
    ["runs", String(summary.runs)],
    ...orderFields({ ...summary, accepted: summary.orders, working: summary.workingOrders }),
    ...strategyFields(summary.troubles),
    ["equity", `${money(summary.equityStart)} to ${money(summary.equityEnd)} ${currency}`],
    ["profit and loss", `${money(summary.pnl)} after fees of ${money(summary.fees)}`],
    ["deepest drawdown", percent(summary.maxDrawdown)],
    ...(halted && last !== undefined ? [["halted because", last.message] as const] : []),
    ...(summary.driftOpen > 0
      ? [["drift open", `${summary.driftOpen}: logos review --session ${summary.id}`] as const]
      : []),
    ...summary.feed.map((source) => [source.name, sourceText(source)] as const),
    ["files", summary.folder],
  ]);
  output.line(`  ${summary.files.join("  ")}`);
}

async function run(context: Context, options: Options, words: readonly string[]): Promise<number> {
  const session = await openSession(context, options, words[0]);
  await printNotLoaded(context, session);
  for (const loss of lossTexts(session.probe().feed.sources)) context.output.message(`logos: ${loss}`);
  const summary = await follow(context, session, options.session !== undefined);
  const { output } = context;
  const { haltReasons, strategies, feed } = session.probe();
  for (const { name, state, reason } of strategies)
    if (state === "quarantined")
      output.message(`logos: strategy ${name} ended in quarantine: ${reason ?? "no reason"}`);
  const halted = haltReasons.length > 0;
  if (output.json) output.value({ ...summary, halted });
  else {
    const more = summary.cause === "finished" && !feed.ended && !summary.light ? MORE[session.desk.feed.kind] : null;
    print(
      context,
      summary,
      session.desk.broker.currency,
      halted,
      more === null ? null : `logos run --session ${session.id} ${more}`,
    );
  }
  if (summary.light) return summary.failure !== null || halted ? 1 : 0;
  if (halted) output.message(`To open the gate: logos review --session ${session.id}, then logos resume.`);
  else if (summary.cause === "signal") output.message(`To resume it: logos run --session ${session.id}`);
  return summary.failure !== null || halted ? 1 : 0;
}

export function addRunCommand(add: AddCommand): void {
  add<Options>(
    "run [desk]",
    "Run one session in this terminal. Without a desk file: the workspace's desk.yaml, else the demo desk for an hour of its market.",
    (command) => {
      command
        .option(
          "--bars <file...>",
          "recorded bars, trades or quotes: files, folders or patterns; without a desk file the built-in strategies run on them",
        )
        .option(
          "--speed <speed>",
          "1, 10, 60 or max; else LOGOS_SPEED, else what the desk file says, else max (the demo desk too)",
        )
        .option("--for <duration>", "session time after which it ends, as 15m")
        .option("--seed <seed>", "repeats a run: market, jitter and runtimes come from it")
        .option(
          "--light",
          "keep orders, fills, equity, metrics and the summary, but no journal: for trying things; it cannot be resumed",
        )
        .option("--session <id>", "resume a session that ended or was interrupted; latest names the newest")
        .option(
          "--holds <which>",
          "journal or file: which one holds when router_state.json is not the session's own; file wants --operator and --note",
        )
        .option("--accept-code-change", "with --session: run strategy files that have changed since the session ran")
        .option("--restore <file>", "start from a router_state.json; wants --operator and --note")
        .option("--use-snapshot-limits", "take the snapshot's limits where they differ from the desk's")
        .option("--operator <name>", "who restores")
        .option("--note <text>", "why");
      addDataOptions(command);
    },
    "logos run --for 15m --speed 60",
    run,
  );
}
