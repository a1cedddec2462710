/**
 * `logos restore`: a router snapshot looked at, and with an operator's word put into a session.
 *
 * 1. Without an operator and a note it only shows what the file holds, and what would differ.
 * 2. What is restored is journaled and on disk when the command ends; the session is not started.
 */
import { basename, resolve } from "node:path";
import { formatMoment } from "../../shared/time.ts";
import { openDesk } from "../../live/desk/index.ts";
import {
  checkRestore,
  createSession,
  differencesOf,
  figuresOf,
  figuresOnDisk,
  reopenSession,
} from "../../live/session/index.ts";
import {
  checkRouterState,
  findSession,
  nodeFileSystem,
  openWorkspace,
  readText,
  ROUTER_STATE_BYTES_MAX,
  workspaceAt,
  type LoadedRouterState,
} from "../../store/index.ts";
import { recordText } from "../common/options.ts";
import type { AddCommand, Context } from "../common/context.ts";
import { version } from "../common/version.ts";

interface Options {
  readonly session?: string;
  readonly operator?: string;
  readonly note?: string;
  readonly useSnapshotLimits?: boolean;
}

/** What would differ in the session that it would be put into; null where that is a new one. */
function changes(context: Context, options: Options, { state }: LoadedRouterState): string[] | null {
  if (options.session === undefined) return null;
  const files = findSession(workspaceAt(context.workspace), options.session);
  return differencesOf(figuresOf(state), figuresOnDisk(nodeFileSystem, files));
}

function printChanges({ output }: Context, session: string | undefined, differences: readonly string[] | null): void {
  if (session === undefined || differences === null)
    return output.line("A new session would begin with it; --session ID shows what differs in one that is there.");
  if (differences.length === 0) return output.line(`Nothing of it differs from ${session}.`);
  output.line(`What differs from ${session}:`);
  for (const difference of differences) output.line(`  ${difference}`);
}

function preview({ output }: Context, path: string, { state, sha256 }: LoadedRouterState): void {
  const orders = Object.entries(state.inflight);
  output.line(output.style("bold", path));
  output.fields([
    ["limits", `${state.rateLimitPerSec} orders a second for each strategy, ${state.maxInflight} in flight`],
    ["next order", String(state.nextSequence)],
    [
      "halted",
      state.halted
        ? `yes: ${state.haltReasons.map((reason) => reason.message).join("; ") || "no reason in the file"}`
        : "no",
    ],
    ["in flight", String(orders.length)],
    ["known keys", String(state.keys.length)],
    ["of run", state.session ?? "not named"],
    ["sha256", sha256],
  ]);
  for (const [id, order] of orders.slice(0, 20))
    output.line(
      `  ${id}  ${order.strategyId}  ${order.symbol}  ${order.quantity} at ${order.price}  ${formatMoment(order.timestamp)}`,
    );
  if (orders.length > 20) output.line(`  and ${orders.length - 20} more`);
}

async function restore(context: Context, options: Options, words: readonly string[]): Promise<number> {
  const path = resolve(context.io.folder, words[0] ?? "");
  const text = readText(nodeFileSystem, path, ROUTER_STATE_BYTES_MAX);
  const loaded = checkRouterState(text, basename(path));
  const { output } = context;
  if (options.operator === undefined && options.note === undefined) {
    if (output.json) {
      const { rateLimitPerSec, maxInflight, nextSequence, halted, inflight, keys } = loaded.state;
      output.value({
        path,
        sha256: loaded.sha256,
        rateLimitPerSec,
        maxInflight,
        nextSequence,
        halted,
        inflight,
        keys: keys.length,
        differences: changes(context, options, loaded),
      });
    } else {
      preview(context, path, loaded);
      printChanges(context, options.session, changes(context, options, loaded));
    }
    output.message("Nothing is changed. To restore it, add --operator NAME --note TEXT.");
    return 0;
  }
  const operator = recordText("--operator", options.operator, "a restore needs the operator's name.");
  const note = recordText("--note", options.note, "a restore needs a reason.");
  const request = {
    source: basename(path),
    text,
    operator,
    note,
    useSnapshotLimits: options.useSnapshotLimits === true,
  };
  const workspace = workspaceAt(context.workspace);
  const ports = { version };
  const session =
    options.session === undefined
      ? await (async () => {
          const { desk } = await openDesk({ workspace, env: context.io.environment });
          checkRestore(request, desk);
          return createSession({ workspace: openWorkspace(context.workspace), desk, restore: request, ports });
        })()
      : await reopenSession({
          workspace,
          id: findSession(workspace, options.session).id,
          restore: request,
          code: "no runs",
          ports,
        });
  const { router } = session.probe();
  await session.stop("operator");
  if (output.json)
    output.value({ id: session.id, nextOrderId: router.nextOrderId, halted: router.halted, inflight: router.inflight });
  else {
    output.line(
      `${session.id}: restored. The next order is ${router.nextOrderId}${router.halted ? "; it is halted" : ""}.`,
    );
    output.line(`Resume it: logos run --session ${session.id}`);
  }
  return 0;
}

export function addRestoreCommand(add: AddCommand): void {
  add<Options>(
    "restore <file>",
    "Show what a router_state.json holds; with an operator and a note, put it into a session.",
    (command) => {
      command
        .option("--session <id>", "into this session; a new one of the workspace's desk when absent")
        .option("--use-snapshot-limits", "take the snapshot's limits where they differ from the desk's")
        .option("--operator <name>", "who restores")
        .option("--note <text>", "why");
    },
    'logos restore router_state.json --operator "A. Trader" --note "back to this morning"',
    restore,
  );
}
