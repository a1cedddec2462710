/** Every mistake that a person can make on the command line: one message with its place and rule, its exit code, a disk as it was. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { beforeAll, describe, expect, it } from "vitest";
import { folder, jsonOf, logos, root, tree } from "./terminal.ts";

const at = folder();
const demo = readFileSync(join(root, "resources", "demo", "desk.yaml"), "utf8");
const SYMBOL = "{ symbol: AAPL, assetClass: equity, startPrice: 100, volatility: 0.3, volume: 900, pricePrecision: 2 }";
const DESK =
  `feed: { kind: synthetic, symbols: [${SYMBOL}] }\nstrategies:\n` +
  "  - { name: a, module: momentum, symbols: [AAPL], cadence: 30s }\n";
const HEADER = "dt,open,high,low,close,volume,symbol\n";
const ROW = "2024-01-01T00:00:00Z,1,2,0.5,1.5,10,A\n";
const SNAPSHOT = "Nothing was changed; restore another file or correct this one.";

const FILES: Readonly<Record<string, string | Uint8Array>> = {
  "empty.yaml": "",
  "unknown.yaml": `sed: 4\n${DESK}`,
  "quote.yaml": 'name: "x\n',
  "type.yaml": demo.replace("max_inflight: 256", 'max_inflight: "many"'),
  "module.yaml": DESK.replace("momentum", "momentums"),
  "twice.yaml": `${DESK}${DESK.split("\n")[2]}\n`,
  "duration.yaml": DESK.replace("30s", "30 parsecs"),
  "file.yaml": DESK.replace(/synthetic.*/, "replay, files: [data/none.csv] }"),
  "outside.yaml": DESK.replace("momentum", "../mine.js"),
  "empty.csv": "",
  "header.csv": "a,b,c\n1,2,3\n",
  "dates.csv": `${HEADER}${ROW.replace("2024-01-01T00:00:00Z", "01/02/2024")}`,
  "none.csv": `${HEADER}${ROW.replace("0.5", "9")}`,
  "binary.csv": new Uint8Array([1, 0, 2, 0, 255]),
  "cut.csv.gz": gzipSync(`${HEADER}${ROW.repeat(99)}`).subarray(0, 40),
  "no.zip": "PK\u0003\u0004no zip",
  "good.csv": HEADER + ROW + ROW.replace("00:00:00", "00:01:00"),
  "brace.json": "{",
  "list.json": "[1]",
  "bare.json": "{}",
  "a-file": "",
};

beforeAll(() => {
  for (const [name, content] of Object.entries(FILES)) writeFileSync(join(at, name), content);
  mkdirSync(join(at, "a-folder"));
});

type Case = readonly [args: string, code: number, name: string, message: string | RegExp];

const CASES: readonly Case[] = [
  // The command line itself.
  ["nonsense", 64, "usage", /^unknown command 'nonsense'\. `logos --help` shows/],
  ["run --nope", 64, "usage", /^unknown option '--nope' \(Did you mean --note\?\)\. `logos run --help` shows/],
  ["run a b", 64, "usage", /^too many arguments for 'run'.*2: a, b\. `logos run --help` shows/],
  ["sessions x", 64, "usage", 'logos sessions list or delete, and not "x".'],
  ["restore", 64, "usage", /^missing required argument 'file'\. `logos restore --help` shows/],
  ["run --speed", 64, "usage", /^option '--speed <speed>' argument missing\. /],
  ["run --speed 7", 64, "usage", "--speed 7: write 1, 10, 60 or max."],
  ["run --for 5parsecs", 64, "usage", "--for 5parsecs: write a duration such as 500ms, 30s, 15m or 2h."],
  ["run --for 0s", 64, "usage", "--for 0s: write a duration such as 500ms, 30s, 15m or 2h."],
  ["run --session latest demo", 64, "usage", /^--session resumes with the desk that the session has; leave/],
  ["run --session x --holds both", 64, "usage", "--holds both: write journal or file."],
  ["run --session x --holds file", 64, "usage", /^--operator is needed: a restore needs the operator's name\./],
  ["run --session x --holds file --operator me", 64, "usage", /^--note is needed: a restore needs a reason\./],
  ["halt --operator me --strategy a --group b", 64, "usage", /^--strategy and --group exclude each other/],
  ["ticks --last 0", 64, "usage", "--last 0: write a whole number from 1 to 10000."],
  ["--workspace= status", 64, "usage", "--workspace is empty: name a folder."],
  ["halt", 64, "usage", /^--operator is needed: /],
  ["halt --operator _", 64, "usage", /^--operator is needed: /],
  ["resume --operator me", 64, "usage", /^--note is needed: say why it is right to trade again\./],
  [`halt --operator ${"x".repeat(81)}`, 64, "usage", "--operator has 81 characters; write at most 80."],
  [`halt --operator me --note ${"x".repeat(2_001)}`, 64, "usage", "--note has 2001 characters; write at most 2000."],
  ["halt --operator a\u001B[31m", 64, "usage", /^--operator holds control characters; write plain text/],
  ["serve --port 70000", 64, "usage", "--port 70000: write a whole number from 1 to 65535."],
  // Sessions.
  ["status x --session y", 64, "usage", "x and --session y name two sessions; write one of them."],
  ["status", 2, "no_session", /^There is no session in .*ws.sessions yet\. Start one with `logos run`\.$/],
  ["status --session nope", 2, "no_session", /^There is no session nope in .*\. `logos sessions` lists them\.$/],
  [
    "status --path a-folder",
    2,
    "no_session",
    /a-folder is no session: it has neither a session\.json nor a journal\.db that can be read\.$/,
  ],
  ["review", 2, "no_session", /^There is no session in /],
  ["verify", 2, "no_session", /^There is no session in /],
  ["compact", 2, "no_session", /^There is no session in /],
  ["compact latest --keep often", 64, "usage", "--keep often: write a duration such as 500ms, 30s, 15m or 2h."],
  ["run --session latest", 2, "no_session", /^There is no session in /],
  ["halt --operator me", 2, "no_session", /^There is no session in /],
  ["stop --operator me", 2, "no_session", /^There is no session in /],
  [
    "status --session ../x",
    77,
    "outside_workspace",
    /^"\.\.\/x" leads out of the workspace .*Name a file inside it\.$/,
  ],
  ["run --session /etc", 77, "outside_workspace", /^"\/etc" leads out of the workspace /],
  // Places on the disk.
  [
    "--workspace a-file run",
    74,
    "io",
    /^Making .*a-file.strategies failed \(ENOTDIR\)\. A part of this path is a file/,
  ],
  ["smoke --output-dir a-file", 74, "io", /^Making .*a-file.logs failed \(ENOTDIR\)\. A part of this path is a file/],
  ["run a-folder", 74, "io", /^Reading .*a-folder failed \(EISDIR\)\. It is a folder: name a file in it\.$/],
  // Desk files.
  ["run none.yaml", 66, "not_found", /none\.yaml does not exist\.$/],
  ["config none.yaml", 66, "not_found", /none\.yaml does not exist\.$/],
  ["run empty.yaml", 65, "desk_invalid", /empty\.yaml:1:1: the desk must be a map of sections/],
  ["run unknown.yaml", 65, "desk_invalid", /unknown\.yaml:1:1: sed is no key here; .*; did you mean seed\?$/],
  ["run quote.yaml", 65, "desk_invalid", /quote\.yaml:1:7: the quote that opens here is never closed\.$/],
  ["run type.yaml", 65, "desk_invalid", /type\.yaml:7:15: max_inflight is the text "many"; write a whole number/],
  ["run module.yaml", 65, "desk_invalid", /module\.yaml:3:24: .*is "momentums"; .*did you mean momentum\?$/],
  ["run twice.yaml", 65, "desk_invalid", /twice\.yaml:4:/],
  ["run duration.yaml", 65, "desk_invalid", /duration\.yaml:3:60: .*30 parsecs/],
  ["run file.yaml", 65, "desk_invalid", /file\.yaml:1:.*there is no file .*none\.csv/],
  ["run outside.yaml", 65, "desk_invalid", /outside\.yaml:3:24: .*is "\.\.\/mine\.js"/],
  ["config type.yaml", 65, "desk_invalid", /type\.yaml:7:15: /],
  // Market data.
  ["import none.gz", 66, "not_found", /^There is no file .*none\.gz\.$/],
  ["run --bars none.gz", 66, "not_found", /^There is no file .*none\.gz\.$/],
  ["import a-folder", 65, "data_invalid", /a-folder is a folder; name the files in it/],
  ["import empty.csv", 65, "data_invalid", "empty.csv: it holds no row."],
  ["import header.csv", 65, "data_invalid", /^header\.csv, row 1: no column for the time among "a, b, c"/],
  [
    "import dates.csv",
    65,
    "data_invalid",
    /^dates\.csv, row 2: the date "01\/02\/2024" can be read as .*Say which with --date/,
  ],
  ["run --bars dates.csv", 65, "data_invalid", /^dates\.csv, row 2: /],
  ["import none.csv", 65, "data_invalid", /No row could be read as a bar, so nothing is kept\.$/],
  ["import binary.csv", 65, "data_invalid", /^binary\.csv: it has a NUL byte at 1; /],
  ["import cut.csv.gz", 65, "data_invalid", "cut.csv.gz: its gzip is damaged or cut off; fetch it again."],
  ["import no.zip", 65, "data_invalid", /^no\.zip: its zip cannot be read/],
  ["import good.csv --tz Nowhere", 64, "invalid_input", /^There is no time zone "Nowhere"\. Name it as --tz/],
  ["import good.csv --date-format FOO", 64, "invalid_input", /^The date format "FOO" /],
  // Snapshots.
  ["restore none.json", 66, "not_found", /none\.json does not exist\.$/],
  ["restore brace.json", 65, "snapshot_invalid", /^brace\.json cannot be restored: .*valid JSON.* line 1, column 2\./],
  ["restore list.json", 65, "snapshot_invalid", /^list\.json .*must hold one JSON object\. /],
  ["restore bare.json --operator me --note x", 65, "snapshot_invalid", new RegExp(`at rate_counters, .*${SNAPSHOT}$`)],
  ["run --restore brace.json", 64, "usage", /^--operator is needed: a restore needs the operator/],
  ["run --restore brace.json --operator me --note x", 65, "snapshot_invalid", /^brace\.json cannot be restored: /],
  ["restore good.csv --operator me", 65, "snapshot_invalid", /^good\.csv cannot be restored: /],
  // The smoke.
  ["smoke --strategies 0", 64, "usage", "--strategies 0: write a whole number from 1 to 20000."],
  ["smoke --strategies 1e3", 64, "usage", "--strategies 1e3: write a whole number from 1 to 20000."],
  ["smoke --jitter-sec 40", 64, "usage", "--jitter-sec 40: at most the cadence, 20s."],
  ["smoke --duration-min 0.1", 64, "usage", /^--duration-min 0\.1: at least the cadence, 20s, so that/],
  ["smoke --duration-min 10081", 64, "usage", "--duration-min 10081: at most 10080, a week."],
  [
    "smoke --strategies 20000 --cadence-sec 5",
    64,
    "usage",
    /^These are about 3600000 runs .*at most 2000000\. Take fewer/,
  ],
  ["smoke --slo-skip-rate 2", 64, "usage", "--slo-skip-rate 2: write a number from 0 to 1."],
  ["smoke --output-dir=", 64, "usage", "--output-dir is empty: name a folder."],
];

/** A blank that a shell would have quoted is written `_`. */
const wordsOf = (args: string): string[] => args.split(" ").map((word) => (word === "_" ? " " : word));

describe("a mistake", () => {
  it.each(CASES)("`logos %s` ends with %i, %s", async (args, code, name, message) => {
    const before = tree(at);
    const people = await logos(wordsOf(args), { at });
    expect(people).toMatchObject({ code, out: "" });
    const said = /^logos: ([^\n]+)\n$/.exec(people.err)?.[1];
    if (typeof message === "string") expect(said).toBe(message);
    else expect(said).toMatch(message);
    const programs = await logos(["--json", ...wordsOf(args)], { at });
    expect(programs).toMatchObject({ code, err: "" });
    expect(jsonOf(programs)).toMatchObject({ error: { code: name, message: said } });
    expect(tree(at)).toEqual(before);
  });

  it("in an argument that looks like JSON's own flag is still answered in JSON, once", async () => {
    const said = await logos(["run", "--json", "--json", "--speed", "x"], { at });
    expect(jsonOf(said)).toMatchObject({ error: { code: "usage" } });
  });
});

describe("what only looks", () => {
  it.each([
    ["sessions", 0],
    ["config demo", 0],
    ["config --seed 7", 0],
    ["import good.csv --preview", 0],
    ["exits", 0],
    ["help run", 0],
  ])("`logos %s` leaves the disk as it was, for people and as one JSON value", async (args, code) => {
    const before = tree(at);
    expect((await logos(args.split(" "), { at })).code).toBe(code);
    if (!args.startsWith("help")) jsonOf(await logos([...args.split(" "), "--json"], { at }));
    expect(tree(at)).toEqual(before);
  });
});

describe("the workspace", () => {
  it("is the flag's, else the environment's; an empty environment names none", async () => {
    const said = async (args: string[], environment: Record<string, string>): Promise<string> =>
      (await logos([...args, "status"], { at, environment })).err;
    expect(await said(["--workspace", "one"], { LOGOS_WORKSPACE: "two" })).toContain(join(at, "one", "sessions"));
    expect(await said([], { LOGOS_WORKSPACE: "two" })).toContain(join(at, "two", "sessions"));
    expect(await said([], { LOGOS_WORKSPACE: "" })).not.toContain(join(at, "sessions"));
  });

  it("that cannot be used is the doctor's finding, not its end", async () => {
    const { code, out, err } = await logos(["--workspace", "a-file", "doctor"], { at });
    expect([code, err]).toEqual([69, ""]);
    expect(out).toMatch(/workspace +missing +Making .*A part of this path is a file/);
    expect(out).toMatch(/Node +ok/);
  });

  it("is left by the doctor as it was", async () => {
    const own = folder();
    expect((await logos(["doctor"], { at: own })).code).toBe(0);
    const before = tree(own);
    expect(before).toEqual(["ws/", "ws/data/", "ws/sessions/", "ws/strategies/"]);
    jsonOf(await logos(["doctor", "--json"], { at: own }));
    expect(tree(own)).toEqual(before);
  });
});
