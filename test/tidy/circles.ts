/**
 * The rules on folders: no file and no folder imports itself by a detour, types included, and no folder grows too big.
 *
 * 1. A folder imports what a file of it imports from another folder; a folder and a folder inside it are two.
 * 2. A complaint names one whole circle, so that it shows where to cut.
 */
import { dirname } from "node:path/posix";
import type { Rule } from "./rules.ts";
import { targetOf, type Source } from "./source.ts";

type Graph = ReadonlyMap<string, ReadonlySet<string>>;

/** One circle of a graph, its first place repeated at its end; null where there is none. */
function circleIn(graph: Graph): string[] | null {
  const done = new Set<string>();
  const path: string[] = [];
  const walk = (place: string): string[] | null => {
    const seenAt = path.indexOf(place);
    if (seenAt >= 0) return [...path.slice(seenAt), place];
    if (done.has(place)) return null;
    path.push(place);
    for (const next of graph.get(place) ?? []) {
      const circle = walk(next);
      if (circle !== null) return circle;
    }
    path.pop();
    done.add(place);
    return null;
  };
  for (const place of graph.keys()) {
    const circle = walk(place);
    if (circle !== null) return circle;
  }
  return null;
}

/** What imports what, with each file counted as the place that `placeOf` says; what a place imports of itself is left out. */
function graphOf(sources: readonly Source[], placeOf: (path: string) => string): Graph {
  const graph = new Map<string, Set<string>>();
  for (const source of sources) {
    if (!source.path.startsWith("src/")) continue;
    const from = placeOf(source.path);
    const targets = graph.get(from) ?? new Set<string>();
    graph.set(from, targets);
    for (const name of source.imports) {
      const target = targetOf(source, name);
      if (target === null || !/\.tsx?$/.test(target)) continue;
      if (placeOf(target) !== from) targets.add(placeOf(target));
    }
  }
  return graph;
}

function complaintsOf(graph: Graph, what: string): string[] {
  const circle = circleIn(graph) ?? [];
  const way = circle.join(" → ");
  return circle
    .slice(1)
    .map((place) => `${place}: ${what} import each other in a circle, ${way}; move what they share below them.`);
}

export const circles: Rule = {
  name: "no file and no folder imports itself by a detour",
  check: (sources) => [
    ...complaintsOf(
      graphOf(sources, (path) => path),
      "files",
    ),
    ...complaintsOf(graphOf(sources, dirname), "folders"),
  ],
  example: [
    ["src/live/a/one.ts", 'import type { B } from "../b/two.ts";\nimport "../a/one.ts";\nexport type A = B;\n'],
    ["src/live/b/two.ts", 'export type { A as B } from "../a/one.ts";\n'],
  ],
};

const FOLDER_FILES_MAX = 20;

export const folderSizes: Rule = {
  name: `no folder has more than ${FOLDER_FILES_MAX} files`,
  check: (sources) => {
    const counts = new Map<string, number>();
    for (const { path } of sources) counts.set(dirname(path), (counts.get(dirname(path)) ?? 0) + 1);
    return sources
      .map(({ path }) => ({ path, count: counts.get(dirname(path)) ?? 0 }))
      .filter(({ count }) => count > FOLDER_FILES_MAX)
      .map(
        ({ path, count }) => `${path}: its folder has ${count} files; split it along a line that a person would draw.`,
      );
  },
  example: Array.from(
    { length: FOLDER_FILES_MAX + 1 },
    (_, index) => [`src/live/file-${index}.ts`, "export {};\n"] as const,
  ),
};
