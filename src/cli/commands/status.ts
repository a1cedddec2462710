/**
 * `logos status`: a session's health, safe beside it.
 *
 * 1. Exit 0 healthy (or stopped cleanly), 1 halted, stale, offline or failed, 2 no such session.
 */
import { resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { readStatus, statusOf, type SessionStatus } from "../../live/status/index.ts";
import { readAlerts, workspaceAt } from "../../store/index.ts";
import type { Alert } from "../../shared/contract/views.ts";
import { troubleSummary } from "../../shared/trouble.ts";
import { money, orderFields, percent, strategyFields } from "../common/figures.ts";
import type { AddCommand, Context } from "../common/context.ts";
import { addSessionOption, sessionOf, type SessionOption } from "../common/options.ts";
import { standing } from "./alerts.ts";

interface Options extends SessionOption {
  readonly path?: string;
  readonly watch?: boolean;
}

const WATCH_MS = 1_000;

function read(context: Context, options: Options, word: string | undefined): SessionStatus {
  if (options.path !== undefined) return statusOf(resolve(context.io.folder, options.path));
  return readStatus(workspaceAt(context.workspace), sessionOf(options, word));
}

/** What a console raised for the session and what still holds; none where their file cannot be read. */
function alertsOf({ workspace }: Context, id: string): Alert[] {
  try {
    return standing(readAlerts(workspaceAt(workspace))).filter(({ session }) => session === id);
  } catch {
    return [];
  }
}

const LIGHT_TEXT = "a light run: results, but no journal; it cannot be resumed, verified or compacted";

const orDash = (value: string | number | null): string => (value === null ? "—" : String(value));

/** The newest alerts of the session that still hold; `logos alerts` lists all. */
const ALERTS_SHOWN = 3;

function alertFields(alerts: readonly Alert[]): [string, string][] {
  const shown = alerts.slice(-ALERTS_SHOWN).toReversed();
  const more = alerts.length - shown.length;
  return [
    ...shown.map(({ severity, text }): [string, string] => ["alert", `${severity}: ${text}`]),
    ...(more > 0 ? [["alert", `and ${more} more: logos alerts`] as [string, string]] : []),
  ];
}

function print({ output }: Context, status: SessionStatus, alerts: readonly Alert[]): void {
  const { troubles, orders } = status;
  const held = Object.entries(status.positions);
  const samples =
    status.samples === null ? "" : ` (n ${status.samples}${status.samples < 20 ? ", low confidence" : ""})`;
  const well = status.health === "healthy" || status.health === "stopped";
  const failing = troubles !== null && troubles.failing > 0;
  const but = well && failing ? `, but ${troubleSummary(troubles)}` : "";
  const color = !well ? "red" : failing ? "yellow" : "green";
  output.line(output.style("bold", status.id));
  output.fields([
    [
      "health",
      output.style(color, `${status.health.toUpperCase()}${but}`) +
        (status.reason === null ? "" : `: ${status.reason}`),
    ],
    ...(status.light ? [["kept", LIGHT_TEXT] as const] : []),
    ["state", status.state + (status.pid === null ? "" : `, process ${status.pid}`)],
    ["desk, seed", `${orDash(status.desk)}, ${orDash(status.seed)}`],
    ["session time", orDash(status.sessionTime)],
    ["equity", `${money(status.equity)}  profit and loss ${money(status.pnl)}`],
    ["positions", held.length === 0 ? "flat" : held.map(([symbol, quantity]) => `${symbol} ${quantity}`).join("  ")],
    [
      "last signal",
      status.lastSignal === null
        ? "—"
        : `${status.lastSignal.at} ${status.lastSignal.strategy}: ${status.lastSignal.text}`,
    ],
    ...(orders === null ? [] : orderFields(orders)),
    ...(troubles === null ? [] : strategyFields(troubles)),
    ["p95 latency", status.latencyP95Ms === null ? "—" : `${status.latencyP95Ms} ms${samples}`],
    ["skip rate", status.skipRate === null ? "—" : percent(status.skipRate)],
    ["queue depth", orDash(status.queueDepthMax)],
    ...status.haltedScopes.map(({ kind, name, since, message, note }): [string, string] => [
      `${kind} halted`,
      `${name} since ${since}: ${message}${note === null || note === "" ? "" : ` ${note}`}`,
    ]),
    ["drift open", String(status.openDrift)],
    ...alertFields(alerts),
    ["last written", status.writtenSecondsAgo === null ? "—" : `${status.writtenSecondsAgo.toFixed(1)} s ago`],
  ]);
}

async function status(context: Context, options: Options, words: readonly string[]): Promise<number> {
  const { output } = context;
  for (;;) {
    const seen = read(context, options, words[0]);
    const alerts = alertsOf(context, seen.id);
    if (output.json) output.value({ ...seen, alerts }, options.watch === true);
    else print(context, seen, alerts);
    if (options.watch !== true) return seen.health === "healthy" || seen.health === "stopped" ? 0 : 1;
    await pause(WATCH_MS);
    if (!output.json) output.line();
  }
}

export function addStatusCommand(add: AddCommand): void {
  add<Options>(
    "status [session]",
    "Show a session's health, equity, positions and metrics. Reads only; safe beside a running session.",
    (command) => {
      addSessionOption(command)
        .option("--path <dir>", "the folder of a session, wherever it is")
        .option("--watch", "again every second, until Ctrl-C");
    },
    "logos status --watch",
    status,
  );
}
