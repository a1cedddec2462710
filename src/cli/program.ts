/**
 * The command line's frame: one program, one set of global options, one place where errors become text and exit codes.
 *
 * 1. A command returns its exit code; an error that it throws is told once, on stderr (or as JSON on stdout), with its own code.
 * 2. Nothing is asked unless both ends are a terminal.
 * 3. `--help` of every command ends with an example.
 */
import { Command, CommanderError, Option } from "commander";
import { CodedError, shapeOf } from "../shared/errors.ts";
import { addConfigCommand } from "./commands/config.ts";
import { addControlCommands } from "./commands/control.ts";
import { addDoctorCommand } from "./commands/doctor.ts";
import { addDrillCommand } from "./commands/drill.ts";
import { addImportCommand } from "./commands/import.ts";
import { addRestoreCommand } from "./commands/restore.ts";
import { addReviewCommand } from "./commands/review.ts";
import { addRunCommand } from "./commands/run.ts";
import { addServeCommand } from "./commands/serve.ts";
import { addSessionsCommand } from "./commands/sessions.ts";
import { addSmokeCommand } from "./commands/smoke.ts";
import { addStatusCommand } from "./commands/status.ts";
import { addVerifyCommand } from "./commands/verify.ts";
import { exitOf, exitTable } from "./exits.ts";
import { Output, type Io } from "./output.ts";

export interface GlobalOptions {
  readonly workspace?: string;
  readonly json?: boolean;
  readonly color: boolean;
}

/** What every command gets: where it runs, how it prints. */
export interface Context {
  readonly io: Io;
  readonly output: Output;
  readonly workspace: string | undefined;
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

function adder(program: Command, io: Io, finish: (code: number) => void): AddCommand {
  return (usage, description, configure, example, action) => {
    const command = program.command(usage).description(description);
    command.addHelpText("after", `\nExample:\n  ${example}`);
    configure(command);
    command.action(async (...given: unknown[]) => {
      const self = given[given.length - 1] as Command;
      const all = self.optsWithGlobals<GlobalOptions>();
      const output = new Output(io, { json: all.json === true, color: all.color });
      const context: Context = { io, output, workspace: all.workspace ?? io.environment["LOGOS_WORKSPACE"] };
      finish(await action(context, all as never, self.args));
    });
  };
}

function tellError(io: Io, argv: readonly string[], error: unknown): number {
  const shape = shapeOf(error);
  if (argv.includes("--json")) io.stdout.write(`${JSON.stringify({ error: shape }, null, 2)}\n`);
  else {
    const output = new Output(io, { json: false, color: false });
    output.message(`logos: ${shape.message}`);
    if (!(error instanceof CodedError) && error instanceof Error && io.environment["LOGOS_DEBUG"])
      output.message(error.stack ?? "");
  }
  return exitOf(shape.code);
}

/** Runs one command line and returns its exit code. Never throws. */
export async function runProgram(argv: readonly string[], io: Io): Promise<number> {
  let exit = 0;
  const program = new Command("logos")
    .description("Runs trading strategies on this machine, offline and on paper, and tells what they do.")
    .option(
      "--workspace <dir>",
      "the folder with desk.yaml, strategies, data and sessions (else LOGOS_WORKSPACE, else your own)",
    )
    .addOption(new Option("--json", "print the result as JSON on stdout"))
    .option("--no-color", "no colours (NO_COLOR does the same)")
    .showHelpAfterError("(`logos COMMAND --help` shows the command's options and an example)")
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
    });
  const add = adder(program, io, (code) => {
    exit = code;
  });
  addRunCommand(add);
  addStatusCommand(add);
  addSessionsCommand(add);
  addSmokeCommand(add);
  addImportCommand(add);
  addControlCommands(add);
  addReviewCommand(add);
  addRestoreCommand(add);
  addVerifyCommand(add);
  addDrillCommand(add);
  addServeCommand(add);
  addConfigCommand(add);
  addDoctorCommand(add);
  program
    .command("exits")
    .description("the exit codes, in one table")
    .action(() => {
      const output = new Output(io, { json: program.opts<GlobalOptions>().json === true, color: false });
      if (output.json) output.value(exitTable());
      else for (const row of exitTable()) output.line(`${String(row.code).padStart(3)}  ${row.means}`);
    });
  try {
    await program.parseAsync(argv, { from: "user" });
    return exit;
  } catch (error) {
    // Commander has printed its own message by now; help and version end with 0.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : exitOf("usage");
    return tellError(io, argv, error);
  }
}
