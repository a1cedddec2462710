/** Single values: money with sign and arrow, moments with both zones on hover, ages that tick, keys. */
import type { ReactNode } from "react";
import { ABSENT, formatMoney, formatSmallMoney, signOf } from "../lib/format.ts";
import { formatReading, guardUnit } from "../lib/guards.ts";
import { momentIn, readableDuration, readableNumber } from "../lib/readable.ts";
import { bothZones, formatAge, formatDateTime, formatRelative, formatTime, zoneName } from "../lib/time.ts";
import type { Zone } from "../lib/time.ts";
import { useNow } from "../stores/live.ts";
import { usePrefs } from "../stores/prefs.ts";
import { plain } from "../lib/plain.ts";

/** A gain or a loss: arrow, sign and colour. */
export function Gain({ value }: { readonly value: string | number | null }): ReactNode {
  const sign = signOf(value);
  if (sign === null) return <span className="quiet">{ABSENT}</span>;
  if (sign === 0) return <span className="quiet">{formatMoney(value)}</span>;
  return (
    <span className={`money ${sign > 0 ? "up" : "down"}`}>
      <span className="arrow" aria-hidden="true">
        {sign > 0 ? "▲" : "▼"}
      </span>
      {formatSmallMoney(value, true)}
    </span>
  );
}

interface TimeProps {
  readonly at: number | null;
  /** With the date. */
  readonly full?: boolean;
  /** With the zone's name. */
  readonly zoned?: boolean;
}

function timeIn({ at, full = false, zoned = false }: TimeProps, zone: Zone): ReactNode {
  if (at === null) return <span className="quiet">{ABSENT}</span>;
  if (zone === "relative") return <RelativeTime at={at} />;
  const text = full ? formatDateTime(at, zone) : formatTime(at, zone);
  return (
    <time className="mono" title={bothZones(at)} dateTime={new Date(at / 1_000).toISOString()}>
      {text}
      {zoned ? ` ${zoneName(zone, at)}` : ""}
    </time>
  );
}

/** A moment in the reader's zone; relative where the reader chose that. */
export function Time(props: TimeProps): ReactNode {
  return timeIn(
    props,
    usePrefs((state) => state.zone),
  );
}

type BarTimeProps = Pick<TimeProps, "at" | "zoned">;

function barTimeIn({ at, zoned = false }: BarTimeProps, zone: Zone): ReactNode {
  if (at === null) return <span className="quiet">{ABSENT}</span>;
  const text = formatDateTime(at, zone).replace(/\.000$/, "");
  return (
    <time className="mono" title={bothZones(at)} dateTime={new Date(at / 1_000).toISOString()}>
      {text}
      {zoned ? ` ${zoneName(zone, at)}` : ""}
    </time>
  );
}

/** A moment of a bar: as exact as it is, and never relative to a session. */
export function BarTime(props: BarTimeProps): ReactNode {
  return barTimeIn(
    props,
    usePrefs((state) => state.zone),
  );
}

interface AtProps {
  readonly at: number | null;
}

function relativeAt({ at }: AtProps, now: number): ReactNode {
  if (at === null) return <span className="quiet">{ABSENT}</span>;
  return <time title={bothZones(at)}>{now === 0 ? formatDateTime(at, "utc") : formatRelative(at, now)}</time>;
}

/** A moment against the session's now. */
export function RelativeTime(props: AtProps): ReactNode {
  return relativeAt(props, useNow());
}

interface AgeProps {
  readonly at: number | null;
  /** Microseconds after which it is shown in amber. */
  readonly warnAfter?: number;
  readonly suffix?: string;
}

function ageAt({ at, warnAfter, suffix = "" }: AgeProps, now: number): ReactNode {
  if (at === null) return <span className="quiet">{ABSENT}</span>;
  const age = Math.max(0, now - at);
  const old = warnAfter !== undefined && age > warnAfter;
  return (
    <span className={old ? "tone-warning" : undefined} title={bothZones(at)}>
      {formatAge(age)}
      {suffix}
    </span>
  );
}

/** How old something is. */
export function Age(props: AgeProps): ReactNode {
  return ageAt(props, useNow());
}

function countdownAt({ at }: AtProps, now: number): ReactNode {
  if (at === null) return <span className="quiet">{ABSENT}</span>;
  return <span title={bothZones(at)}>{at <= now ? "now" : formatAge(at - now)}</span>;
}

/** How long until something. */
export function Countdown(props: AtProps): ReactNode {
  return countdownAt(props, useNow());
}

interface ReadingProps {
  readonly guard: string;
  readonly value: string | null;
}

/** A guard's value or limit with what it counts: `0.20 of equity`. The exact text is there on hover. */
export function Reading({ guard, value }: ReadingProps): ReactNode {
  if (value === null) return <span className="quiet">{ABSENT}</span>;
  const unit = guardUnit(guard);
  return (
    <span title={value}>
      {formatReading(value)}
      {unit === "" ? null : <small className="quiet"> {unit}</small>}
    </span>
  );
}

export function Key({ children }: { readonly children: ReactNode }): ReactNode {
  return <kbd className="key">{children}</kbd>;
}

interface MeterProps {
  /** Share of the limit; null where it has no meaning. */
  readonly used: number | null;
  readonly text: string;
  readonly tone?: "warning" | "critical" | "accent";
}

/** A number against its limit. */
export function Meter({ used, text, tone }: MeterProps): ReactNode {
  const share = used === null ? 0 : Math.min(1, Math.max(0, used));
  const worst = tone ?? (share >= 1 ? "critical" : share >= 0.8 ? "warning" : "accent");
  return (
    <span className={`meter ${worst}`}>
      <span>{text}</span>
      <i aria-hidden="true">
        <b style={{ width: `${share * 100}%` }} />
      </i>
    </span>
  );
}

/** Any text of the journal that is not known closer. */
export function Readable({ text }: { readonly text: string }): ReactNode {
  const at = momentIn(text);
  if (at !== null) return <Time at={at} />;
  return <span title={text}>{readableNumber(text) ?? readableDuration(text) ?? text}</span>;
}

plain(Gain);
plain(Time, (props, { zone }) => timeIn(props, zone));
plain(BarTime, (props, { zone }) => barTimeIn(props, zone));
plain(RelativeTime, (props, shown) => relativeAt(props, shown.now));
plain(Age, (props, shown) => ageAt(props, shown.now));
plain(Countdown, (props, shown) => countdownAt(props, shown.now));
plain(Reading);
plain(Meter);
