/** The mutants themselves: what is changed, what is left alone, that the draw is steady, and that the list of explained ones is true. */
import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { AREAS, mutationsOfArea, TRIED_ALL_MIN, TRIED_MIN } from "./areas.ts";
import { EXPLAINED } from "./explained.ts";
import { drawn, mutated, mutationsOf, nameOf } from "./mutations.ts";
import { readTried } from "./tried.ts";

const root = join(import.meta.dirname, "../..");
const all = (text: string): string[] => mutationsOf("x.ts", text).map((one) => mutated(text, one));

describe("a mutation", () => {
  it.each([
    ["a < b;", ["a <= b;"]],
    ["a === b;", ["a !== b;"]],
    ["a && b;", ["b;", "a;"]],
    ["a ?? b;", ["a;"]],
    ["f(!a);", [";", "f(a);"]],
    [
      "let x = a ? 1 : 2;",
      ["let x = true ? 1 : 2;", "let x = false ? 1 : 2;", "let x = a ? 2 : 2;", "let x = a ? 1 : 3;"],
    ],
    ["a += true;", [";", "a -= true;", "a += false;"]],
    ["if (a) b();", ["if (true) b();", "if (false) b();", "if (a) ;"]],
  ])("of %s", (text, after) => {
    expect(all(text).toSorted()).toEqual(after.toSorted());
  });

  it.each([
    'import { a } from "b";',
    'throw new Error(a < b ? "x" : "y");',
    'let x = "a" + `b`;',
    "type A = B extends 3 ? true : false;",
    "interface A { readonly a: 3 }",
  ])("leaves %s alone", (text) => {
    expect(all(text)).toEqual([]);
  });

  it("keeps its name when other lines come and go, and a draw keeps its mutants", () => {
    const text = "const a = b < c;\nconst d = e && f;\n";
    const [before, after] = [mutationsOf("x.ts", text), mutationsOf("x.ts", `// More.\n\n${text}`)];
    expect(after.map(nameOf)).toEqual(before.map(nameOf));
    expect(after.map(({ line }) => line)).toEqual(before.map(({ line }) => line + 2));
    expect(drawn(after, "7", 2).map(nameOf)).toEqual(drawn(before, "7", 2).map(nameOf));
    expect(drawn(before, "7", 2)).toHaveLength(2);
  });

  it("is named by its function, and counted where a function has the same one more than once", () => {
    const text =
      "class A {\n  #b() { return x < 1 || y < 1; }\n  c() { return x < 1; }\n}\nconst d = (): boolean => x < 1;\n";
    const names = mutationsOf("x.ts", text)
      .filter(({ change }) => change === "< → <=")
      .map(({ place, nth }) => `${place} ${nth ?? 1}`);
    expect(names).toEqual(["A.b 1", "A.b 2", "A.c 1", "d 1"]);
    expect(new Set(mutationsOf("x.ts", text).map(nameOf)).size).toBe(mutationsOf("x.ts", text).length);
  });
});

describe("the areas", () => {
  it.each(AREAS.map((area) => [area.name, area] as const))(
    "%s: each file is there, and so are its tests",
    (_name, area) => {
      for (const pattern of area.sources) expect(globSync(pattern, { cwd: root }), pattern).not.toEqual([]);
      for (const test of area.tests)
        expect(existsSync(join(root, test)) || globSync(`${test}*`, { cwd: root }).length > 0, test).toBe(true);
      expect(mutationsOfArea(area, root).length).toBeGreaterThan(30);
    },
  );
});

/** How many of them the source has to have still, of ten: a record of another program is none. */
const THERE_OF_TEN = 5;

describe("the record of tried mutants", () => {
  const explained = new Set(EXPLAINED.map(nameOf));
  const tried = readTried(root);

  it.each(AREAS.map((area) => [area.name, area] as const))(
    "%s: enough of those that the source still has were tried, and each was noticed or is explained",
    (name, area) => {
      const there = new Set(mutationsOfArea(area, root).map(nameOf));
      const all = tried.filter((one) => one.area === name);
      const own = all.filter((one) => there.has(nameOf(one)));
      const open = own.filter((one) => one.outcome === "survived" && !explained.has(nameOf(one))).map(nameOf);
      expect(open, "a near test has to notice these, or the list to explain them").toEqual([]);
      const run = `run \`npm run mutants -- ${name}\``;
      expect(all.length, run).toBeGreaterThanOrEqual(TRIED_MIN);
      expect(own.length * 10, run).toBeGreaterThanOrEqual(all.length * THERE_OF_TEN);
    },
  );

  it("has so many in all", () => {
    expect(tried.length).toBeGreaterThanOrEqual(TRIED_ALL_MIN);
  });

  it("has each mutant once", () => {
    const names = tried.map((one) => `${one.area}: ${nameOf(one)}`);
    expect(new Set(names).size).toBe(names.length);
  });
});

describe("the list of explained mutants", () => {
  it("names mutants that the source still has, each once and with a reason", () => {
    const files = new Set(EXPLAINED.map(({ file }) => file));
    const there = new Set(
      [...files].flatMap((file) => mutationsOf(file, readFileSync(join(root, file), "utf8")).map(nameOf)),
    );
    const names = EXPLAINED.map(nameOf);
    expect(
      names.filter((name) => !there.has(name)),
      "the source no longer has these",
    ).toEqual([]);
    expect(new Set(names).size).toBe(names.length);
    for (const { why } of EXPLAINED) expect(why.length).toBeGreaterThan(20);
  });
});
