/**
 * A regression's report for other programs and people: JUnit XML, and one page of HTML.
 *
 * 1. Text from outside is escaped; the page asks nothing of any network.
 * 2. A fixture is a test case: equal passes, different fails, without a baseline is skipped.
 * 3. The page is at most as long as its lists' limits; the whole difference is in the JSON.
 */
import { formatMoment, type Moment } from "../../shared/time.ts";
import type { ArtifactDifference } from "./compare.ts";
import type { ChainLink, FieldDifference, FirstDifference } from "./first-difference.ts";
import type { Regression } from "./regress.ts";

export interface ReportFacts {
  readonly version: string;
  /** ISO. */
  readonly generatedAt: string;
}

const VALUE_MAX = 400;

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};
/** Text for XML and HTML; characters that XML does not know become a dot. */
export function escaped(text: string): string {
  return text
    .replace(/[^\P{Cc}\n\t]|[\uFFFE\uFFFF]|\p{Cs}/gu, "·")
    .replace(/[&<>"']/g, (one) => ENTITIES[one] as string);
}

const shown = (value: unknown): string =>
  value === undefined ? "—" : (JSON.stringify(value) ?? "—").slice(0, VALUE_MAX);
const timeOf = (at: number): string => formatMoment(at as Moment);

/** A difference in lines of text. */
export function differenceText(regression: Regression): string {
  const { difference, artifacts, changedInputs } = regression;
  const lines = changedInputs.map((name) => `${name} is not the one that the baseline was made of`);
  if (difference !== null) {
    lines.push(`event ${difference.index} differs`);
    lines.push(`  baseline: ${shown(difference.baseline)}`, `  this run: ${shown(difference.run)}`);
    for (const { path, baseline, run } of difference.fields)
      lines.push(`  ${path}: ${shown(baseline)} -> ${shown(run)}`);
    for (const link of difference.runChain) lines.push(`  ${link.step} ${timeOf(link.at)} ${link.text}`);
  }
  for (const { artifact, differences, more } of artifacts) {
    lines.push(`${artifact} differs`);
    for (const { path, baseline, run } of differences) lines.push(`  ${path}: ${shown(baseline)} -> ${shown(run)}`);
    if (more > 0) lines.push(`  and ${more} more`);
  }
  return lines.join("\n");
}

/** JUnit's XML, as CI systems read it. */
export function junitReport(regressions: readonly Regression[], facts: ReportFacts): string {
  const failures = regressions.filter((one) => one.verdict === "differs").length;
  const skipped = regressions.filter((one) => one.verdict === "no_baseline").length;
  const time = (ms: number): string => (ms / 1_000).toFixed(3);
  const total = regressions.reduce((sum, one) => sum + one.realMs, 0);
  const cases = regressions.map((one) => {
    const head = `    <testcase classname="logos.regression" name="${escaped(one.name)}" time="${time(one.realMs)}"`;
    if (one.verdict === "equal") return `${head}/>`;
    if (one.verdict === "no_baseline") return `${head}>\n      <skipped message="no baseline"/>\n    </testcase>`;
    const first = one.difference === null ? "an artifact differs" : `event ${one.difference.index} differs`;
    return `${head}>\n      <failure message="${escaped(first)}">${escaped(differenceText(one))}</failure>\n    </testcase>`;
  });
  const counts = `tests="${regressions.length}" failures="${failures}" skipped="${skipped}" errors="0" time="${time(total)}"`;
  return `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="logos regress" ${counts}>
  <testsuite name="regression" timestamp="${escaped(facts.generatedAt.replace(/\.\d+Z$/, "Z"))}" ${counts}>
${cases.join("\n")}
  </testsuite>
</testsuites>
`;
}

const STYLE = `
:root { color-scheme: light dark; --line: #8885; --good: #1a7f4b; --bad: #c0362c; --dim: #777; }
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 76rem; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; margin: .5rem 0 1.5rem; }
th, td { text-align: left; padding: .3rem .6rem; border-bottom: 1px solid var(--line); vertical-align: top; }
td.n { text-align: right; font-variant-numeric: tabular-nums; }
code, pre { font: 13px/1.45 ui-monospace, monospace; white-space: pre-wrap; overflow-wrap: anywhere; }
.equal { color: var(--good); } .differs { color: var(--bad); } .no_baseline, .dim { color: var(--dim); }
.sides { display: grid; grid-template-columns: 1fr 1fr; gap: 1rem; } .sides > * { min-width: 0; }
`;

const WORDS = { equal: "equal", differs: "differs", no_baseline: "no baseline" } as const;

function rowOf(one: Regression): string {
  const cells = [
    `<td><a href="#${escaped(one.name)}">${escaped(one.name)}</a><div class="dim">${escaped(one.description)}</div></td>`,
    `<td class="${one.verdict}">${WORDS[one.verdict]}</td>`,
    ...[
      String(one.events),
      String(one.orders),
      String(one.fills),
      one.metrics.pnl,
      `${(one.realMs / 1_000).toFixed(2)} s`,
    ].map((text) => `<td class="n">${escaped(text)}</td>`),
  ];
  return `<tr>${cells.join("")}</tr>`;
}

function chainTable(chain: readonly ChainLink[]): string {
  const rows = chain.map(
    ({ step, at, text }) => `<tr><td>${step}</td><td>${timeOf(at)}</td><td>${escaped(text)}</td></tr>`,
  );
  return `<table><tr><th>step</th><th>session time</th><th>what</th></tr>${rows.join("")}</table>`;
}

const code = (text: string): string => `<td><code>${escaped(text)}</code></td>`;

function fieldTable(head: string, fields: readonly FieldDifference[]): string {
  if (fields.length === 0) return "";
  const rows = fields.map(
    ({ path, baseline, run }) => `<tr>${code(path)}${code(shown(baseline))}${code(shown(run))}</tr>`,
  );
  return `<table><tr><th>${head}</th><th>baseline</th><th>this run</th></tr>${rows.join("")}</table>`;
}

function differenceSection({ index, baseline, run, fields, baselineChain, runChain }: FirstDifference): string {
  const side = (title: string, event: unknown, chain: readonly ChainLink[]): string =>
    `<div><h4>${title}</h4><pre>${event === null ? "no more events" : escaped(JSON.stringify(event, null, 2))}</pre>` +
    `${chainTable(chain)}</div>`;
  return (
    `<h3>Event ${index} is the first that differs</h3>${fieldTable("field", fields)}` +
    `<div class="sides">${side("Baseline", baseline, baselineChain)}${side("This run", run, runChain)}</div>`
  );
}

function artifactSection({ artifact, differences, more }: ArtifactDifference): string {
  const rest = more > 0 ? `<p class="dim">and ${more} more</p>` : "";
  return `<h3>${artifact}</h3>${fieldTable("where", differences)}${rest}`;
}

function fixtureSection(one: Regression): string {
  if (one.verdict !== "differs") return "";
  const inputs = one.changedInputs.map(
    (name) => `<li>${escaped(name)} is not the one that the baseline was made of</li>`,
  );
  return (
    `<h2 id="${escaped(one.name)}" class="differs">${escaped(one.name)}</h2>` +
    (inputs.length === 0 ? "" : `<ul>${inputs.join("")}</ul>`) +
    (one.difference === null ? "<p>Every event is equal.</p>" : differenceSection(one.difference)) +
    one.artifacts.map(artifactSection).join("")
  );
}

/** One page for people. */
export function htmlReport(regressions: readonly Regression[], facts: ReportFacts): string {
  const differing = regressions.filter((one) => one.verdict === "differs").length;
  const verdict = differing === 0 ? "every fixture is equal" : `${differing} of ${regressions.length} differ`;
  const heads = ["fixture", "verdict", "events", "orders", "fills", "profit and loss", "took"];
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Regression: ${verdict}</title><style>${STYLE}</style></head>
<body>
<h1>Regression: <span class="${differing === 0 ? "equal" : "differs"}">${verdict}</span></h1>
<p class="dim">Logos Console ${escaped(facts.version)}, ${escaped(facts.generatedAt)}</p>
<table><tr>${heads.map((head) => `<th>${head}</th>`).join("")}</tr>
${regressions.map(rowOf).join("\n")}
</table>
${regressions.map(fixtureSection).join("\n")}
</body>
</html>
`;
}
