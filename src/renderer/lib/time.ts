/** Moments and durations on the screen: stored in UTC, shown in the zone that the reader chose, with both zones at hand. */
import { MINUS } from "../../shared/text/sentence-text.ts";
import { ABSENT } from "./format.ts";

export type Zone = "utc" | "local" | "relative";

const pad = (value: number, width = 2): string => String(value).padStart(width, "0");

interface Parts {
  readonly date: string;
  readonly time: string;
  readonly millis: string;
}

function partsOf(at: number, utc: boolean): Parts {
  const date = new Date(Math.floor(at / 1_000));
  const [year, month, day, hours, minutes, seconds, millis] = utc
    ? [
        date.getUTCFullYear(),
        date.getUTCMonth(),
        date.getUTCDate(),
        date.getUTCHours(),
        date.getUTCMinutes(),
        date.getUTCSeconds(),
        date.getUTCMilliseconds(),
      ]
    : [
        date.getFullYear(),
        date.getMonth(),
        date.getDate(),
        date.getHours(),
        date.getMinutes(),
        date.getSeconds(),
        date.getMilliseconds(),
      ];
  return {
    date: `${pad(year, 4)}-${pad(month + 1)}-${pad(day)}`,
    time: `${pad(hours)}:${pad(minutes)}:${pad(seconds)}`,
    millis: pad(millis, 3),
  };
}

/** The local zone's offset at a moment, as people write it: `UTC+02:00`. */
export function localZoneName(at: number): string {
  const offset = -new Date(Math.floor(at / 1_000)).getTimezoneOffset();
  if (offset === 0) return "UTC+00:00";
  const size = Math.abs(offset);
  return `UTC${offset < 0 ? MINUS : "+"}${pad(Math.floor(size / 60))}:${pad(size % 60)}`;
}

export function zoneName(zone: Zone, at: number): string {
  return zone === "local" ? localZoneName(at) : "UTC";
}

/** `yyyy-MM-dd HH:mm:ss.SSS`, without the zone's name. */
export function formatDateTime(at: number | null, zone: Zone): string {
  if (at === null) return ABSENT;
  const parts = partsOf(at, zone !== "local");
  return `${parts.date} ${parts.time}.${parts.millis}`;
}

/** `yyyy-MM-dd`. */
export const formatDate = (at: number, zone: Zone): string => partsOf(at, zone !== "local").date;

/** `HH:mm:ss.SSS`. */
export function formatTime(at: number | null, zone: Zone): string {
  if (at === null) return ABSENT;
  const parts = partsOf(at, zone !== "local");
  return `${parts.time}.${parts.millis}`;
}

/** `HH:mm` or `HH:mm:ss` for an axis. */
export function formatAxisTime(at: number, zone: Zone, seconds: boolean): string {
  return partsOf(at, zone !== "local").time.slice(0, seconds ? 8 : 5);
}

/** Both zones, for a hover. */
export function bothZones(at: number | null): string {
  if (at === null) return "";
  return `${formatDateTime(at, "utc")} UTC\n${formatDateTime(at, "local")} ${localZoneName(at)} (local)`;
}

/** How long something took or is old: `0.3 s`, `12.4 s`, `4 min 05 s`, `3 h 12 min`, `2 d 4 h`. Takes microseconds. */
export function formatAge(micros: number | null): string {
  if (micros === null) return ABSENT;
  const sign = micros < 0 ? MINUS : "";
  const seconds = Math.abs(micros) / 1e6;
  if (seconds < 60) return `${sign}${seconds.toFixed(1)} s`;
  const whole = Math.floor(seconds);
  if (whole < 3_600) return `${sign}${Math.floor(whole / 60)} min ${pad(whole % 60)} s`;
  if (whole < 86_400) return `${sign}${Math.floor(whole / 3_600)} h ${pad(Math.floor((whole % 3_600) / 60))} min`;
  return `${sign}${Math.floor(whole / 86_400)} d ${Math.floor((whole % 86_400) / 3_600)} h`;
}

/** A setting's duration in its own unit: `30 s`, `15 min`, `500 ms`. Takes microseconds. */
export function formatSpan(micros: number | null): string {
  if (micros === null) return ABSENT;
  for (const [unit, size] of [
    ["h", 3_600e6],
    ["min", 60e6],
    ["s", 1e6],
    ["ms", 1e3],
  ] as const)
    if (Math.abs(micros) >= size && micros % size === 0) return `${micros / size} ${unit}`;
  return Math.abs(micros) >= 1e6 ? `${(micros / 1e6).toFixed(1)} s` : `${Math.round(micros / 1e3)} ms`;
}

/** A moment against now: `12.0 s ago`, `in 3.2 s`, `now`. */
export function formatRelative(at: number | null, now: number): string {
  if (at === null) return ABSENT;
  const difference = now - at;
  if (Math.abs(difference) < 50_000) return "now";
  return difference > 0 ? `${formatAge(difference)} ago` : `in ${formatAge(-difference)}`;
}
