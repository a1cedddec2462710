/** The files of a desk: names, patterns, folders, and options for each. */
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openDesk } from "../../../src/live/desk/index.ts";
import { dataFiles } from "../../../src/live/feed/data-files.ts";
import { importFeed, openFeed, openNewFeed } from "../../../src/live/feed/factory.ts";
import type { Moment } from "../../../src/shared/time.ts";
import { workspaceAt } from "../../../src/store/index.ts";

const HEAD = "date,time,open,high,low,close,volume\n";

function workspace(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), "logos-data-"));
  mkdirSync(join(folder, "data"));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

describe("names", () => {
  it("mean a file, what a pattern fits, or what a folder holds", () => {
    const folder = workspace({
      "data/b.csv": HEAD,
      "data/a.csv.gz": HEAD,
      "data/notes.md": "",
      "data/.hidden.csv": HEAD,
      "data/b.factors.csv": "",
    });
    const short = (paths: readonly string[]): string[] => paths.map((path) => path.slice(folder.length + 1));
    expect(short(dataFiles("data/b.csv", folder))).toEqual(["data/b.csv"]);
    expect(short(dataFiles("data/*.csv", folder))).toEqual(["data/b.csv"]);
    expect(short(dataFiles("data", folder))).toEqual(["data/a.csv.gz", "data/b.csv"]);
    expect(() => dataFiles("data/none.csv", folder)).toThrow("there is no file");
    expect(() => dataFiles("data/x*.csv", folder)).toThrow("there is no market data file like");
  });
});

const deskOf = (files: string): string =>
  `name: t\nseed: 1\nclock: { kind: virtual, speed: max }\nfeed:\n  kind: replay\n  files: ${files}\n` +
  "strategies:\n  - { name: s, module: momentum, symbols: [AAPL], cadence: 60s }\n";

describe("a desk's files", () => {
  const rows = "01/02/2024,09:31,1,1,1,1,5\n01/02/2024,09:32,2,2,2,2,5\n";

  it("are each read as the desk says", async () => {
    const own = '[{ path: "data/*.csv", timeZone: America/New_York, dateFormat: MM/DD/YYYY, stamp: close }]';
    const folder = workspace({ "data/AAPL.csv": HEAD + rows, "desk.yaml": deskOf(own) });
    const { desk } = await openDesk({ workspace: workspaceAt(folder), env: {} });
    if (desk.feed.kind !== "replay") throw new Error("The desk replays files.");
    const { files } = await importFeed(desk.feed, folder);
    expect(files[0]).toMatchObject({
      stamp: "close",
      timeZone: "America/New_York",
      firstOpen: Date.UTC(2024, 0, 2, 14, 30) * 1_000,
    });
  });

  it("keep the zone that a layout is known for, unless the desk, a variable or the command names one, UTC too", async () => {
    const name = "data/DAT_ASCII_EURUSD_M1_2024.csv";
    const minutes = "20240102 093100;1.1;1.1;1.1;1.1;5\n20240102 093200;1.2;1.2;1.2;1.2;5\n";
    const desk = deskOf(`[${name}]`).replace("AAPL", "EURUSD");
    const folder = workspace({ [name]: minutes, "desk.yaml": desk });
    const named = desk.replace("kind: replay\n", "kind: replay\n  timeZone: UTC\n");
    writeFileSync(join(folder, "utc.yaml"), named);
    const zoneOf = async (file: string, env: Record<string, string> = {}, timeZone?: string): Promise<unknown> => {
      const bars = timeZone === undefined ? {} : { bars: [join(folder, name)], options: { timeZone } };
      const { desk } = await openDesk({ workspace: workspaceAt(folder), file: join(folder, file), env, ...bars });
      if (desk.feed.kind !== "replay") throw new Error("The desk replays files.");
      const { files } = await importFeed(desk.feed, folder);
      return files[0]?.timeZone;
    };
    expect(await zoneOf("desk.yaml")).toBe("Etc/GMT+5");
    expect(await zoneOf("utc.yaml")).toBe("UTC");
    expect(await zoneOf("desk.yaml", { LOGOS_TIME_ZONE: "UTC" })).toBe("UTC");
    expect(await zoneOf("desk.yaml", {}, "UTC")).toBe("UTC");
  });

  it("declared as adjusted, one by one or by the feed, have no actions applied, unless the instrument says otherwise", async () => {
    const days = [100, 101, 25, 26].map((price, day) => `2024-01-0${day + 2},,${price},${price},${price},${price},5\n`);
    const daily = `date,open,high,low,close,volume\n${days.join("").replaceAll(",,", ",")}`;
    const folder = workspace({
      "data/AAPL.csv": daily,
      "data/MSFT.csv": daily,
      "actions.csv": "symbol,date,split\nAAPL,2024-01-04,4\nMSFT,2024-01-04,4\n",
    });
    const splitIn = async (text: string): Promise<unknown> => {
      writeFileSync(join(folder, "desk.yaml"), text);
      const { desk } = await openDesk({ workspace: workspaceAt(folder), env: {} });
      const opened = await openNewFeed(desk, 0 as Moment, workspaceAt(folder));
      return opened.desk.actions?.map(({ symbol }) => symbol);
    };
    const both = deskOf("[data/AAPL.csv, data/MSFT.csv]");
    expect(await splitIn(both)).toEqual(["AAPL", "MSFT"]);
    expect(await splitIn(deskOf("[{ path: data/AAPL.csv, adjusted: true }, data/MSFT.csv]"))).toEqual(["MSFT"]);
    const whole = both.replace("kind: replay\n", "kind: replay\n  adjusted: true\n");
    expect(await splitIn(whole)).toBeUndefined();
    expect(await splitIn(whole.replace("data/AAPL.csv", "{ path: data/AAPL.csv, adjusted: false }"))).toEqual(["AAPL"]);
    expect(await splitIn(`${whole}instruments: [{ symbol: MSFT, adjusted: false }]\n`)).toEqual(["MSFT"]);
  });

  it("complain of options that mean nothing", async () => {
    const folder = workspace({
      "data/AAPL.csv": HEAD + rows,
      "desk.yaml": deskOf("[{ path: data/AAPL.csv, stamp: middle }]"),
    });
    await expect(openDesk({ workspace: workspaceAt(folder), env: {} })).rejects.toThrow(/stamp is "?middle"?; /);
  });

  it("of which most rows are refused do not run", async () => {
    const broken = HEAD + rows.replaceAll("1,1,1,1,5", "1,1,9,1,5").replaceAll("2,2,2,2,5", "2,2,9,2,5");
    const folder = workspace({ "data/AAPL.csv": broken });
    const config = {
      kind: "replay",
      files: ["data/AAPL.csv"],
      symbol: null,
      timeZone: "UTC",
      dateFormat: "MM/DD/YYYY",
      symbols: {},
    } as const;
    const opened = openFeed({ config, seed: "1", start: 0 as Moment, folder });
    await expect(opened).rejects.toThrow("2 of its 2 rows are refused, so it is not run");
  });
});
