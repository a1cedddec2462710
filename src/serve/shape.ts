/**
 * Whether a message may be parsed: how deep it is and how much it holds, known before anything is made of it.
 *
 * 1. Linear in the text's length, without an object made. Large texts inside a message, as a file's, are passed over whole.
 * 2. A number, a word or a blank is short: millions of digits would hold the parser up for longer than all else in a message.
 * 3. It does not judge JSON: what is none is still refused by the parser.
 */

const DEPTH_MAX = 32;
const PARTS_MAX = 100_000;
/** Characters between two texts or signs: more than the longest number has that JavaScript writes. */
const PLAIN_MAX = 64;

/** Where a text that begins at `start` ends, or the length where it does not. */
function textEnd(json: string, start: number): number {
  for (let at = json.indexOf('"', start + 1); at >= 0; at = json.indexOf('"', at + 1)) {
    let slashes = 0;
    while (json.charCodeAt(at - 1 - slashes) === 92) slashes += 1;
    if (slashes % 2 === 0) return at;
  }
  return json.length;
}

/** True for a message of at most `DEPTH_MAX` levels and `PARTS_MAX` parts, none of them a number or a blank of more than `PLAIN_MAX`. */
export function isBounded(json: string): boolean {
  let depth = 0;
  let parts = 0;
  let plain = 0;
  for (let at = 0; at < json.length; at += 1) {
    const letter = json[at];
    if (letter === '"') at = textEnd(json, at);
    else if (letter === "[" || letter === "{") depth += 1;
    else if (letter === "]" || letter === "}") depth -= 1;
    else if (letter !== "," && letter !== ":") {
      plain += 1;
      if (plain > PLAIN_MAX) return false;
      continue;
    }
    plain = 0;
    if (letter === ":") continue;
    parts += 1;
    if (depth > DEPTH_MAX || parts > PARTS_MAX) return false;
  }
  return true;
}
