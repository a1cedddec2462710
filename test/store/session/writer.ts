/** A process of its own that takes a session folder's lock, says so, and keeps it until it is ended. */
import { acquireLock, nodeFileSystem } from "../../../src/store/index.ts";

const [, , folder] = process.argv;
acquireLock(nodeFileSystem, String(folder), "2026-01-05T14:30:00+00:00");
process.stdout.write("held\n");
// Nothing refers to the lock, and it is held all the same. Ends with its parent at the latest.
process.stdin.resume();
process.stdin.on("end", () => process.exit(0));
