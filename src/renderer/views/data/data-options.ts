/** What a person has answered about a file, by option, as texts; and as the host takes it. */
import type { DataOptions } from "../../../shared/contract/contract-data.ts";

export type Options = Record<string, string>;

/** The answers as the contract has them. */
export function optionsOf({ skip, adjusted, ...answers }: Options): DataOptions {
  const lines = Number(skip);
  return {
    ...answers,
    ...(skip === undefined || !Number.isInteger(lines) ? {} : { skip: lines }),
    ...(adjusted === undefined ? {} : { adjusted: adjusted === "true" }),
  };
}
