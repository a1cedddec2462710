/**
 * A user's strategy files, and what a strategy learns of its limits.
 *
 * 1. A file is one of the workspace's `strategies` folder and no other, at most `FILE_BYTES_MAX` long.
 */
import { existsSync, readdirSync, statSync } from "node:fs";
import type { Desk, StrategyConfig } from "../../shared/desk.ts";
import type { SizingLimits } from "../../shared/strategy.ts";
import { resolveInside, type Workspace } from "../../store/index.ts";
import { positionLimitOf } from "../risk/index.ts";

export const FILE_BYTES_MAX = 1_000_000;

const FILES_MAX = 1_000;

/** The names of a workspace's strategy files, in their order, with `/` between their folders. */
export function strategyFiles(workspace: Workspace): string[] {
  return readdirSync(workspace.strategies, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.(?:ts|mts|js|mjs)$/.test(name) && !name.endsWith(".d.ts"))
    .map((name) => name.replaceAll("\\", "/"))
    .toSorted()
    .slice(0, FILES_MAX);
}

export interface StrategyFile {
  readonly path: string;
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
  return { path };
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
