/**
 * `logos run`: one session in the terminal, from its start to its summary.
 *
 * 1. Ctrl-C stops it cleanly; a second one ends the process at once, and a restart still loses nothing.
 * 2. Exit 0 when it ended in order and free to trade, 1 when it ended halted or failed.
 */
import { resolve } from "node:path";
import { CodedError } from "../../shared/errors.ts";
import { formatDuration, formatMoment, HOUR } from "../../shared/time.ts";
import { openDesk } from "../../live/desk/index.ts";
import {
  createSession,
  reopenSession,
  type LiveSession,
  type RestoreRequest,
  type SessionSummary,
} from "../../live/session/index.ts";
import { openWorkspace, nodeFileSystem, readText, ROUTER_STATE_BYTES_MAX, type Workspace } from "../../store/index.ts";
import { durationOf, recordText, speedOf } from "../options.ts";
import type { AddCommand, Context } from "../program.ts";
import { version } from "../version.ts";

interface Options {
  readonly bars?: readonly string[];
  readonly symbol?: string;
  readonly tz?: string;
  readonly dateFormat?: string;
  readonly speed?: string;
  readonly for?: string;
  readonly seed?: string;
  readonly session?: string;
  readonly restore?: string;
  readonly useSnapshotLimits?: boolean;
  readonly holds?: string;
  readonly operator?: string;
  readonly note?: string;
}

/** How long a market without an end runs when nobody says. */
const LENGTH_DEFAULT = HOUR;
const PROGRESS_MS = 500;

function restoreOf(context: Context, options: Options): RestoreRequest | undefined {
  if (options.restore === undefined) return undefined;
  const path = resolve(context.io.folder, options.restore);
  return {
    source: options.restore,
    text: readText(nodeFileSystem, path, ROUTER_STATE_BYTES_MAX),
    operator: recordText("--operator", options.operator, "a restore has somebody who answers for it."),
    note: recordText("--note", options.note, "a restore has a reason."),
    useSnapshotLimits: options.useSnapshotLimits === true,
  };
}

async function openSession(
  context: Context,
  workspace: Workspace,
  options: Options,
  file: string | undefined,
): Promise<LiveSession> {
  const speed = options.speed === undefined ? "max" : speedOf("--speed", options.speed);
  const asked = options.for === undefined ? undefined : durationOf("--for", options.for);
  const restore = restoreOf(context, options);
  const ports = { version };
  if (options.session !== undefined) {
    if (file !== undefined || options.bars !== undefined)
      throw new CodedError(
        "usage",
        "--session goes on with the desk that the session has; leave the desk file and --bars away.",
      );
    const { holds } = options;
    if (holds !== undefined && holds !== "journal" && holds !== "file")
      throw new CodedError("usage", `--holds ${holds}: write journal or file.`);
    return reopenSession({ workspace, id: options.session, speed, length: asked, restore, holds, ports });
  }
  const { desk, notes } = await openDesk({
    workspace,
    file,
    bars: options.bars,
    symbol: options.symbol,
    timeZone: options.tz,
    dateFormat: options.dateFormat,
    env: context.io.environment,
    folder: context.io.folder,
    ...(options.seed === undefined ? {} : { flags: { seed: options.seed } }),
  });
  for (const note of notes) context.output.message(`logos: ${note}`);
  const endless = desk.feed.kind === "synthetic";
  const length = asked ?? (endless ? LENGTH_DEFAULT : undefined);
  const onSystem = desk.clock.kind === "system";
  return createSession({ workspace, desk, ...(onSystem ? {} : { speed }), length, restore, ports });
}

/** One line on how far it is; only a terminal shows it. */
function progressOf(session: LiveSession): string {
  const { now, endsAt, startedAt, state, account, counts } = session.probe();
  const share =
    endsAt === null || endsAt <= startedAt ? "" : ` ${Math.floor((100 * (now - startedAt)) / (endsAt - startedAt))} %`;
  const { orders, fills, rejections } = counts;
  const counted = `orders ${orders}  fills ${fills}  rejections ${rejections}`;
  return `${state}${share}  ${formatMoment(now)}  equity ${account.equity}  ${counted}`;
}

async function follow(context: Context, session: LiveSession): Promise<SessionSummary> {
  let interrupted = 0;
  const interrupt = (): void => {
    interrupted += 1;
    if (interrupted > 1) process.exit(130);
    context.output.message("Stopping. Press Ctrl-C again to end at once; a restart loses nothing either way.");
    void session.stop("signal");
  };
  const timer = setInterval(() => context.output.progress(progressOf(session)), PROGRESS_MS);
  process.on("SIGINT", interrupt);
  process.on("SIGTERM", interrupt);
  try {
    context.output.message(
      `Session ${session.id}: ${session.desk.strategies.length} strategies, seed ${session.desk.seed}, paper account.`,
    );
    session.start();
    return await session.done;
  } finally {
    clearInterval(timer);
    process.off("SIGINT", interrupt);
    process.off("SIGTERM", interrupt);
  }
}

function tell(context: Context, summary: SessionSummary, halted: boolean): void {
  const { output } = context;
  const rejections = Object.entries(summary.rejections).toSorted(([, a], [, b]) => b - a);
  output.line(output.style("bold", summary.id));
  const last = summary.halts.at(-1);
  output.fields([
    [
      "ended",
      summary.failure === null ? `${summary.cause}${halted ? ", halted" : ""}` : `failed: ${summary.failure.message}`,
    ],
    [
      "session time",
      `${formatMoment(summary.startedAt)} to ${formatMoment(summary.stoppedAt)} (${formatDuration(summary.duration)})`,
    ],
    ["took", `${(summary.realMs / 1_000).toFixed(1)} s`],
    ["runs", String(summary.runs)],
    ["orders", `${summary.orders} accepted, ${summary.fills} fills, ${summary.workingOrders} still working`],
    [
      "rejections",
      rejections.length === 0 ? "none" : rejections.map(([cause, count]) => `${cause} ${count}`).join(", "),
    ],
    ["equity", `${summary.equityStart} to ${summary.equityEnd}`],
    ["profit and loss", `${summary.pnl} after fees of ${summary.fees}`],
    ["deepest drawdown", `${(summary.maxDrawdown * 100).toFixed(2)} %`],
    ...(halted && last !== undefined ? [["halted because", last.message] as const] : []),
    ...(summary.driftOpen > 0
      ? [["drift open", `${summary.driftOpen}: logos review --session ${summary.id}`] as const]
      : []),
    ["files", summary.folder],
  ]);
  output.line(`  ${summary.files.join("  ")}`);
}

async function run(context: Context, options: Options, words: readonly string[]): Promise<number> {
  const workspace = openWorkspace(context.workspace);
  const session = await openSession(context, workspace, options, words[0]);
  const summary = await follow(context, session);
  const { haltReasons } = session.probe();
  const halted = haltReasons.length > 0;
  if (context.output.json) context.output.value({ ...summary, halted });
  else tell(context, summary, halted);
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
          "recorded bars or trades: CSV, zipped or gzipped; without a desk file the built-in strategies run on them",
        )
        .option("--symbol <name>", "the symbol of files without a symbol column")
        .option("--tz <zone>", "the zone of times that carry none, as Europe/Berlin (else UTC)")
        .option("--date-format <format>", "how dates are written that could be read two ways, as DD/MM/YYYY")
        .option("--speed <speed>", "1, 10, 60 or max; max when absent")
        .option("--for <duration>", "session time after which it ends, as 15m")
        .option("--seed <seed>", "repeats a run: market, jitter and runtimes come from it")
        .option("--session <id>", "go on with a session that ended or was interrupted; latest names the newest")
        .option("--holds <which>", "journal or file: which one holds when router_state.json is not the session's own")
        .option("--restore <file>", "start from a router_state.json; wants --operator and --note")
        .option("--use-snapshot-limits", "take the snapshot's limits where they differ from the desk's")
        .option("--operator <name>", "who restores")
        .option("--note <text>", "why");
    },
    "logos run --for 15m --speed 60",
    run,
  );
}
