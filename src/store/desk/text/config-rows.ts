/**
 * Where each value of a desk came from, for `logos config`.
 *
 * 1. Every value that a desk holds has one row; a row's `where` is a place that a person can open: `desk.yaml:3:7`,
 *    `LOGOS_SEED`, `--seed`, or the program itself.
 */

export type Origin = "flag" | "environment" | "file" | "default";

export interface ConfigRow {
  /** The setting's name, or the path of a value of a strategy or a symbol: `strategies.NAME.cadence`. */
  readonly name: string;
  readonly value: string;
  readonly from: Origin;
  readonly where: string;
  /** The variable that can say it; null where none can. */
  readonly environment: string | null;
  readonly means: string;
}

export const BUILT_IN_PLACE = "built in";

export function fileRow(name: string, value: string, where: string, means = ""): ConfigRow {
  return { name, value, from: "file", where, environment: null, means };
}

export function defaultRow(name: string, value: string, means = ""): ConfigRow {
  return { name, value, from: "default", where: BUILT_IN_PLACE, environment: null, means };
}
