/**
 * Changes of a desk's text by place, against the same change of plain data: the value is what was wished, and comments stay.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { stringify } from "yaml";
import {
  lineAt,
  parseDesk,
  pathText,
  valueOf,
  withValue,
  writtenAt,
  type Path,
  type Plain,
} from "../../src/renderer/views/desk-editor/yaml-edit.ts";

type Tree = { [key: string]: Plain };

const key = fc.constantFrom("a", "b", "c_d", "eF", "g-h", "i.j", "7");
const scalar: fc.Arbitrary<Plain> = fc.oneof(
  fc.integer({ min: -1_000, max: 1_000 }),
  fc.boolean(),
  fc.constantFrom(
    "x",
    "two words",
    "# no comment",
    "a: b",
    "[1]",
    "",
    "none",
    "1.50",
    "it's",
    'say "so"',
    "1m",
    "09:30",
    "- d",
    "é",
  ),
);
const value: fc.Arbitrary<Plain> = fc.letrec<{ tree: Plain }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 3, depthIdentifier: "d" },
    { weight: 4, arbitrary: scalar },
    { weight: 1, arbitrary: fc.array(tie("tree"), { maxLength: 3, depthIdentifier: "d" }) },
    {
      weight: 2,
      arbitrary: fc.dictionary(key, tie("tree"), { maxKeys: 4, noNullPrototype: true, depthIdentifier: "d" }),
    },
  ),
})).tree;
const desk: fc.Arbitrary<Tree> = fc.dictionary(key, value, {
  minKeys: 1,
  maxKeys: 5,
  noNullPrototype: true,
});

/** Every place that a tree has. */
function placesOf(tree: Plain, above: Path = []): Path[] {
  if (typeof tree !== "object" || tree === null) return [];
  const entries: (readonly [string | number, Plain])[] = Array.isArray(tree)
    ? tree.map((one: Plain, index) => [index, one] as const)
    : Object.entries(tree);
  return entries.flatMap(([part, one]) => [[...above, part], ...placesOf(one, [...above, part])]);
}

/** The naive model: the same change of plain data. */
function changed(tree: Plain, [part, ...rest]: Path, to: Plain | undefined): Plain | undefined {
  if (part === undefined) return to;
  if (Array.isArray(tree)) {
    const list = [...(tree as Plain[])];
    const inner = changed(list[part as number] ?? null, rest, to);
    if (inner === undefined) list.splice(part as number, 1);
    else list[part as number] = inner;
    return list.length === 0 && to === undefined ? undefined : list;
  }
  const map = { ...(typeof tree === "object" && tree !== null ? (tree as Tree) : {}) };
  const inner = changed(map[part as string] ?? null, rest, to);
  if (inner === undefined) delete map[part as string];
  else map[part as string] = inner;
  return Object.keys(map).length === 0 && to === undefined ? undefined : map;
}

/** The tree as a person writes it: in block or flow, with a comment over every line that may have one, and one after some. */
function written(tree: Tree, flow: boolean): { readonly text: string; readonly comments: readonly string[] } {
  const lines = stringify(tree, { lineWidth: 0, collectionStyle: flow ? "flow" : "any" })
    .trimEnd()
    .split("\n");
  const comments: string[] = [];
  const text = lines
    .map((line, index) => {
      const comment = `# about ${index}`;
      if (flow && index > 0) return line;
      comments.push(comment);
      return `${/^ */.exec(line)?.[0] ?? ""}${comment}\n${line}`;
    })
    .join("\n");
  return { text: `${text}\n`, comments };
}

const runs = { numRuns: 1_500, seed: 20_261_127 };

describe("a changed desk text", () => {
  it("has the value that was wished at its place, and all else as it was", () => {
    fc.assert(
      fc.property(desk, fc.boolean(), fc.nat(), value, (tree, flow, pick, wish) => {
        const { text } = written(tree, flow);
        fc.pre(parseDesk(text).errors.length === 0);
        const places = placesOf(tree);
        const path = places[pick % places.length] as Path;
        expect(parseDesk(withValue(text, path, wish)).toJS()).toEqual(changed(tree, path, wish));
      }),
      runs,
    );
  });

  it("lacks what was taken away, and what is left keeps its comments", () => {
    fc.assert(
      fc.property(desk, fc.nat(), (tree, pick) => {
        const { text, comments } = written(tree, false);
        const places = placesOf(tree).filter((path) => path.length > 1);
        fc.pre(places.length > 0);
        const path = places[pick % places.length] as Path;
        const made = withValue(text, path, undefined);
        expect(parseDesk(made).toJS() ?? {}).toEqual(changed(tree, path, undefined) ?? {});
        const top = comments.filter((one) => text.includes(`\n${one}\n`) || text.startsWith(`${one}\n`));
        for (const comment of top.slice(0, 1)) expect(made).toContain(comment);
      }),
      runs,
    );
  });

  it("has new keys in new maps, too, and every comment of before", () => {
    fc.assert(
      fc.property(desk, fc.array(key, { minLength: 1, maxLength: 3 }), value, (tree, keys, wish) => {
        const path = ["new", ...keys];
        const { text, comments } = written(tree, false);
        const made = withValue(text, path, wish, { "": ["a", "new", "b"] });
        expect(parseDesk(made).toJS()).toEqual(changed(tree, path, wish));
        for (const comment of comments) expect(made).toContain(comment);
      }),
      runs,
    );
  });
});

const DESK = `# my desk
name: night   # its name
feed:
  kind: replay
  files: [a.csv, "b c.csv"]   # two of them

limits:
strategies:
  # the first
  - name: one
    module: momentum
    params: { fast: 5, slow: 20 }   # short
  - name: two
    symbols:
      - AAA
      - BBB
`;

describe("a text that a person wrote", () => {
  it.each<readonly [string, Path, Plain | undefined, readonly [string, string]]>([
    ["a value", ["name"], "day", ["name: night   # its name", "name: day   # its name"]],
    ["a number in a flow map", ["strategies", 0, "params", "fast"], 7, ["{ fast: 5,", "{ fast: 7,"]],
    ["a key of a flow map", ["strategies", 0, "params", "size"], 1, ["slow: 20 }", "slow: 20, size: 1 }"]],
    [
      "one less in a flow map",
      ["strategies", 0, "params", "fast"],
      undefined,
      ["{ fast: 5, slow: 20 }", "{ slow: 20 }"],
    ],
    ["one more in a flow list", ["feed", "files", 2], "c.csv", [`"b c.csv"]`, `"b c.csv", c.csv]`]],
    ["one less in a list", ["strategies", 1, "symbols", 0], undefined, ["      - AAA\n", ""]],
    ["one more in a list", ["strategies", 1, "symbols", 2], "CCC", ["      - BBB\n", "      - BBB\n      - CCC\n"]],
    ["an item's first key", ["strategies", 0, "name"], undefined, ["- name: one\n    module", "- module"]],
    ["a section's first value", ["limits", "cooldown"], "5m", ["limits:\n", "limits:\n  cooldown: 5m\n"]],
  ])("changes in one place: %s", (_what, path, wish, [before, after]) => {
    expect(withValue(DESK, path, wish)).toBe(DESK.replace(before, after));
  });

  it("gets a new section where it belongs", () => {
    const made = withValue(DESK, ["broker", "cash"], 5_000, { "": ["name", "broker", "feed"] });
    expect(made).toBe(DESK.replace("# its name\n", "# its name\n\nbroker:\n  cash: 5000\n"));
  });

  it("is left alone where it is no YAML", () => {
    expect(withValue("a: [1\nb: 2\n", ["b"], 3)).toBe("a: [1\nb: 2\n");
  });

  it("is read by places", () => {
    const document = parseDesk(DESK);
    expect(writtenAt(document, ["strategies", 0, "params", "slow"])).toBe("20");
    expect(writtenAt(document, ["strategies", 9, "name"])).toBeNull();
    expect(lineAt(document, DESK, ["strategies", 1, "symbols", 1])).toBe(15);
    expect(pathText(["strategies", 1, "params", "slow"])).toBe("strategies[1].params.slow");
  });

  it("takes what is typed for what it would read as", () => {
    expect(["5", "1.50", "true", " x ", "1e3", ""].map(valueOf)).toEqual([5, "1.50", true, "x", "1e3", ""]);
  });
});
