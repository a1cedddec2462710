/** `import --profile` and `--save-profile`, and the profiles of a desk's files. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { folder, jsonOf, logos } from "./terminal.ts";

const ROWS =
  "made by a vendor\n02.01.2024 09:31;1,5;1,75;1,25;1,5;10\n02.01.2024 09:32;1,5;2;1,5;1,75;20\n03.01.2024 09:31;2;2;2;2;5\n";
const SAID = ["--columns", "time,open,high,low,close,volume", "--skip", "1", "--decimal", ",", "--separator", ";"];
const MORE = ["--stamp", "close", "--tz", "America/New_York", "--date-format", "DD.MM.YYYY", "--interval", "1m"];
const PATTERN = ["--symbol-pattern", "vendor_{symbol}_*"];

const place = (): string => {
  const at = folder();
  for (const symbol of ["AAA", "BBB"]) writeFileSync(join(at, `vendor_${symbol}_2024.txt`), ROWS);
  return at;
};
const kept = (at: string, symbol: string): string => readFileSync(join(at, "ws", "data", `${symbol}.csv`), "utf8");

describe("a profile", () => {
  it("keeps the options that were given, and used alone it reads the same series", async () => {
    const at = place();
    const file = "vendor_AAA_2024.txt";
    expect(await logos(["import", file, ...SAID, ...MORE, ...PATTERN, "--save-profile", "v"], { at })).toMatchObject({
      code: 0,
      err: "",
    });
    const first = kept(at, "AAA");
    const bare = await logos(["import", file, "--preview", "--json"], { at });
    expect(jsonOf(bare)).not.toMatchObject({ files: [{ symbols: ["AAA"], timeZone: "America/New_York" }] });
    expect((await logos(["import", file, "--profile", "v", "--overwrite"], { at })).code).toBe(0);
    expect(kept(at, "AAA")).toBe(first);
    expect((await logos(["import", "vendor_BBB_2024.txt", "--profile", "v"], { at })).code).toBe(0);
    expect(kept(at, "BBB")).toBe(first.replaceAll("AAA", "BBB"));
  });

  it("gives way to the options beside it", async () => {
    const at = place();
    const args = ["import", "vendor_AAA_2024.txt", "--json"];
    await logos([...args, ...SAID, ...MORE, ...PATTERN, "--save-profile", "v"], { at });
    const said = await logos([...args, "--preview", "--profile", "v", "--tz", "UTC", "--symbol", "X"], { at });
    expect(jsonOf(said)).toMatchObject({ files: [{ timeZone: "UTC", stamp: "close", symbols: ["X"] }] });
  });

  it("is neither kept by a preview nor written over, nor kept where the file is not", async () => {
    const at = place();
    const args = ["import", "vendor_AAA_2024.txt", ...SAID, ...MORE, ...PATTERN, "--save-profile", "v"];
    const path = join(at, "ws", "data", "v.import.yaml");
    expect((await logos([...args, "--preview"], { at })).code).toBe(0);
    expect(existsSync(path)).toBe(false);
    expect((await logos(["import", "vendor_AAA_2024.txt", "--skip", "9", "--save-profile", "v"], { at })).code).toBe(
      65,
    );
    expect(existsSync(path)).toBe(false);
    expect((await logos(args, { at })).code).toBe(0);
    const again = await logos(["import", "vendor_BBB_2024.txt", ...args.slice(2)], { at });
    expect(again).toMatchObject({ code: 64, out: "" });
    expect(again.err).toContain(`${path} is there already. Add --overwrite`);
    expect(existsSync(join(at, "ws", "data", "BBB.csv"))).toBe(false);
  });

  it("that is not there, or that breaks a rule, is one message", async () => {
    const at = place();
    mkdirSync(join(at, "ws", "data"), { recursive: true });
    const path = join(at, "ws", "data", "vendor.import.yaml");
    writeFileSync(path, "skip: 1\ndecimall: ','\n");
    const wrong = await logos(["import", "vendor_AAA_2024.txt", "--profile", "vendor"], { at });
    expect(wrong.code).toBe(65);
    expect(wrong.err).toContain(`${path}:2:1: decimall is no key here; there are `);
    expect(wrong.err).toContain("did you mean decimal?");
    const unknown = await logos(["import", "vendor_AAA_2024.txt", "--profile", "vendr"], { at });
    expect(unknown.code).toBe(66);
    expect(unknown.err).toContain('there is no profile "vendr"; there are vendor; did you mean vendor?');
  });
});

describe("a desk's file with a profile", () => {
  const desk = (item: string): string =>
    `name: t\nfeed:\n  kind: replay\n  files:\n    - ${item}\n` +
    "strategies:\n  - { name: s, module: momentum, symbols: [AAA], cadence: 60s }\n";

  it("is read by it, with the options beside it before it, and a fault named at its place", async () => {
    const at = place();
    const file = join(at, "vendor_AAA_2024.txt");
    await logos(["import", file, ...SAID, ...MORE, ...PATTERN, "--save-profile", "v"], { at });
    const path = join(at, "ws", "desk.yaml");
    writeFileSync(path, desk(`{ path: "${file}", profile: v, timeZone: UTC }`));
    const config = await logos(["config", "--json"], { at });
    expect(config.code).toBe(0);
    const rows = JSON.parse(config.out) as { name: string }[];
    const row = (key: string): unknown => rows.find(({ name }) => name === `feed.files[0].${key}`);
    expect(row("timeZone")).toMatchObject({ value: "UTC", where: expect.stringContaining("desk.yaml:5:") });
    expect(row("stamp")).toMatchObject({ value: "close", where: expect.stringContaining("v.import.yaml:") });
    expect((await logos(["run", "--json"], { at })).code).toBe(0);
    writeFileSync(path, desk(`{ path: "${file}", profile: w }`));
    const unknown = await logos(["config"], { at });
    expect(unknown.code).toBe(65);
    expect(unknown.err).toMatch(/desk\.yaml:5:\d+: feed\.files\[0\]\.profile is "w", which is no profile; there are v/);
    writeFileSync(join(at, "ws", "data", "w.import.yaml"), "stamp: middle\n");
    expect((await logos(["config"], { at })).err).toContain("w.import.yaml:1:8: stamp is ");
  });
});
