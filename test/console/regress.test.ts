/**
 * Regressions through the contract: the list, a run with its verdicts, cancelling, and a session that becomes a fixture.
 */
import { cpSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Output, ProcedureName, RegressStatus } from "../../src/shared/contract/contract.ts";
import { resourcesFolder } from "../../src/store/index.ts";
import { place, readerOf } from "./sim/hosts.ts";

const SHIPPED = join(resourcesFolder(), "regression");

async function open() {
  const { host, workspace: folder } = await place();
  const ask = async <Name extends ProcedureName>(name: Name, input: unknown = {}): Promise<Output<Name>> =>
    (await host.call(name, input)) as Output<Name>;
  const turn = (): Promise<void> =>
    new Promise((resolve) => {
      setImmediate(resolve);
    });
  const over = async (): Promise<RegressStatus> => {
    for (;;) {
      const status = await ask("regress.status");
      if (status.state !== "running") return status;
      await turn();
    }
  };
  return { folder, host, ask, over };
}

/** Puts a shipped fixture into the workspace under another name's baseline or desk. */
function own(folder: string, change: (text: string) => string): void {
  const place = join(folder, "regression", "quiet");
  cpSync(join(SHIPPED, "quiet"), place, { recursive: true });
  const desk = join(place, "desk.yaml");
  writeFileSync(desk, change(readFileSync(desk, "utf8")));
}

describe("regressions in the console", () => {
  it("lists the program's fixtures and the workspace's own, which go first", async () => {
    const { folder, ask } = await open();
    own(folder, (text) => text);
    const { fixtures } = await ask("regress.list");
    expect(fixtures.map((one) => [one.name, one.own])).toEqual([
      ["brackets", false],
      ["busy", false],
      ["faulty", false],
      ["flatten", false],
      ["gaps", false],
      ["quiet", true],
      ["quoting", false],
      ["range-bound", false],
      ["trending-down", false],
      ["trending-up", false],
    ]);
    expect(fixtures.every((one) => one.description.length > 10)).toBe(true);
  });

  it("runs what is asked for, one run at a time, and reports both sides of the first difference", async () => {
    const { folder, ask, over } = await open();
    own(folder, (text) => text.replace("slippage_bps: 2", "slippage_bps: 3"));
    expect((await ask("regress.status")).state).toBe("none");
    await ask("regress.start", { names: ["quiet", "trending-up"] });
    await expect(ask("regress.start", { names: [] })).rejects.toMatchObject({ code: "wrong_state" });
    const { state, results } = await over();
    expect([state, results.map((one) => one.verdict)]).toEqual(["done", ["differs", "equal"]]);
    const [differs] = results;
    expect(differs?.changedInputs).toEqual(["desk.yaml"]);
    expect(differs?.difference?.fields.map((field) => field.path)).toContain("price");
    expect(differs?.difference?.baseline).toContain('"kind": "fill"');
    expect(differs?.difference?.runChain.map((link) => link.step)).toContain("decision");
    expect(differs?.artifacts.map((one) => one.artifact)).toContain("artifacts/fills.csv");
  });

  it("reports a fixture that cannot be used, and refuses an unknown name", async () => {
    const { folder, ask, over } = await open();
    own(folder, () => "name: broken\n");
    await expect(ask("regress.start", { names: ["nothing"] })).rejects.toMatchObject({ code: "not_found" });
    await expect(ask("regress.start", { names: ["../x"] })).rejects.toMatchObject({ code: "invalid_input" });
    await ask("regress.start", { names: ["quiet"] });
    const { results } = await over();
    expect(results[0]).toMatchObject({ verdict: "failed", problem: expect.stringContaining("desk.yaml") as string });
  });

  it("is cancelled between two fixtures", async () => {
    const { ask, over } = await open();
    await ask("regress.start", { names: ["quiet", "trending-up"] });
    await ask("regress.cancel");
    const status = await over();
    expect(status.state).toBe("cancelled");
    expect(status.results.length).toBeLessThan(2);
  });

  it("makes a fixture of a session that is over, and of no other", async () => {
    const { folder, host, ask, over } = await open();
    const reader = readerOf(host);
    reader.subscribe("session");
    const { id } = await ask("session.start", { speed: 1, seed: "5", forSeconds: 240 });
    await expect(ask("regress.record", { id })).rejects.toMatchObject({ code: "session_busy" });
    await ask("session.speed", { speed: "max" });
    await reader.state("stopped");
    expect(await ask("regress.record", { id })).toMatchObject({ name: id, difference: null });
    expect(existsSync(join(folder, "regression", id, "baseline", "manifest.json"))).toBe(true);
    await ask("regress.start", { names: [id] });
    expect((await over()).results.map((one) => one.verdict)).toEqual(["equal"]);
  });
});
