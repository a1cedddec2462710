/** Stale data: only the feed's silence in open hours counts. */
import { describe, expect, it } from "vitest";
import { silenceOf } from "../../../../src/live/session/engine/silence.ts";
import type { Core } from "../../../../src/live/session/state/parts.ts";
import type { MarketHours } from "../../../../src/shared/desk.ts";
import { durationText, MINUTE, parseMoment, type Moment } from "../../../../src/shared/time.ts";

interface One {
  readonly sessions?: MarketHours;
  readonly symbols?: readonly string[];
  readonly standing?: string;
}

/** A core of nothing but strategies and symbols. */
function core(strategies: readonly One[], calendars: Readonly<Record<string, string>> = {}): Core {
  const models = strategies.map(({ standing = "active", symbols = ["A"], ...rest }, index) => [
    `s${index}`,
    { standing, config: { name: `s${index}`, symbols, ...rest } },
  ]);
  const symbols = new Map(Object.entries(calendars).map(([symbol, calendar]) => [symbol, { symbol, calendar }]));
  return { model: { strategies: new Map(models as never) }, symbols } as unknown as Core;
}

const at = (text: string): Moment => parseMoment(text) as Moment;
const between = (one: Core, from: string, to: string): string => durationText(silenceOf(one, at(from), at(to)));

describe("the silence of a feed", () => {
  it("counts where a strategy's market is open, and nowhere else", () => {
    const one = core([{ sessions: "us-equity" }]);
    expect(between(one, "2026-01-08T21:00:00Z", "2026-01-09T14:31:00Z")).toBe("1m");
    expect(between(one, "2026-01-08T20:00:00Z", "2026-01-08T20:06:00Z")).toBe("6m");
    expect(between(core([{ sessions: "tokyo" }]), "2026-01-08T02:29:00Z", "2026-01-08T03:31:00Z")).toBe("2m");
  });

  it("counts where any strategy that may run has an open market", () => {
    const [from, to] = ["2026-01-08T00:00:00Z", "2026-01-09T00:00:00Z"];
    const both = core([{ sessions: "us-equity" }, { sessions: "london" }]);
    // London from 08:00 to 16:30, New York from 14:30 to 21:00.
    expect(between(both, from, to)).toBe("13h");
    expect(between(core([{ sessions: "us-equity" }, {}]), from, to)).toBe("1d");
    expect(between(core([{ sessions: "us-equity" }, { standing: "paused" }]), from, to)).toBe("6h 30m");
    expect(silenceOf(core([{ standing: "paused" }]), at(from), at(to))).toBe(0);
  });

  it("counts by the calendars of symbols where a strategy has no hours of its own", () => {
    const [from, to] = ["2026-01-08T00:00:00Z", "2026-01-09T00:00:00Z"];
    const calendars = { A: "us-equity", B: "tokyo" };
    expect(between(core([{ symbols: ["A", "B"] }], calendars), from, to)).toBe("12h");
    expect(between(core([{ symbols: ["A", "C"] }], calendars), from, to)).toBe("1d");
    expect(between(core([{ sessions: "us-equity", symbols: ["B"] }], calendars), from, to)).toBe("6h 30m");
  });

  it("is the sum of open minutes of a naive model", () => {
    const one = core([{ sessions: "hong-kong" }, { sessions: "xetra" }]);
    const open = (minute: number): boolean =>
      (minute >= 90 && minute < 240) || (minute >= 300 && minute < 480) || (minute >= 480 && minute < 990);
    for (let from = 0; from < 1_440; from += 97)
      for (let to = from; to < 1_440; to += 131) {
        let count = 0;
        for (let minute = from; minute < to; minute += 1) if (open(minute)) count += 1;
        const day = at("2026-01-08T00:00:00Z");
        const [first, last] = [day + from * MINUTE, day + to * MINUTE] as [Moment, Moment];
        expect(silenceOf(one, first, last)).toBe(count * MINUTE);
      }
  });
});
