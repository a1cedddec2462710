/**
 * Local times of an IANA zone as moments.
 *
 * 1. A local time that the zone never showed (clocks went forward) is no moment.
 * 2. A local time that it showed twice (clocks went back) is the earlier moment, unless the rows before it are already past
 *    that one.
 * 3. Offsets come from Intl; the memory of them is limited.
 */
import { CodedError } from "../../../shared/errors.ts";
import { DAY } from "../../../shared/time.ts";

export interface Zone {
  readonly name: string;
  /** Microseconds of a local time, counted as if it were UTC, to the moment; null for a time that never was. */
  toMoment(local: number, after: number): number | null;
}

const BLOCK = DAY / 4;
const BLOCKS_MAX = 20_000;

/** A zone changes its offset less than twice in a quarter of a day, so equal offsets at both ends hold in between. */
function offsets(format: Intl.DateTimeFormat): (at: number) => number {
  const known = new Map<number, number>();
  const ask = (at: number): number => {
    const second = Math.floor(at / 1_000_000) * 1_000;
    const part: Record<string, number> = {};
    for (const { type, value } of format.formatToParts(second)) part[type] = Number(value);
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second: seconds = 0 } = part;
    return (Date.UTC(year, month - 1, day, hour, minute, seconds) - second) * 1_000;
  };
  return (at) => {
    const block = Math.floor(at / BLOCK);
    let offset = known.get(block);
    if (offset === undefined) {
      const first = ask(block * BLOCK);
      offset = first === ask((block + 1) * BLOCK) ? first : NaN;
      if (known.size >= BLOCKS_MAX) known.clear();
      known.set(block, offset);
    }
    return Number.isNaN(offset) ? ask(at) : offset;
  };
}

/** The zone of a name. Throws `invalid_input` for a name that Intl does not know. */
export function zoneOf(name: string): Zone {
  if (/^(utc|etc\/utc|gmt|z)$/i.test(name)) return { name: "UTC", toMoment: (local) => local };
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat("en-US", {
      timeZone: name,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
  } catch {
    const message = `There is no time zone "${name.slice(0, 60)}". Name it as --tz America/New_York or --tz UTC.`;
    throw new CodedError("invalid_input", message, { rule: "time_zone" });
  }
  const offsetAt = offsets(format);
  const toMoment = (local: number, after: number): number | null => {
    const before = offsetAt(local - DAY);
    const behind = offsetAt(local + DAY);
    if (before === behind) return local - before;
    const found = [local - before, local - behind]
      .filter((at) => offsetAt(at) === local - at)
      .toSorted((a, b) => a - b);
    const [first, second] = found;
    if (first === undefined) return null;
    return second !== undefined && first <= after ? second : first;
  };
  return { name, toMoment };
}
