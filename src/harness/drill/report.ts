/**
 * A drill's report for people.
 *
 * 1. It says what was killed where, what was compared, and of each difference both sides.
 */
import type { Comparison } from "./compare.ts";
import type { DrillReport, DrillRun } from "./drill.ts";

function rowText({ what, count, same, explained }: Comparison): string {
  return `| ${what} | ${count} | ${same ? "same" : (explained ?? "DIFFERS")} |`;
}

function differenceText({ what, difference, explained }: Comparison): string[] {
  if (difference === null || explained !== null) return [];
  const { uninterrupted, restarted } = difference;
  return [`\nThe first difference in ${what}:\n\n- uninterrupted: ${uninterrupted}\n- restarted: ${restarted}\n`];
}

function runText(run: DrillRun): string {
  const points = run.points.map((point) => `- ${point}`).join("\n");
  const head = `## Run ${run.number}: ${run.passed ? "passed" : "FAILED"}\n\nKilled ${run.killed} times:\n\n${points}\n`;
  if (run.failure !== null) return `${head}\nIt does not hold: ${run.failure}\n`;
  const rows = run.comparisons.map(rowText).join("\n");
  const differences = run.comparisons.flatMap(differenceText).join("");
  const twice = run.sentTwice > 0 ? `\n${run.sentTwice} orders were sent twice.\n` : "";
  return `${head}\n| compared | of the uninterrupted | |\n| --- | --- | --- |\n${rows}\n${differences}${twice}`;
}

/** The report as Markdown. */
export function drillMarkdown(report: DrillReport): string {
  const passed = report.runs.filter((run) => run.passed).length;
  const killed = report.runs.reduce((sum, run) => sum + run.killed, 0);
  return `# Restart drill

Desk ${report.desk}, seed ${report.deskSeed}, drill seed ${report.drillSeed}.
The uninterrupted session made ${report.decisions} decisions and ${report.fills} fills.
${report.runs.length} runs, ${killed} kills: ${passed} passed, ${report.runs.length - passed} failed.
${report.empty === null ? "" : `\nIt proves nothing: ${report.empty}\n`}
${report.runs.map(runText).join("\n")}`;
}
