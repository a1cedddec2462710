/**
 * The rules of the code, each as a function from sources to complaints.
 *
 * 1. A complaint says where, what, and what to write instead.
 * 2. Each rule carries an example that it must catch; `test/tidy.test.ts` shows that it does.
 */
import { sourceOf, targetOf, type Source } from "./source.ts";

export interface Rule {
  readonly name: string;
  readonly check: (sources: readonly Source[]) => string[];
  /** Files that break the rule, as path and text. */
  readonly example: readonly (readonly [path: string, text: string])[];
}

/** Which layer may import from which: the table of the design, and what each stands on. */
export const LAYERS: Readonly<Record<string, readonly string[]>> = {
  shared: [],
  orchestrator: ["shared"],
  store: ["shared", "orchestrator"],
  live: ["shared", "orchestrator", "store"],
  harness: ["shared", "orchestrator", "store", "live"],
  console: ["shared", "orchestrator", "store", "live", "harness"],
  main: ["console", "shared"],
  serve: ["console", "shared"],
  cli: ["console", "harness", "serve", "live", "store", "orchestrator", "shared"],
  preload: ["shared"],
  renderer: ["shared"],
};

/** Packages that a layer may use; node: modules count as "node". Layers that are not listed may use any. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  shared: ["zod", "decimal.js"],
  orchestrator: ["decimal.js", "zod"],
  preload: ["electron"],
};
const BROWSER_BANNED = ["node", "electron", "better-sqlite3", "ws", "yauzl", "commander"];

const layerOf = (path: string): string | null => /^src\/([^/]+)\//.exec(path)?.[1] ?? null;
const packageOf = (name: string): string =>
  name.startsWith("node:")
    ? "node"
    : name
        .split("/")
        .slice(0, name.startsWith("@") ? 2 : 1)
        .join("/");

const layering: Rule = {
  name: "a layer imports only from layers below it",
  check: (sources) =>
    sources.flatMap((source) => {
      const layer = layerOf(source.path);
      const below = layer === null ? undefined : LAYERS[layer];
      if (layer === null || below === undefined)
        return source.path.startsWith("src/") ? [`${source.path}: no such layer in the table.`] : [];
      return source.imports.flatMap((name) => {
        const target = targetOf(source, name);
        if (target !== null) {
          const other = layerOf(target);
          if (other === layer || (other !== null && below.includes(other))) return [];
          if (other === null && /\.(css|svg|json|yaml)$/.test(target)) return [];
          return [`${source.path}: ${layer} may not import ${target}; move what both need to a layer below.`];
        }
        const used = packageOf(name);
        if (layer === "renderer" && BROWSER_BANNED.includes(used))
          return [`${source.path}: a view may not use ${used}.`];
        const allowed = PACKAGES[layer];
        return allowed !== undefined && !allowed.includes(used)
          ? [`${source.path}: ${layer} may not use ${used}; pass it in as a port.`]
          : [];
      });
    }),
  example: [
    ["src/orchestrator/a.ts", 'import { x } from "../store/b.ts";\nimport fs from "node:fs";\nexport { x, fs };\n'],
  ],
};

const endings: Rule = {
  name: "relative imports carry their ending",
  check: (sources) =>
    sources.flatMap((source) =>
      source.imports
        .filter((name) => name.startsWith(".") && !/\.(tsx?|css|svg|json|yaml|cjs|mjs|js)(\?.*)?$/.test(name))
        .map((name) => `${source.path}: write the ending of "${name}", so that Node runs the source as it is.`),
    ),
  example: [["src/live/a.ts", 'export * from "./b";\n']],
};

interface Ban {
  readonly where: RegExp;
  readonly pattern: RegExp;
  readonly instead: string;
  readonly except?: RegExp;
  readonly example: string;
  readonly examplePath: string;
}

const escape = /\/\/ determinism-ok: \S/;

const BANS: readonly Ban[] = [
  {
    where: /^src\/(orchestrator|shared)\//,
    pattern:
      /\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b|\bsetTimeout\b|\bsetInterval\b|\bperformance\.now\b|\bcrypto\./,
    instead: "take the moment or the random stream as a parameter",
    examplePath: "src/orchestrator/a.ts",
    example: "const t = Date.now();",
  },
  {
    where: /^src\/orchestrator\//,
    pattern: /\bwindow\b\.|\bdocument\b\.|\bprocess\b\.|\bBuffer\b/,
    instead: "keep the environment out of pure decisions",
    examplePath: "src/orchestrator/a.ts",
    example: "const a = process.env;",
  },
  {
    where: /^src\/(live|store|harness|console)\//,
    pattern: /\bMath\.random\b/,
    instead: "use a seeded stream",
    examplePath: "src/live/a.ts",
    example: "const r = Math.random();",
  },
  {
    where: /^src\//,
    pattern: /\bipcMain\.(handle|on)\b/,
    instead: "register through registerHandler, the one door that checks its caller",
    except: /^src\/main\/(ipc|handlers?|register[^/]*)\.ts$/,
    examplePath: "src/main/window.ts",
    example: 'ipcMain.handle("x", f);',
  },
  {
    where: /^src\//,
    pattern: /\bnew BrowserWindow\b/,
    instead: "windows are made in src/main/window.ts, with the one preferences object",
    except: /^src\/main\/window\.ts$/,
    examplePath: "src/main/other.ts",
    example: "const w = new BrowserWindow({});",
  },
  {
    where: /^(src|test|scripts)\//,
    // The words are put together here so that this line does not break its own rule.
    pattern: new RegExp(
      ["TO" + "DO", "FIX" + "ME", "X" + "XX\\b", "as a" + "ny\\b", "@ts-ig" + "nore", "lint-dis" + "able"].join("|"),
    ),
    instead: "finish it, or write what holds now",
    examplePath: "src/live/a.ts",
    example: "// TO" + "DO later",
  },
  {
    where: /^test\//,
    pattern: new RegExp("\\.on" + "ly\\("),
    instead: "run every test",
    examplePath: "test/a.test.ts",
    example: "it.on" + "ly('a', f);",
  },
  {
    where: /^test\//,
    pattern: /^(before|after)(Each|All)\(/,
    instead:
      "a helper's own hooks run for its worker's first file alone: push to afterTest or afterFile of test/closing.ts",
    except: /(\.test\.tsx?|^test\/setup\.ts|\.spec\.ts)$/,
    examplePath: "test/console/sim/hosts.ts",
    example: "afterEach(() => closeAll());",
  },
  {
    where: /^(src|test|scripts)\//,
    pattern: new RegExp(["\\/wo" + "rk\\/", "regis" + "try\\.npmjs", "deb\\.deb" + "ian"].join("|")),
    instead: "name no registry host and no path of one machine",
    examplePath: "src/live/a.ts",
    example: 'const p = "/wo' + 'rk/main";',
  },
];

const bans: Rule = {
  name: "banned words and symbols",
  check: (sources) =>
    sources.flatMap((source) =>
      BANS.filter((ban) => ban.where.test(source.path) && !(ban.except?.test(source.path) ?? false)).flatMap((ban) =>
        source.text.split("\n").flatMap((line, index) => {
          const found = ban.pattern.exec(line);
          const comment = /^\s*(\*|\/\/|\/\*)/.test(line) && !ban.examplePath.startsWith("src/live/a.ts");
          return found !== null && !escape.test(line) && !comment
            ? [`${source.path}:${index + 1}: "${found[0]}"; ${ban.instead}.`]
            : [];
        }),
      ),
    ),
  example: BANS.map((ban) => [ban.examplePath, `${ban.example}\n`]),
};

export const LINE_MAX = 140;
export const FUNCTION_LINES_MAX = 80;
export const FILE_LINES_MAX = 450;
/** A file of more lines says at its head why it has them. */
export const FILE_LINES_PLAIN = 400;
const REASON = /over 400 lines because \S/;

const lengths: Rule = {
  name: "lines, functions and files have a length that a person can hold",
  check: (sources) =>
    sources.flatMap((source) => {
      const lines = source.text.split("\n");
      const limit = source.path.startsWith("src/") ? FUNCTION_LINES_MAX : Infinity;
      return [
        ...lines.flatMap((line, index) =>
          line.length > LINE_MAX
            ? [`${source.path}:${index + 1}: ${line.length} characters; at most ${LINE_MAX}.`]
            : [],
        ),
        ...source.functions
          .filter((found) => found.lines > limit)
          .map(
            (found) =>
              `${source.path}:${found.line}: ${found.name} has ${found.lines} lines; at most ${limit}. Split it.`,
          ),
        ...(source.path.startsWith("src/") && lines.length > FILE_LINES_MAX
          ? [
              `${source.path}: ${lines.length} lines; at most ${FILE_LINES_MAX}. Split it along a line a person would draw.`,
            ]
          : []),
        ...(lines.length > FILE_LINES_PLAIN + 1 && !REASON.test(source.text.slice(0, source.text.indexOf("*/")))
          ? [
              `${source.path}: ${lines.length} lines; split it, or write at its head: "It has over 400 lines because …".`,
            ]
          : []),
      ];
    }),
  example: [
    ["src/live/long.ts", `const a = "${"x".repeat(LINE_MAX)}";\n`],
    ["src/live/deep.ts", `function f() {\n${"  f();\n".repeat(FUNCTION_LINES_MAX)}}\n`],
    ["src/live/tall.ts", "export {};\n".repeat(1) + "// Why.\n".repeat(FILE_LINES_MAX)],
    ["test/live/unexplained.ts", "/** Why. */\n" + "// Why.\n".repeat(FILE_LINES_PLAIN + 1)],
  ],
};

/** Words of no field; the style sheet `docs/words.md` has them, and what to write. The words are put together, as in the bans above. */
const DIALECT_WORDS = ["to" + "ld", "hea" + "rd", "hea" + "rs", "ane" + "w", "nobo" + "dy", "whoe" + "ver"];
const DIALECT = new RegExp("\\b(?:" + DIALECT_WORDS.join("|") + ")\\b", "i");
/** A key of a fixture's script keeps its name: files have it. */
const KEPT = /^src\/harness\/regress\/(?:record-)?script\.ts$/;

const words: Rule = {
  name: "names, comments and titles use the words of the field",
  check: (sources) =>
    sources
      .filter((source) => !KEPT.test(source.path))
      .flatMap((source) =>
        source.text.split("\n").flatMap((line, index) => {
          const found = DIALECT.exec(line);
          return found === null
            ? []
            : [`${source.path}:${index + 1}: "${found[0]}"; write reported, received, again, no one, or who it is.`];
        }),
      ),
  example: [["src/live/a.ts", "/** The venue is to" + "ld. */\n"]],
};

const openings: Rule = {
  name: "a file opens with its purpose and its numbered invariants",
  check: (sources) =>
    sources.flatMap((source) => {
      const opening = /^(?:#![^\n]*\n)?\/\*\*([\s\S]*?)\*\//.exec(source.text)?.[1];
      if (opening === undefined) return [`${source.path}: open with a block comment that says what the file is for.`];
      const wantsInvariants =
        source.path.startsWith("src/") &&
        !source.path.startsWith("src/renderer/") &&
        !source.path.endsWith("/index.ts");
      return wantsInvariants && !/^\s*\*\s*1\. \S/m.test(opening)
        ? [`${source.path}: number the invariants in the opening comment, from "1."`]
        : [];
    }),
  example: [
    ["src/live/a.ts", "export const a = 1;\n"],
    ["src/live/b.ts", "/** It does b. */\nexport const b = 1;\n"],
  ],
};

/** Files from which everything else must be reachable. */
const ENTRANCES = [
  /^src\/orchestrator\/index\.ts$/,
  /^src\/(main|preload|serve)\/index\.ts$/,
  /^src\/renderer\/main\.tsx$/,
  /^src\/cli\/logos\.ts$/,
  // A process for strategies begins with this file; nothing imports it.
  /^src\/live\/host\/child\.ts$/,
  /^(test|scripts)\//,
];

const reachable: Rule = {
  name: "no file is dead",
  check: (sources) => {
    const byPath = new Map(sources.map((source) => [source.path, source]));
    const seen = new Set<string>();
    // Tests keep nothing alive: code that only a test uses is dead.
    const queue = sources
      .filter((source) => !source.path.startsWith("test/") && ENTRANCES.some((entrance) => entrance.test(source.path)))
      .map((source) => source.path);
    for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
      const source = byPath.get(path);
      if (source === undefined || seen.has(path)) continue;
      seen.add(path);
      for (const name of source.imports) {
        const target = targetOf(source, name);
        if (target !== null) queue.push(target);
      }
    }
    return sources
      .filter((source) => source.path.startsWith("src/") && !seen.has(source.path))
      .map((source) => `${source.path}: nothing that runs imports it; use it or delete it.`);
  },
  example: [
    ["src/orchestrator/index.ts", "/** The door. */\nexport {};\n"],
    ["src/orchestrator/unused.ts", "export const a = 1;\n"],
  ],
};

export const RULES: readonly Rule[] = [layering, endings, bans, lengths, words, openings, reachable];

/** How many exceptions from determinism there are, so that a new one is seen. */
export function determinismExceptions(sources: readonly Source[]): string[] {
  return sources.flatMap((source) =>
    source.text.split("\n").flatMap((line, index) => (escape.test(line) ? [`${source.path}:${index + 1}`] : [])),
  );
}

/** The example's files as sources. */
export const exampleOf = (rule: Rule): Source[] => rule.example.map(([path, text]) => sourceOf(path, text));
