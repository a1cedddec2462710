/**
 * Writes and reads many moments that lie close together: the text of a second is made, or understood, once.
 *
 * 1. The text is exactly what `formatMoment` writes; whatever `parseMoment` reads is read, to the same moment.
 */
import { formatMoment, parseMoment, SECOND } from "../../shared/time.ts";
import type { Moment } from "../../shared/time.ts";

/** Writes moments in the file's spelling. */
export function momentWriter(): (at: Moment) => string {
  let second = Number.NaN;
  let prefix = "";
  return (at) => {
    const micros = ((at % SECOND) + SECOND) % SECOND;
    if (at - micros !== second) {
      second = at - micros;
      prefix = formatMoment(second as Moment).slice(0, 19);
    }
    return micros === 0 ? `${prefix}+00:00` : `${prefix}.${String(micros).padStart(6, "0")}+00:00`;
  };
}

const CANONICAL_LENGTH = "2024-01-01T09:33:00.001000+00:00".length;

/** Reads moments in any spelling that `parseMoment` takes; null for anything else. */
export function momentReader(): (text: string) => Moment | null {
  let prefix = "";
  let second = 0;
  return (text) => {
    if (text.length === CANONICAL_LENGTH && prefix !== "" && text.startsWith(prefix) && text.endsWith("+00:00")) {
      const micros = sixDigits(text);
      if (micros >= 0) return (second + micros) as Moment;
    }
    const at = parseMoment(text);
    if (at !== null && text.length === CANONICAL_LENGTH && text.endsWith("+00:00") && text[19] === ".") {
      prefix = text.slice(0, 20);
      second = at - (((at % SECOND) + SECOND) % SECOND);
    }
    return at;
  };
}

/** The digits between the second and the offset of a text of the canonical length, or −1. */
function sixDigits(text: string): number {
  let micros = 0;
  for (let place = 20; place < 26; place++) {
    const digit = text.charCodeAt(place) - 48;
    if (digit < 0 || digit > 9) return -1;
    micros = 10 * micros + digit;
  }
  return micros;
}
