/**
 * What a regression says: equal, or the first event that differs and each artifact below it; and what makes a baseline new.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  compareArtifacts,
  htmlReport,
  junitReport,
  loadBaseline,
  prepareFixtures,
  regressOne,
} from "../../../src/harness/regress/index.ts";
import { ARTIFACTS } from "../../../src/harness/regress/artifacts.ts";
import { edit, keepBaseline, makeFixture, makeFolder, OPTIONS, regress, SMALL_DESK, textsOf } from "./stage.ts";

const FACTS = { version: "1 <&>", generatedAt: "2026-01-05T14:30:00.000Z" };

describe("a changed limit", () => {
  it("is reported by its first event, with bar, signal, guards and decision, and by every artifact", async () => {
    const folder = makeFixture();
    await keepBaseline(folder);
    edit(folder, "desk.yaml", "strategies:", "limits: { max_notional: 3000 }\nstrategies:");
    const result = await regress(folder);
    expect(result.verdict).toBe("differs");
    expect(result.changedInputs).toEqual(["desk.yaml"]);
    expect(result.difference).toMatchObject({ baseline: { kind: "order" }, run: { kind: "order" } });
    const steps = result.difference?.runChain.map((link) => link.step);
    expect(steps).toEqual(expect.arrayContaining(["tick", "market", "signal", "guards", "decision"]));
    expect(result.difference?.runChain.some((link) => link.text.includes("max_notional"))).toBe(true);
    const artifacts = result.artifacts.map((one) => one.artifact);
    expect(artifacts).toEqual(
      expect.arrayContaining(["snapshot.json", "artifacts/metrics.json", "artifacts/orders.csv", "router_state.json"]),
    );
    expect(artifacts).not.toContain("provenance.json");
    const junit = junitReport([result], FACTS);
    expect(junit).toContain('failures="1"');
    expect(junit).toContain(`event ${result.difference?.index} differs`);
    const html = htmlReport([result], FACTS);
    expect(html).toContain(`Event ${result.difference?.index} is the first that differs`);
    expect(html).toContain("1 &lt;&amp;&gt;");
    expect(html).not.toMatch(/<(script|link|img)|https?:/);
  });

  it("that changes nothing is reported as a changed file, and is equal", async () => {
    const folder = makeFixture();
    await keepBaseline(folder);
    edit(folder, "desk.yaml", "name: small", "# A remark.\nname: small");
    expect(await regress(folder)).toMatchObject({
      verdict: "equal",
      changedInputs: ["desk.yaml"],
      difference: null,
      artifacts: [],
    });
  });
});

describe("a baseline", () => {
  it("is replaced when the caller says so, after the verdict was reported, and not otherwise", async () => {
    const folder = makeFixture();
    await keepBaseline(folder);
    edit(folder, "desk.yaml", 'seed: "3"', 'seed: "4"');
    const [prepared] = await prepareFixtures([{ name: "small", folder }], true);
    if (prepared === undefined) throw new Error("nothing was prepared");
    const before = textsOf(folder);
    expect((await regressOne(prepared, OPTIONS, { refresh: () => false })).refreshed).toBe(false);
    expect(textsOf(folder)).toEqual(before);
    const verdicts: string[] = [];
    const result = await regressOne(prepared, OPTIONS, {
      refresh: (one) => {
        expect(textsOf(folder)).toEqual(before);
        verdicts.push(one.verdict);
        return true;
      },
    });
    expect([verdicts, result.refreshed]).toEqual([["differs"], true]);
    expect(await regress(folder)).toMatchObject({ verdict: "equal", changedInputs: [] });
    expect(Object.keys(textsOf(folder)).filter((name) => /\.(new|old)/.test(name))).toEqual([]);
  });

  it("reads its events again and again", async () => {
    const folder = makeFixture();
    await keepBaseline(folder);
    const baseline = loadBaseline({ folder, name: "small" });
    const text = (): string => [...(baseline?.events() ?? [])].join("");
    expect(text()).toBe(text());
    expect(text().trimEnd().split("\n")).toHaveLength(baseline?.eventCount ?? -1);
  });
});

describe("artifacts", () => {
  function artifactsWith(more: Readonly<Record<string, string>>): string {
    const folder = makeFolder();
    mkdirSync(join(folder, "artifacts"));
    for (const name of ARTIFACTS)
      writeFileSync(join(folder, name), more[name] ?? (name.endsWith(".json") ? "{}" : "a\nb\n"));
    return folder;
  }

  it("are compared with a tolerance in the metrics, and exactly elsewhere", () => {
    const one = artifactsWith({ "artifacts/metrics.json": '{"sharpe":1.5,"pnl":"1"}', "snapshot.json": '{"x":1.5}' });
    const near = artifactsWith({
      "artifacts/metrics.json": '{"sharpe":1.5000000001,"pnl":"1"}',
      "snapshot.json": '{"x":1.5000000001}',
    });
    expect(compareArtifacts(one, near).map((found) => found.artifact)).toEqual(["snapshot.json"]);
    const far = artifactsWith({
      "artifacts/metrics.json": '{"sharpe":1.51,"pnl":"1.0"}',
      "snapshot.json": '{"x":1.5}',
    });
    expect(compareArtifacts(one, far)[0]?.differences.map((field) => field.path)).toEqual(["sharpe", "pnl"]);
  });

  it("do not differ in what is a run's own", () => {
    const provenance = (id: string, seed: string): string =>
      JSON.stringify({ run_id: id, generated_at: id, versions: { node: id }, seed, inputs: { "desk.yaml": id } });
    const one = artifactsWith({
      "provenance.json": provenance("a", "1"),
      "router_state.json": '{"logos_console":{"session":"a"}}',
    });
    const two = artifactsWith({
      "provenance.json": provenance("b", "1"),
      "router_state.json": '{"logos_console":{"session":"b"}}',
    });
    expect(compareArtifacts(one, two)).toEqual([]);
    const other = artifactsWith({ "provenance.json": provenance("b", "2") });
    expect(compareArtifacts(one, other).map((found) => found.artifact)).toEqual([
      "provenance.json",
      "router_state.json",
    ]);
  });

  it("of lines report the first line that differs, also a missing one", () => {
    const one = artifactsWith({});
    const two = artifactsWith({ "session.md": "a\nx\n", "artifacts/fills.csv": "a\nb\nc\n" });
    expect(compareArtifacts(one, two)).toEqual([
      {
        artifact: "artifacts/fills.csv",
        line: 3,
        differences: [{ path: "line 3", baseline: undefined, run: "c" }],
        more: 0,
      },
      { artifact: "session.md", line: 2, differences: [{ path: "line 2", baseline: "b", run: "x" }], more: 0 },
    ]);
  });
});

describe("a script", () => {
  const script = (lines: string): string => `script:\n${lines}`;

  it("reports a command that the session refuses as an outcome, and continues", async () => {
    const folder = makeFixture({
      head: script(
        "  - { at: 0s, do: pass }\n  - { at: 2m, do: resume, operator: Ada, note: nothing to resume }\n" +
          "  - { at: 3m, do: review, item: next, action: dismiss, operator: Ada, note: there is none }\n" +
          "  - { at: 4m, do: cancel, order: ROUTER-00009999, operator: Ada }\n" +
          "  - { at: 5m, do: runStrategy, strategy: revert, operator: Ada }\n",
      ),
    });
    await keepBaseline(folder);
    const result = await regress(folder);
    expect(result.verdict).toBe("equal");
    expect(result.script.map((one) => one.outcome)).toEqual(["not_halted", "not_found", "not_found", "done"]);
  });

  it("that kills and restarts ends as an uninterrupted run", async () => {
    const plain = makeFixture();
    await keepBaseline(plain);
    const kills = [1, 4, 7, 7, 12, 19].map((minute) => `  - { at: ${minute}m, do: kill }\n`).join("");
    edit(plain, "fixture.yaml", "length: 20m\n", `length: 20m\n${script(`${kills}  - { at: 15m, do: restart }\n`)}`);
    const result = await regress(plain);
    expect(result.script).toHaveLength(7);
    const { difference } = result;
    // Orders, fills and runs are the same; what a restart adds are figures at its moment and reconciled answers.
    expect(result.artifacts.map((one) => one.artifact)).not.toContain("artifacts/orders.csv");
    expect(result.artifacts.map((one) => one.artifact)).not.toContain("artifacts/fills.csv");
    expect(["order", "fill", "run_started"]).not.toContain(difference?.run?.kind);
  });

  it("has a desk of its own seed", async () => {
    const folder = makeFixture({ head: 'seed: "99"\n', desk: SMALL_DESK });
    await keepBaseline(folder);
    const one = await regress(folder);
    edit(folder, "fixture.yaml", '"99"', '"98"');
    expect([one.verdict, (await regress(folder)).verdict]).toEqual(["equal", "differs"]);
  });
});
