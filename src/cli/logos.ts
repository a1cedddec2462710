#!/usr/bin/env node
/**
 * The `logos` command.
 *
 * 1. The Node version is checked before anything is loaded that an older one cannot load.
 * 2. What Node makes of the program's files is kept beside the packages, so that the next command starts in a third of the time. It lies
 *    where the code itself lies, so who can change it could change the code; where nothing can be written there, nothing is kept.
 * 3. What most commands make is garbage at once. The space for it grows in one step where it grows, instead of by doubling: a replay's
 *    collections cost two thirds.
 * 4. The exit code is the command's, from the table in `exits.ts`; nothing else sets it.
 */
import { enableCompileCache } from "node:module";
import { join } from "node:path";
import process from "node:process";
import { setFlagsFromString } from "node:v8";

const NODE_MAJOR_MIN = 24;
const major = Number(process.versions.node.split(".")[0]);
if (major < NODE_MAJOR_MIN) {
  process.stderr.write(
    `logos: this is Node ${process.versions.node}; Logos Console needs Node ${NODE_MAJOR_MIN} or newer. ` +
      "Run it as `npm run logos -- …`, which uses the Node that comes with the project.\n",
  );
  process.exitCode = 69;
} else {
  // A reader that closes its pipe early (`| head`) has what it wanted: that is no error of ours.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(0);
    process.stderr.write(`logos: writing the result failed (${error.code}); make room or write it elsewhere.\n`);
    process.exit(74);
  });
  // Node opens its inspector to the whole machine at this signal, unless a handler takes it.
  process.on("SIGUSR1", () => undefined);
  // Messages without a reader are no reason to end a session.
  process.stderr.on("error", () => undefined);
  setFlagsFromString("--semi-space-growth-factor=16");
  enableCompileCache(join(import.meta.dirname, "..", "..", "node_modules", ".cache", "logos"));
  const { runProgram } = await import("./program.ts");
  process.exitCode = await runProgram(process.argv.slice(2), {
    stdout: process.stdout,
    stderr: process.stderr,
    stdin: process.stdin,
    environment: process.env,
    folder: process.cwd(),
  });
}
