/**
 * The options that name a part of a desk: one strategy, one group or one symbol.
 *
 * 1. They exclude each other; none of them means the whole session.
 */
import type { Command } from "commander";
import { CodedError } from "../../shared/errors.ts";
import type { Scope } from "../../shared/scope.ts";
import type { FlattenScope } from "../../store/index.ts";

export interface ScopeOptions {
  readonly strategy?: string;
  readonly group?: string;
  readonly symbol?: string;
}

const KINDS = ["strategy", "group", "symbol"] as const;

/** The part of the desk that is meant; undefined for the whole session. Throws `usage` where two are named. */
export function scopeOf(options: ScopeOptions): Scope | undefined {
  const named = KINDS.flatMap((kind) => {
    const name = options[kind];
    return name === undefined ? [] : [{ kind, name }];
  });
  if (named.length <= 1) return named[0];
  const [first, second] = named.map(({ kind }) => `--${kind}`);
  throw new CodedError(
    "usage",
    `${first} and ${second} exclude each other: name one of them, or none for the whole session.`,
  );
}

export const wholeOrPart = (options: ScopeOptions): FlattenScope => scopeOf(options) ?? { kind: "all", name: "all" };

/** Adds the three options to a command. */
export function addScopeOptions(command: Command): Command {
  return command
    .option("--strategy <name>", "this strategy alone")
    .option("--group <name>", "every strategy of this group")
    .option("--symbol <name>", "this symbol alone, in every strategy");
}
