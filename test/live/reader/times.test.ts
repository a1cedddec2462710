/** Times of files: epochs, ISO, dates of people, dates of two meanings, zones and their two odd hours. */
import { describe, expect, it } from "vitest";
import { formatMoment } from "../../../src/shared/time.ts";
import { failureOf, importOne, timesOf } from "./sources.ts";

const fileOf = (...times: string[]): string => `t,o,h,l,c\n${times.map((time) => `"${time}",1,1,1,1\n`).join("")}`;

async function read(
  time: string,
  options: { timeZone?: string; dateFormat?: string } = {},
): Promise<string | undefined> {
  const { files } = await importOne(fileOf(time), options);
  const opened = files[0]?.firstOpen ?? null;
  return opened === null ? files[0]?.refused[0]?.rule : formatMoment(opened);
}

describe("times", () => {
  it.each([
    ["1704187800"],
    ["1704187800.0"],
    ["1704187800000"],
    ["1704187800000000"],
    ["1704187800000000000"],
    ["2024-01-02 09:30"],
    ["2024-01-02T09:30:00Z"],
    ["2024-01-02T09:30:00.000000"],
    ["2024-01-02 04:30:00-05:00"],
    ["2024-01-02 15:00:00 +0530"],
    ["2024/01/02 9:30"],
    ["2024.01.02 09:30:00"],
    ["20240102 09:30"],
    ["20240102093000"],
    ["202401020930"],
    ["2-Jan-2024 09:30"],
    ["02 January 2024 9:30 AM"],
    ["Jan 2, 2024, 09:30"],
    ["2024-01-02 09:30:00 UTC"],
  ])("%s", async (text) => {
    expect(await read(text)).toBe("2024-01-02T09:30:00+00:00");
  });

  it("keep microseconds, and cut what is finer", async () => {
    expect(await read("1704187800123456789")).toBe("2024-01-02T09:30:00.123456+00:00");
    expect(await read("2024-01-02 09:30:00,123")).toBe("2024-01-02T09:30:00.123000+00:00");
  });

  it("follow a clock of twelve hours", async () => {
    expect(await read("2024-01-02 12:00 AM")).toBe("2024-01-02T00:00:00+00:00");
    expect(await read("2024-01-02 12:05 pm")).toBe("2024-01-02T12:05:00+00:00");
    expect(await read("2024-01-02 13:05 pm")).toBe("time");
  });
});

describe("dates of two meanings", () => {
  it("are refused, with both meanings and what settles them", async () => {
    const failure = await failureOf(importOne(fileOf("03/04/2023", "01/02/2024")));
    expect(failure).toMatchObject({
      code: "data_invalid",
      detail: { file: "ABC.csv", row: 2, rule: "ambiguous_date" },
    });
    expect(failure.message).toContain("2023-03-04 or 2023-04-03");
    expect(failure.message).toContain("--date-format MM/DD/YYYY or --date-format DD/MM/YYYY");
    expect((await failureOf(importOne(fileOf("01-02-03")))).message).toContain(
      "2003-01-02 or 2003-02-01 or 2001-02-03",
    );
  });

  it("are read where both meanings are one, or the calendar leaves one", async () => {
    expect(await read("02/02/2024")).toBe("2024-02-02T00:00:00+00:00");
    expect(await read("13.02.2024")).toBe("2024-02-13T00:00:00+00:00");
    expect(await read("02/13/2024")).toBe("2024-02-13T00:00:00+00:00");
  });

  it.each([
    ["MM/DD/YYYY", "1/2/2024", "2024-01-02T00:00:00+00:00"],
    ["DD/MM/YYYY", "01/02/2024", "2024-02-01T00:00:00+00:00"],
    ["%d/%m/%Y", "01/02/2024 10:15", "2024-02-01T10:15:00+00:00"],
    ["D.M.YY HH:mm", "1.2.24 10:15", "2024-02-01T10:15:00+00:00"],
    ["YYYY-DD-MM", "2024-01-02T03:04:05.5Z", "2024-02-01T03:04:05.500000+00:00"],
    ["DD MMM YYYY hh:mm A", "01 Feb 2024 01:00 PM", "2024-02-01T13:00:00+00:00"],
    ["DD/MM/YYYY", "2024-02-03", "2024-02-03T00:00:00+00:00"],
    ["DD/MM/YYYY", "02/13/2024", "time"],
    ["DD/MM/YYYY", "01-02-2024", "2024-02-01T00:00:00+00:00"],
  ])("%s settles %s", async (dateFormat, text, expected) => {
    expect(await read(text, { dateFormat })).toBe(expected);
  });

  it.each([["MM/DD"], ["DD/MM/YYYY DD"], ["Q/MM/YYYY"], ["DD/MM/YYYY mm"], ["%q"], ["D".repeat(100)], [""]])(
    "the format %j means nothing",
    async (dateFormat) => {
      const failure = await failureOf(importOne(fileOf("01/02/2024"), { dateFormat }));
      expect(failure).toMatchObject({ code: "invalid_input", detail: { rule: "date_format" } });
    },
  );
});

describe("zones", () => {
  const timeZone = "America/New_York";

  it("place times that carry none, winter and summer, and move no other", async () => {
    expect(await read("2024-01-02 09:30", { timeZone })).toBe("2024-01-02T14:30:00+00:00");
    expect(await read("2024-07-02 09:30", { timeZone })).toBe("2024-07-02T13:30:00+00:00");
    expect(await read("2024-01-02 09:30Z", { timeZone })).toBe("2024-01-02T09:30:00+00:00");
    expect(await read("1704187800", { timeZone })).toBe("2024-01-02T09:30:00+00:00");
    expect(await read("2024-01-02 09:30", { timeZone: "Asia/Kolkata" })).toBe("2024-01-02T04:00:00+00:00");
  });

  it("have an hour that never was, and one that was twice", async () => {
    expect(await read("2024-03-10 02:30", { timeZone })).toBe("time");
    expect(await read("2024-03-10 01:59", { timeZone })).toBe("2024-03-10T06:59:00+00:00");
    expect(await read("2024-03-10 03:00", { timeZone })).toBe("2024-03-10T07:00:00+00:00");
    const times = [
      "2024-11-03 00:30",
      "2024-11-03 01:00",
      "2024-11-03 01:30",
      "2024-11-03 01:00",
      "2024-11-03 01:30",
      "2024-11-03 02:00",
    ];
    const { files, tables } = await importOne(fileOf(...times), { timeZone, stamp: "close" });
    expect(files[0]).toMatchObject({ refusedTotal: 0, timeZone });
    expect(timesOf(tables[0]).map((at) => at.slice(11, 16))).toEqual([
      "04:30",
      "05:00",
      "05:30",
      "06:00",
      "06:30",
      "07:00",
    ]);
  });

  it("that are unknown are refused", async () => {
    expect(await failureOf(importOne(fileOf("1"), { timeZone: "Mars/Base" }))).toMatchObject({ code: "invalid_input" });
  });
});
