/**
 * Whether this Node can run the project's TypeScript.
 *
 * 1. Plain JavaScript for any Node with modules: what is too old must be able to read this file, to say so.
 */

export const NODE_MAJOR_MIN = 24;

/** What to say of a version such as `20.1.0`, with what to do next; null where it is new enough. */
export function nodeObstacle(version) {
  if (Number(version.split(".")[0]) >= NODE_MAJOR_MIN) return null;
  return (
    `Logos Console needs Node ${NODE_MAJOR_MIN} or newer, and this is Node ${version}. ` +
    "Run it through npm, which uses the Node that `npm ci` brings (`npm start`, `npm run logos -- COMMAND`). " +
    `Where there is none for your system, install Node ${NODE_MAJOR_MIN}.`
  );
}

/** The exit code for a service that is not available, as in the table of the README. */
export const UNAVAILABLE = 69;
