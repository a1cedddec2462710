/**
 * The command line's frame: one program, one set of global options, one place where errors become text and exit codes.
 *
 * 1. A command returns its exit code; an error that it throws is printed once, on stderr (or as JSON on stdout), with its own code.
 * 2. Nothing is asked unless both ends are a terminal.
 * 3. `--help` of every command ends with an example.
 * 4. A command line that cannot be understood is reported like every other error, in one message.
 */
import { Command, CommanderError, Option } from "commander";
import { workspacePath } from "../console/state/places.ts";
import { CodedError, shapeOf, type ErrorShape } from "../shared/errors.ts";
import { stackText } from "../shared/text/plain-text.ts";
import { ioError } from "../store/index.ts";
import { addAlertsCommand } from "./commands/alerts.ts";
import { addCompactCommand } from "./commands/compact.ts";
import { addConfigCommand } from "./commands/config.ts";
import { addControlCommands } from "./commands/trade/control.ts";
import { addDataCommand } from "./commands/data/data.ts";
import { addDoctorCommand } from "./commands/doctor.ts";
import { addDrillCommand } from "./commands/drill.ts";
import { addInstrumentsCommand } from "./commands/data/instruments.ts";
import { addImportCommand } from "./commands/data/import.ts";
import { addLimitsCommand } from "./commands/trade/limits.ts";
import { addOrdersCommands } from "./commands/trade/orders.ts";
import { addRegressCommand } from "./commands/regress.ts";
import { addRestoreCommand } from "./commands/restore.ts";
import { addReviewCommand } from "./commands/review.ts";
import { addRunCommand } from "./commands/run.ts";
import { addServeCommand } from "./commands/serve.ts";
import { addDesksCommand } from "./commands/desks.ts";
import { addSessionsCommand } from "./commands/sessions.ts";
import { addSmokeCommand } from "./commands/smoke.ts";
import { addStatusCommand } from "./commands/status.ts";
import { addStrategiesCommand } from "./commands/data/strategies.ts";
import { addStrategyCommand } from "./commands/trade/strategy.ts";
import { addTicksCommand } from "./commands/ticks.ts";
import { addTradeCommands } from "./commands/trade/trade.ts";
import { addVerifyCommand } from "./commands/verify.ts";
import type { AddCommand, Context } from "./common/context.ts";
import { exitOf, exitTable } from "./common/exits.ts";
import { Output, type Io } from "./common/output.ts";
import { version } from "./common/version.ts";

export interface GlobalOptions {
  readonly workspace?: string;
  readonly json?: boolean;
  readonly color: boolean;
}

function adder(program: Command, io: Io, finish: (code: number) => void): AddCommand {
  return (usage, description, configure, example, action) => {
    const command = program.command(usage).description(description);
    configure(command);
    // Last, so that help ends with it whatever else a command has to say.
    command.addHelpText("after", `\nExample:\n  ${example}`);
    command.action(async (...given: unknown[]) => {
      const self = given[given.length - 1] as Command;
      const all = self.optsWithGlobals<GlobalOptions>();
      const output = new Output(io, { json: all.json === true, color: all.color });
      if (all.workspace?.trim() === "") throw new CodedError("usage", "--workspace is empty: name a folder.");
      const context: Context = {
        io,
        output,
        workspace: workspacePath(all.workspace ?? null, io.environment, io.folder),
      };
      finish(await action(context, all as never, self.args));
    });
  };
}

/** Node's own error of a file or folder as a coded one; anything else as it is. */
function coded(error: unknown): unknown {
  if (error instanceof CodedError || !(error instanceof Error)) return error;
  const { syscall, path, code } = error as NodeJS.ErrnoException;
  if (syscall === undefined || path === undefined || code === undefined) return error;
  return ioError(`The system's ${syscall} of`, path, error);
}

/** What commander says of a command line, as the one message that names the help to read. */
function usageShape(program: Command, argv: readonly string[], error: CommanderError): ErrorShape {
  const command = argv.find((word) => program.commands.some((one) => one.name() === word));
  const help = `\`logos ${command === undefined ? "" : `${command} `}--help\``;
  const said = error.code === "commander.help" ? "no command is named" : error.message.replace(/^error: /, "");
  const sentence = said.trim().replaceAll("\n", " ").replace(/\.$/, "");
  return { code: "usage", message: `${sentence}. ${help} shows what can be written, with an example.` };
}

function printError(io: Io, argv: readonly string[], error: unknown, shape = shapeOf(error)): number {
  if (argv.includes("--json")) io.stdout.write(`${JSON.stringify({ error: shape }, null, 2)}\n`);
  else {
    const output = new Output(io, { json: false, color: false });
    output.message(`logos: ${shape.message}`);
    if (!(error instanceof CodedError) && error instanceof Error && io.environment["LOGOS_DEBUG"])
      output.message(stackText(error));
  }
  return exitOf(shape.code);
}

function printExits({ output }: Context): number {
  if (output.json) output.value(exitTable());
  else
    for (const { code, means, errors } of exitTable()) {
      output.line(`${String(code).padStart(3)}  ${means}`);
      for (const error of errors) output.line(`       ${error.code}: ${error.means}`);
    }
  return 0;
}

/** Runs one command line and returns its exit code. Never throws. */
export async function runProgram(argv: readonly string[], io: Io): Promise<number> {
  let exit = 0;
  const program = new Command("logos")
    .description("Runs trading strategies on this machine, offline and on paper, and shows what they do.")
    .option(
      "--workspace <dir>",
      "the folder with desk.yaml, strategies, data and sessions (else LOGOS_WORKSPACE, else your own)",
    )
    .addOption(new Option("--json", "print the result as JSON on stdout"))
    .option("--no-color", "no colours (NO_COLOR does the same)")
    .version(version, "--version", "print the program's version")
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      outputError: () => undefined,
    });
  const add = adder(program, io, (code) => {
    exit = code;
  });
  addRunCommand(add);
  addStatusCommand(add);
  addAlertsCommand(add);
  addDesksCommand(add);
  addSessionsCommand(add);
  addSmokeCommand(add);
  addRegressCommand(add);
  addImportCommand(add);
  addDataCommand(add);
  addStrategiesCommand(add);
  addControlCommands(add);
  addStrategyCommand(add);
  addOrdersCommands(add);
  addTradeCommands(add);
  addReviewCommand(add);
  addLimitsCommand(add);
  addRestoreCommand(add);
  addTicksCommand(add);
  addVerifyCommand(add);
  addCompactCommand(add);
  addDrillCommand(add);
  addServeCommand(add);
  addConfigCommand(add);
  addInstrumentsCommand(add);
  addDoctorCommand(add);
  add("exits", "Print the exit codes, in one table.", () => undefined, "logos exits", printExits);
  program.addHelpText("after", "\nExample:\n  logos run --for 15m");
  try {
    await program.parseAsync(argv, { from: "user" });
    return exit;
  } catch (error) {
    if (!(error instanceof CommanderError)) return printError(io, argv, coded(error));
    // Help and version were asked for and end with 0; where no command is named the help is the message.
    if (error.exitCode === 0) return 0;
    if (error.code === "commander.help" && !argv.includes("--json")) return exitOf("usage");
    return printError(io, argv, error, usageShape(program, argv, error));
  }
}
