/**
 * Texts from outside as plain text: for a terminal, a summary, and an error that a reader sees.
 *
 * 1. `printable` leaves nothing that a terminal or a page would obey: no control characters, and none that turn the direction of text.
 * 2. A place in a stack is named from the program's own folder on; where that folder lies, and who owns it, is left out.
 */

/** What turns the direction of a text, marks that are not seen, and the line ends of Unicode; with lone halves of pairs. */
const OBEYED = /[^\P{Cc}\n\t]|[\u061C\u200E\u200F\u2028\u2029\u202A-\u202E\u2066-\u2069\uFEFF]|\p{Cs}/gu;

/** Text without control characters other than the line's end and the tab; each is shown as a dot. */
export const printable = (text: string): string => text.replace(OBEYED, "·");

/** What may be a path: a run of characters that occur in one. */
const WORD = /[^\s'"`(),;=]+/g;
const ABSOLUTE = /^(?:file:\/\/|(?:[A-Za-z]:)?[\\/])/;
const OWN_FOLDERS = ["src", "out", "node_modules"];

function cut(word: string): string {
  if (!ABSOLUTE.test(word)) return word;
  const own = Math.max(
    ...OWN_FOLDERS.flatMap((folder) => [word.lastIndexOf(`/${folder}/`), word.lastIndexOf(`\\${folder}\\`)]),
  );
  const end = own >= 0 ? own : Math.max(word.lastIndexOf("/"), word.lastIndexOf("\\"));
  return word.slice(end + 1);
}

/** A text with each absolute path cut to its part below the program's folder, else to its last name. */
export const withoutPlaces = (text: string): string => text.replace(WORD, cut);

/** What a terminal shows of an unexpected error: its stack, without the places of this machine. */
export function stackText(error: unknown): string {
  return withoutPlaces(error instanceof Error ? (error.stack ?? error.message) : String(error));
}
