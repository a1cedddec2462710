/**
 * What the program gives a command, and how a command is added to it.
 *
 * 1. A command returns its exit code; what it throws is reported by the program.
 */
import type { Command } from "commander";
import type { Io, Output } from "./output.ts";

/** What every command gets: where it runs, how it prints. */
export interface Context {
  readonly io: Io;
  readonly output: Output;
  /** The workspace's folder, absolute: from the flag, else the environment, else the platform's own place. */
  readonly workspace: string;
}

/** A command's work. Returns its exit code. */
export type Action<Options> = (
  context: Context,
  options: Options,
  words: readonly string[],
) => Promise<number> | number;

/** Adds a command; its action's exit code becomes the program's. */
export type AddCommand = <Options>(
  usage: string,
  description: string,
  configure: (command: Command) => void,
  example: string,
  action: Action<Options>,
) => void;
