#!/usr/bin/env node
/**
 * The `logos` command for any Node: one that is too old says so in its first line.
 */
import { nodeObstacle, UNAVAILABLE } from "./node-version.mjs";

const obstacle = nodeObstacle(process.versions.node);
if (obstacle === null) await import("../src/cli/logos.ts");
else {
  process.stderr.write(`logos: ${obstacle}\n`);
  process.exitCode = UNAVAILABLE;
}
