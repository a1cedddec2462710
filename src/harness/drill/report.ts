/**
 * A drill's report for people.
 *
 * 1. It says what was killed where, what was compared, and of each difference both sides.
 */
import type { DrillReport, DrillRun } from "./drill.ts";

function runText(run: DrillRun): string {
  const head = `## Run ${run.number}: ${run.passed ? "the same" : "NOT the same"}\n\nKilled ${run.killed} times:\n\n${run.points.map((point) => `- ${point}`).join("\n")}\n`;
  if (run.failure !== null) return `${head}\nIt could not go on: ${run.failure}\n`;
  const rows = run.comparisons
    .map((one) => `| ${one.what} | ${one.count} | ${one.same ? "same" : (one.explained ?? "DIFFERS")} |`)
    .join("\n");
  const differences = run.comparisons
    .filter((one) => one.difference !== null && one.explained === null)
    .map(
      (one) =>
        `\nThe first difference in ${one.what}:\n\n- uninterrupted: ${one.difference?.uninterrupted ?? ""}\n- restarted: ${one.difference?.restarted ?? ""}\n`,
    );
  const twice = run.sentTwice > 0 ? `\n${run.sentTwice} orders were sent twice.\n` : "";
  return `${head}\n| compared | of the uninterrupted | |\n| --- | --- | --- |\n${rows}\n${differences.join("")}${twice}`;
}

/** The report as Markdown. */
export function drillMarkdown(report: DrillReport): string {
  const passed = report.runs.filter((run) => run.passed).length;
  const killed = report.runs.reduce((sum, run) => sum + run.killed, 0);
  return `# Restart drill

Desk ${report.desk}, seed ${report.deskSeed}, drill seed ${report.drillSeed}. The uninterrupted session made ${report.decisions} decisions and
${report.fills} fills. ${report.runs.length} runs, ${killed} kills: ${passed} came out the same, ${report.runs.length - passed} did not.

${report.runs.map(runText).join("\n")}`;
}
