/**
 * The recipes of `docs/recipes`, followed in a copy of the product: what is made by them compiles and works.
 *
 * 1. Each recipe touches as many files of the product as its page says.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { filesOf, filesOnPage, followed } from "./copy.ts";
import { GUARD, VENUE, VIEW } from "./toys.ts";

const DESK = `name: toys
seed: 1
broker: { kind: push, push_delay: 1ms }
feed:
  kind: synthetic
  symbols: [{ symbol: AAA, assetClass: equity, startPrice: 100 }, { symbol: BBB, assetClass: equity, startPrice: 50 }]
limits: { max_units: 150 }
strategies:
  - { name: one, module: momentum, symbols: [AAA, BBB], cadence: 5s }
`;

/** A program for the copy: prints the census of a workspace's newest session. */
const CENSUS = `
import { SessionViews } from "./src/console/projections/session-views.ts";
import { findSession, openWorkspace, readJournal, storedDesk } from "./src/store/index.ts";
const files = findSession(openWorkspace(process.argv[2]), "latest");
const entries = [...readJournal(files.journal).read(1)];
const views = new SessionViews(storedDesk(entries[0].detail.desk, files.journal), files.folder);
views.apply(entries);
console.log(JSON.stringify(views.view("census", { now: 0 })));
`;

describe("a recipe", () => {
  const copy = followed([GUARD, VENUE, VIEW]);
  const workspace = mkdtempSync(join(tmpdir(), "recipes-desk-"));
  afterAll(() => {
    for (const folder of [copy, workspace]) rmSync(folder, { recursive: true, force: true });
  });

  const run = (...args: readonly string[]): { readonly status: number | null; readonly text: string } => {
    const done = spawnSync(process.execPath, args, { cwd: copy, encoding: "utf8" });
    return { status: done.status, text: done.stdout + done.stderr };
  };
  const logos = (...args: readonly string[]) => run("src/cli/logos.ts", ...args, "--workspace", workspace);

  it.each([GUARD, VENUE, VIEW])("of $page touches as many files as its page says", (recipe) => {
    expect(filesOf(recipe)).toHaveLength(filesOnPage(recipe));
  });

  it("leads to code that compiles", () => {
    // With what they import, these two are every file that the recipes touch.
    for (const layer of ["console", "renderer"]) {
      const checked = run("node_modules/typescript/bin/tsc", "-p", `src/${layer}/tsconfig.json`, "--pretty", "false");
      expect(checked.text, layer).toBe("");
    }
  });

  it("leads to a venue that reports by itself, a guard that refuses, and a view that counts both", () => {
    writeFileSync(join(workspace, "desk.yaml"), DESK);
    expect(logos("config").text).toMatch(/^push_delay +1ms +file[^]*^max_units +150 +file/m);
    const ran = logos("run", "--for", "30m", "--speed", "max");
    expect(ran.status, ran.text).toBe(0);
    const { orders } = JSON.parse(logos("status", "--json").text) as {
      orders: { accepted: number; fills: number; rejections: Record<string, number> };
    };
    expect(orders.fills).toBeGreaterThan(0);
    expect(orders.rejections["max_units_exceeded"]).toBeGreaterThan(0);
    writeFileSync(join(copy, "census.ts"), CENSUS);
    const census = JSON.parse(run("census.ts", workspace).text) as { kinds: Record<string, number> };
    expect(census.kinds).toMatchObject({ fill: orders.fills, order: expect.any(Number) as number });
  });
});
