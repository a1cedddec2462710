/**
 * Says in one line that this Node is too old, before a script that it could not read.
 */
import { nodeObstacle, UNAVAILABLE } from "./node-version.mjs";

const obstacle = nodeObstacle(process.versions.node);
if (obstacle !== null) {
  process.stderr.write(`${obstacle}\n`);
  process.exitCode = UNAVAILABLE;
}
