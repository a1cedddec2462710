/**
 * `logos alerts`: the workspace's alerts, newest first.
 *
 * 1. Reads only; safe beside a running console.
 * 2. Exit 1 while an alert is neither over nor acknowledged, so that a script can watch it.
 */
import { readAlerts, workspaceAt } from "../../store/index.ts";
import { formatMoment, type Moment } from "../../shared/time.ts";
import type { Alert } from "../../shared/contract/views.ts";
import type { AddCommand, Context } from "../common/context.ts";

interface Options {
  readonly all?: boolean;
}

/** Alerts that are neither over nor acknowledged. */
export const standing = (alerts: readonly Alert[]): Alert[] =>
  alerts.filter(({ endedAt, acknowledged }) => endedAt === null && acknowledged === null);

function list({ output, workspace }: Context, { all = false }: Options): number {
  const alerts = readAlerts(workspaceAt(workspace)).toReversed();
  const shown = all ? alerts : alerts.filter(({ acknowledged }) => acknowledged === null);
  const code = standing(alerts).length > 0 ? 1 : 0;
  if (output.json) {
    output.value({ total: alerts.length, standing: standing(alerts).length, alerts: shown });
    return code;
  }
  if (shown.length === 0)
    output.line(alerts.length === 0 ? "No alerts." : `No alerts to acknowledge; ${alerts.length} in all (--all).`);
  for (const { severity, at, text, endedAt, times, owner, acknowledged } of shown) {
    const style = endedAt !== null ? "dim" : severity === "critical" ? "red" : "yellow";
    const facts = [
      ...(times > 1 ? [`${times} times`] : []),
      ...(endedAt === null ? [] : ["over"]),
      ...(acknowledged === null ? [] : [`acknowledged by ${acknowledged.operator}`]),
      ...(acknowledged === null && owner !== null ? [`owner ${owner}`] : []),
    ];
    const rest = facts.length === 0 ? "" : ` (${facts.join(", ")})`;
    output.line(`${output.style(style, severity.padEnd(8))}  ${formatMoment(at as Moment)}  ${text}${rest}`);
  }
  return code;
}

export function addAlertsCommand(add: AddCommand): void {
  add<Options>(
    "alerts",
    "List the alerts that wait to be acknowledged, newest first. Exit 1 while one still holds.",
    (command) => {
      command.option("--all", "those that were acknowledged, too");
    },
    "logos alerts --json",
    list,
  );
}
