/** Market hours in a desk file: what is read, and what is refused with its place. */
import { describe, expect, it } from "vitest";
import { deskText } from "../../../src/harness/regress/desk-text.ts";
import { failure, read, small } from "./desks.ts";

const own = (lines: string): string => small(`    sessions:\n${lines.replaceAll(/^/gm, "      ")}`);

describe("sessions of a strategy", () => {
  it("are absent unless they are written", () => {
    expect(read(small()).desk.strategies[0]).not.toHaveProperty("sessions");
  });

  it("name a calendar, or say the hours", () => {
    expect(read(small("    sessions: us-equity\n")).desk.strategies[0]?.sessions).toBe("us-equity");
    const text = own(
      "timeZone: Europe/London\ndays: [mon, wed]\nopen: 08:00\nclose: 16:30\nholidays: [2026-12-25]\n" +
        "halfDays: [2026-12-24]\nhalfClose: 12:30",
    );
    const { desk, origins } = read(text);
    expect(desk.strategies[0]?.sessions).toEqual({
      timeZone: "Europe/London",
      days: ["mon", "wed"],
      open: "08:00",
      close: "16:30",
      holidays: ["2026-12-25"],
      halfDays: ["2026-12-24"],
      halfClose: "12:30",
    });
    expect(origins.find((row) => row.name === "strategies.one.sessions.open")).toMatchObject({
      value: "08:00",
      where: "desk.yaml:12:13",
    });
  });

  it("are from Monday to Friday without holidays where nothing else is said", () => {
    const { desk } = read(own("timeZone: UTC\nopen: 09:00\nclose: 24:00"));
    expect(desk.strategies[0]?.sessions).toMatchObject({
      days: ["mon", "tue", "wed", "thu", "fri"],
      holidays: [],
      halfDays: [],
      halfClose: null,
    });
  });

  it("have several spans a day, in any order, with breaks, and days of their own", () => {
    const spans = read(own("timeZone: Asia/Tokyo\nhours: [12:30-15:30, 09:00-11:30]")).desk.strategies[0]?.sessions;
    expect(spans).toMatchObject({ open: "09:00", close: "15:30", hours: ["09:00-11:30", "12:30-15:30"] });
    const pause = read(own("timeZone: Asia/Tokyo\nopen: 09:00\nclose: 15:30\nbreaks: [11:30-12:30]"));
    expect(pause.desk.strategies[0]?.sessions).toEqual(spans);
    const night = read(
      own(
        "timeZone: UTC\nhours: [09:00-10:15, 21:00-02:30+1]\nspecial: { 2026-12-31: [09:00-10:15], 2026-12-30: closed }",
      ),
    );
    expect(night.desk.strategies[0]?.sessions).toMatchObject({
      open: "09:00",
      close: "02:30",
      hours: ["09:00-10:15", "21:00-02:30+1"],
      special: { "2026-12-31": ["09:00-10:15"], "2026-12-30": [] },
    });
  });

  it.each([
    ["nyse", "us-equity"],
    ["TSE", "tokyo"],
    ["lse", "london"],
    ["24/7", "crypto"],
    ["hongkong", "hong-kong"],
    ["globex", "us-futures"],
  ])("name the calendar that %s means", (word, name) => {
    expect(failure(small(`    sessions: ${word}\n`)).message).toContain(`; did you mean ${name}?`);
  });

  it("are in a desk's text as they were read", () => {
    for (const text of [
      own(
        "timeZone: UTC\nhours: [09:00-10:15, 21:00-02:30+1]\nspecial: { 2026-12-31: [09:00-10:15], 2026-12-30: closed }",
      ),
      small("    sessions: us-equity\n"),
      own("timeZone: UTC\nopen: 09:00\nclose: 17:00\nholidays: [2026-12-25]"),
      `dayEnds: 17:00 America/New_York\n${small().replace(/cadence: \S+/, "cadence: bar")}`,
      small("    sessions: tokyo\n").replace(/cadence: \S+/, "cadence: 24h"),
    ]) {
      const { strategies, dayEnds } = read(text).desk;
      expect(read(deskText(read(text).desk, [])).desk).toMatchObject({ strategies });
      expect(read(deskText(read(text).desk, [])).desk.dayEnds).toBe(dayEnds);
    }
  });

  const RULE =
    "write one of us-equity, us-futures, london, xetra, tokyo, hong-kong, fx, crypto, or own hours such as " +
    "{ timeZone: Asia/Tokyo, hours: [09:00-11:30, 12:30-15:30] }";
  it.each([
    ["another calendar", small("    sessions: us-equty\n"), `"us-equty"; ${RULE}; did you mean us-equity?`, "9:15"],
    ["no value", small("    sessions:\n"), `strategies[0].sessions has no value; ${RULE}.`, "9:14"],
    [
      "a list",
      small("    sessions: [us-equity]\n"),
      "strategies[0].sessions is a list; write one of us-equity,",
      "9:15",
    ],
    ["no zone", own("open: 09:00\nclose: 17:00"), "lacks timeZone; write a time zone such as", "10:7"],
    [
      "an unknown zone",
      own("timeZone: Europa/London\nopen: 09:00\nclose: 17:00"),
      "did you mean Europe/London?",
      "10:17",
    ],
    ["no closing", own("timeZone: UTC\nopen: 09:00"), "lacks close; write a local time from 00:00 to 24:00.", "10:7"],
    [
      "a time of another form",
      own("timeZone: UTC\nopen: 9.00\nclose: 17:00"),
      'open is "9.00"; write a local',
      "11:13",
    ],
    ["no hour", own("timeZone: UTC\nopen: 24:00\nclose: 17:00"), "from 00:00 to 23:59.", "11:13"],
    ["another day", own("timeZone: UTC\ndays: [mon, tus]\nopen: 09:00\nclose: 17:00"), "did you mean tue?", "11:19"],
    ["a day twice", own("timeZone: UTC\ndays: [mon, mon]\nopen: 09:00\nclose: 17:00"), "in the list already.", "11:19"],
    ["no day", own("timeZone: UTC\ndays: []\nopen: 09:00\nclose: 17:00"), "names no day; a market is open", "11:13"],
    [
      "no such date",
      own("timeZone: UTC\nopen: 09:00\nclose: 17:00\nholidays: [2026-02-29]"),
      '"2026-02-29"; write a date such as 2026-11-27.',
      "13:18",
    ],
    [
      "half days without an end",
      own("timeZone: UTC\nopen: 09:00\nclose: 17:00\nhalfDays: [2026-12-24]"),
      "write halfClose, such as 13:00.",
      "13:17",
    ],
    [
      "half days that would last until the next morning",
      own("timeZone: UTC\nopen: 09:00\nclose: 17:00\nhalfDays: [2026-12-24]\nhalfClose: 08:00"),
      'halfClose is "08:00", which is not between 09:00 and 17:00.',
      "14:18",
    ],
    [
      "a day that is none",
      own("timeZone: UTC\ndays: [funday]\nopen: 09:00\nclose: 17:00"),
      'days[0] is "funday"; write one of mon, tue',
      "11:14",
    ],
    [
      "a span that closes before it opens",
      own("timeZone: UTC\nhours: [15:30-09:00]"),
      'hours[0] is "15:30-09:00"; it closes before it opens; write the earlier time first, or 15:30-09:00+1',
      "11:15",
    ],
    [
      "spans that overlap",
      own("timeZone: UTC\nhours: [09:00-11:30, 11:00-15:30]"),
      'hours[1] is "11:00-15:30"; it overlaps 09:00-11:30',
      "11:28",
    ],
    [
      "a span that overlaps the next day's",
      own("timeZone: UTC\nhours: [09:00-11:30, 18:00-10:00+1]"),
      'hours[1] is "18:00-10:00+1"; it overlaps 09:00-11:30 of the next day',
      "11:28",
    ],
    ["a span of another form", own("timeZone: UTC\nhours: [9-17]"), "such as 09:00-11:30, or 18:00-02:00+1", "11:15"],
    ["no span", own("timeZone: UTC\nhours: []"), "is empty; a market has one span", "11:14"],
    [
      "hours said twice",
      own("timeZone: UTC\nhours: [09:00-17:00]\nopen: 09:00"),
      "says again what hours says",
      "12:13",
    ],
    [
      "a break outside the hours",
      own("timeZone: UTC\nopen: 09:00\nclose: 12:00\nbreaks: [11:30-12:30]"),
      "has 11:30-12:30, which is not between 09:00 and 12:00",
      "13:15",
    ],
    [
      "a special day that is none",
      own("timeZone: UTC\nopen: 09:00\nclose: 12:00\nspecial: { 2026-13-01: closed }"),
      "is no day; write a date",
      "13:18",
    ],
    ["another key", own("timezone: UTC\nopen: 09:00\nclose: 17:00"), "did you mean timeZone?", "10:7"],
  ])("refuse %s", (_what, text, message, place) => {
    const error = failure(text);
    expect(error.message).toContain(message);
    expect(error.message).toContain(`desk.yaml:${place}: `);
  });
});
