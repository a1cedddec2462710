/**
 * The style of the code as a test: layers, bans, dead files, lengths, openings.
 *
 * 1. Each rule holds on every file, and catches each of its own examples.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { circles, folderSizes } from "./tidy/circles.ts";
import { documents, documentText, namesMissing, symbolsMissing, treeOf } from "./tidy/docs.ts";
import { determinismExceptions, exampleOf, LAYERS, RULES } from "./tidy/rules.ts";
import { readSources, top } from "./tidy/source.ts";

const sources = readSources(["src", "test", "scripts"]);

describe.each([...RULES, circles, folderSizes])("$name", (rule) => {
  it("holds everywhere", () => {
    expect(rule.check(sources)).toEqual([]);
  });

  it("catches its examples", () => {
    for (const [index, example] of exampleOf(rule).entries()) {
      const complaints = rule.check(exampleOf(rule)).filter((complaint) => complaint.startsWith(example.path));
      // The door of the dead-file example is alive; each other example must be complained of.
      if (rule.name === "no file is dead" && index === 0) expect(complaints).toEqual([]);
      else expect(complaints.length, `${example.path} slipped through "${rule.name}"`).toBeGreaterThan(0);
    }
  });
});

describe("the project", () => {
  it("has a tsconfig for each layer, and no layer that the table lacks", () => {
    const layers = readdirSync(join(top, "src"));
    expect(layers.toSorted()).toEqual(Object.keys(LAYERS).toSorted());
    for (const layer of layers) expect(existsSync(join(top, "src", layer, "tsconfig.json")), layer).toBe(true);
  });

  it("keeps the pure layers' tsconfigs free of Node and the DOM", () => {
    for (const layer of ["shared", "orchestrator"]) {
      const config = JSON.parse(readFileSync(join(top, "src", layer, "tsconfig.json"), "utf8")) as {
        compilerOptions: { lib: string[]; types: string[] };
      };
      expect(config.compilerOptions).toMatchObject({ lib: ["es2024"], types: [] });
    }
  });

  it("counts its exceptions from determinism", () => {
    // A seed is drawn where the caller gave none; the snapshot has it, so the run can be repeated.
    expect(determinismExceptions(sources).filter((place) => place.startsWith("src/")).length).toBeLessThanOrEqual(1);
  });

  it("pins every dependency exactly, and runs no install script", () => {
    const manifest = JSON.parse(readFileSync(join(top, "package.json"), "utf8")) as Record<
      string,
      Record<string, string>
    >;
    for (const group of ["dependencies", "devDependencies", "optionalDependencies"])
      for (const [name, version] of Object.entries(manifest[group] ?? {}))
        expect(version, name).toMatch(/^\d+\.\d+\.\d+$/);
    const lock = readFileSync(join(top, "package-lock.json"), "utf8");
    const scripted = Object.entries(
      (JSON.parse(lock) as { packages: Record<string, { hasInstallScript?: boolean; optional?: boolean }> }).packages,
    ).filter(([, entry]) => entry.hasInstallScript === true && entry.optional !== true);
    const allowed = manifest["allowScripts"] as unknown as Record<string, boolean>;
    expect(
      scripted.map(([path]) => path.replace("node_modules/", "")).filter((name) => allowed[name] !== false),
    ).toEqual([]);
    expect(lock).not.toMatch(/"resolved"/);
  });
});

describe("the documents", () => {
  const tree = treeOf();
  const code = sources.map(({ text }) => text).join("\n");

  it.each(documents())("%s names files, folders and symbols that are there", (path) => {
    expect(namesMissing(documentText(path), tree)).toEqual([]);
    expect(symbolsMissing(documentText(path), code)).toEqual([]);
  });

  it("count a recipe's files as its page does", () => {
    const rows = [...documentText("ARCHITECTURE.md").matchAll(/\]\((docs\/recipes\/[\w-]+\.md)\) *\| (\d+) /g)];
    expect(rows.map(([, page]) => page).toSorted()).toEqual(
      documents()
        .filter((path) => path.startsWith("docs/recipes/"))
        .toSorted(),
    );
    for (const [, page = "", count] of rows)
      expect(documentText(page), page).toMatch(new RegExp(`^Files of the product: ${count}\\.$`, "m"));
  });

  it("are complained of where a name is gone", () => {
    const text =
      "See `src/live/gone`, `gone-for-good.ts`, `GONE_NAME`, `goneName` and `GoneName`; `strategies/mine.ts` is the user's.";
    expect(namesMissing(text, tree)).toEqual(["src/live/gone", "gone-for-good.ts"]);
    expect(symbolsMissing(text, "")).toEqual(["GONE_NAME", "goneName", "GoneName"]);
  });
});
