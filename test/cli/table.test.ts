/** The exit codes, the README's commands and every command's help: one truth each. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { exitOf, exitTable } from "../../src/cli/common/exits.ts";
import { ERROR_CODES, type ErrorCode } from "../../src/shared/errors.ts";
import { folder, jsonOf, logos, root, tree } from "./terminal.ts";

const readme = readFileSync(join(root, "README.md"), "utf8");
const section = (title: string): string => readme.split(`${title}\n`)[1]?.split(/\n#+ /)[0] ?? "";
const rowsOf = (text: string): string[][] =>
  text
    .split("\n")
    .filter((line) => line.startsWith("|") && !/^\| -+/.test(line))
    .slice(1)
    .map((line) =>
      line
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );

const help = await logos(["--help"], { at: folder() });
const commands = [...help.out.matchAll(/^ {2}([a-z]+)(?: \[options\]| <| \[| {2})/gm)]
  .map((match) => match[1] as string)
  .filter((name) => name !== "help");

describe("exit codes", () => {
  it("are the README's, row for row", () => {
    const documented = rowsOf(section("### Exit codes")).map(([code, means]) => ({ code: Number(code), means }));
    expect(documented.length).toBeGreaterThan(10);
    expect(exitTable().map(({ code, means }) => ({ code, means }))).toEqual(documented);
  });

  it("list every error under its own code", () => {
    const listed = exitTable().flatMap(({ code, errors }) => errors.map((error) => [error.code, code]));
    expect(new Map(listed as [string, number][])).toEqual(
      new Map(Object.entries(ERROR_CODES).map(([code, { exit }]) => [code, exit])),
    );
    for (const code of Object.keys(ERROR_CODES) as ErrorCode[]) expect(exitOf(code)).toBe(ERROR_CODES[code].exit);
  });

  it("are printed by `logos exits`, for people and for programs", async () => {
    const at = folder();
    const { code, out, err } = await logos(["exits"], { at });
    expect([code, err]).toEqual([0, ""]);
    for (const row of exitTable()) expect(out).toContain(`${row.code}  ${row.means}\n`);
    expect(jsonOf(await logos(["exits", "--json"], { at }))).toEqual(exitTable());
  });
});

describe("help", () => {
  it("knows every command that the README names", () => {
    const named = rowsOf(section("## In the terminal").split("### ")[0] ?? "").flatMap(([cell]) =>
      [...(cell ?? "").matchAll(/`([a-z]+)/g)].map((match) => match[1]),
    );
    expect(named.length).toBeGreaterThan(12);
    expect(commands).toEqual(expect.arrayContaining(named));
  });

  it.each(commands)("of %s ends with an example of it, and touches nothing", async (command) => {
    const at = folder();
    const { code, out, err } = await logos([command, "--help"], { at });
    expect([code, err]).toEqual([0, ""]);
    expect(out).toMatch(new RegExp(`^Usage: logos ${command}\\b`));
    expect(out).toMatch(new RegExp(`\\nExample:\\n(?: {2}logos ${command}\\b[^\\n]*\\n)+$`));
    expect(out).toMatch(/\n\n[A-Z][^\n]*(?:\n[^\n]+)*\.\n\n/);
    expect(tree(at)).toEqual([]);
  });

  it("is the message where no command is named", async () => {
    const at = folder();
    const { code, out, err } = await logos([], { at });
    expect([code, out]).toEqual([64, ""]);
    expect(err).toContain("Usage: logos");
    expect(jsonOf(await logos(["--json"], { at }))).toMatchObject({ error: { code: "usage" } });
  });

  it("prints the version", async () => {
    const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
    expect(await logos(["--version"], { at: folder() })).toEqual({ code: 0, out: `${version}\n`, err: "" });
  });
});
