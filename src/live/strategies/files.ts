/**
 * A user's strategy files, and what a strategy is told of its limits.
 *
 * 1. A file is one of the workspace's `strategies` folder and no other, at most `FILE_BYTES_MAX` long.
 * 2. Each strategy has a module of its own, so two strategies of one file share no variables.
 * 3. A file is known by its text and by the texts of all that it imports: a session never runs what it did not begin with.
 */
import { createHash } from "node:crypto";
import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join, sep } from "node:path";
import { pathToFileURL } from "node:url";
import type { Desk, StrategyConfig } from "../../shared/desk.ts";
import type { SizingLimits } from "../../shared/strategy.ts";
import { resolveInside, type Workspace } from "../../store/index.ts";
import { positionLimitOf } from "../risk/index.ts";

export const FILE_BYTES_MAX = 1_000_000;
/** Files that one strategy is made of, by what each says that it imports. */
const PARTS_MAX = 100;
const IMPORTED = /(?:\bfrom\s*|\bimport\s*\(?\s*)["'](\.{1,2}\/[^"']+)["']/g;

export interface StrategyFile {
  readonly path: string;
  /** Of the file and of all that it imports. */
  readonly sha256: string;
  /** The address of a strategy's own copy of the module; another one for each `time` it is loaded. */
  readonly url: (strategy: string, time: string) => string;
}

/** The digest of a file and of what it imports from its folder; of a file that imports nothing its own. */
function digestWithParts(path: string, folder: string): string {
  const digests: string[] = [];
  const parts = new Set([path]);
  for (const part of parts) {
    const text = readFileSync(part, "utf8");
    digests.push(createHash("sha256").update(text).digest("hex"));
    for (const [, name = ""] of text.matchAll(IMPORTED)) {
      const found = join(dirname(part), name);
      const mine = found.startsWith(folder + sep) && !found.endsWith(".d.ts");
      const here = mine && existsSync(found) && statSync(found).isFile();
      if (here && parts.size < PARTS_MAX && statSync(found).size <= FILE_BYTES_MAX) parts.add(found);
    }
  }
  return digests.length === 1 ? (digests[0] as string) : createHash("sha256").update(digests.join("\n")).digest("hex");
}

/** A strategy's file as it is now. Throws `outside_workspace` for a name that leads out; answers why it cannot be used. */
export function strategyFile(workspace: Workspace, module: string): StrategyFile | string {
  const path = resolveInside(workspace, workspace.strategies, module);
  if (!existsSync(path)) return `${module} is not in the strategies folder ${workspace.strategies}`;
  if (!/\.(?:ts|mts|js|mjs)$/.test(module))
    return `${module} is no strategy file: its name ends with .ts, .mts, .js or .mjs`;
  const stats = statSync(path);
  if (!stats.isFile()) return `${module} is no file`;
  if (stats.size > FILE_BYTES_MAX) return `${module} has ${stats.size} bytes; at most ${FILE_BYTES_MAX}`;
  const sha256 = digestWithParts(path, workspace.strategies);
  const { href } = pathToFileURL(path);
  const url = (strategy: string, time: string): string =>
    `${href}?as=${encodeURIComponent(strategy)}&v=${sha256.slice(0, 12)}${time}`;
  return { path, sha256, url };
}

/** What a host needs to know of a desk. */
export interface HostedDesk extends Pick<Desk, "seed" | "dollarPerTrade" | "strategies"> {
  readonly limits: Pick<Desk["limits"], "maxNotional" | "maxPosition" | "maxPositionBySymbol">;
}

/** The limits that a strategy's own sizing goes by. */
export function sizingOf(desk: HostedDesk, config: StrategyConfig): SizingLimits {
  const { limits } = desk;
  const bounds = config.symbols
    .map((symbol) => positionLimitOf(limits, symbol))
    .filter((bound) => bound !== null)
    .map(Number);
  return {
    dollarPerTrade: desk.dollarPerTrade,
    ...(bounds.length > 0 ? { maxPosition: Math.min(...bounds) } : {}),
    ...(limits.maxNotional === null ? {} : { maxNotional: Number(limits.maxNotional) }),
  };
}
