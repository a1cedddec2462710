/** What is printed: colours, hostile text, tables, figures for people. */
import { PassThrough } from "node:stream";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { counted, money, percent } from "../../src/cli/common/figures.ts";
import { Output } from "../../src/cli/common/output.ts";

const ESC = "\u001B";

function screen(
  options: { tty?: boolean; environment?: Record<string, string>; json?: boolean; color?: boolean } = {},
): {
  readonly output: Output;
  readonly said: { out: string; err: string };
} {
  const { tty = true, environment = {}, json = false, color = true } = options;
  const said = { out: "", err: "" };
  const stream = (into: "out" | "err"): never =>
    Object.assign(new PassThrough(), {
      isTTY: tty,
      write: (text: string) => {
        said[into] += text;
        return true;
      },
    }) as never;
  const io = { stdout: stream("out"), stderr: stream("err"), stdin: stream("out"), environment, folder: "/" };
  return { output: new Output(io, { json, color }), said };
}

describe("colour", () => {
  it.each([
    ["a terminal", {}, true],
    ["a pipe", { tty: false }, false],
    ["NO_COLOR", { environment: { NO_COLOR: "1" } }, false],
    ["an empty NO_COLOR, which says nothing", { environment: { NO_COLOR: "" } }, true],
    ["--no-color", { color: false }, false],
  ])("on %s", (_, options, colored) => {
    const { output, said } = screen(options);
    output.fields([["health", output.style("green", "HEALTHY")]]);
    output.line(output.style("bold", "title"));
    expect(said.out.includes(ESC)).toBe(colored);
    if (colored) expect(said.out).toContain(`${ESC}[32mHEALTHY${ESC}[0m`);
    else expect(said.out).toBe("health  HEALTHY\ntitle\n");
  });
});

describe("text from outside", () => {
  const hostile = fc.array(
    fc.oneof(
      fc.constantFrom(ESC, `${ESC}[2J`, `${ESC}]0;title\u0007`, "\u009B31m", "\r", "\u0000", "\u007F", "\b", "\u0085"),
      fc.string(),
    ),
    { maxLength: 8 },
  );

  it("never writes to the terminal, wherever it is printed", () => {
    fc.assert(
      fc.property(hostile, fc.boolean(), (parts, tty) => {
        const text = parts.join("");
        const { output, said } = screen({ tty });
        output.line(text);
        output.fields([["name", text]]);
        output.table([text], [{ title: "title", of: (row) => row }]);
        output.message(text);
        output.progress(text);
        const own = new RegExp(`${ESC}\\[(?:0|1|2|2K|31|32|33|36)m?`, "g");
        for (const stream of [said.out, said.err.replaceAll(`\r${ESC}[2K`, "")])
          expect(stream.replaceAll(own, "")).toMatch(/^[\P{Cc}\n\t]*$/u);
      }),
    );
  });
});

describe("progress", () => {
  it("is one line that is written over, and gone before anything else is said", () => {
    const { output, said } = screen();
    output.progress("1 %");
    output.progress(() => "2 %");
    output.message("done");
    expect(said.err).toBe(`\r${ESC}[2K1 %\r${ESC}[2K2 %\r${ESC}[2Kdone\n`);
  });

  it("never wraps", () => {
    const { output, said } = screen();
    output.progress("x".repeat(200));
    expect(said.err).toBe(`\r${ESC}[2K${"x".repeat(79)}`);
  });

  it("is for terminals only, and never beside JSON", () => {
    for (const options of [{ tty: false }, { json: true }]) {
      const { output, said } = screen(options);
      output.progress("1 %");
      output.progress(() => {
        throw new Error("It is not shown.");
      });
      expect(said.err).toBe("");
    }
  });
});

describe("figures", () => {
  it("round money half to even, without a sign on nothing", () => {
    expect(["999714.93520272415", "-0.004", "0.125", "-0.125", "1e3", null].map(money)).toEqual([
      "999714.94",
      "0.00",
      "0.12",
      "-0.12",
      "1000.00",
      "—",
    ]);
  });

  it("write shares and counts", () => {
    expect([percent(-0.00001), percent(-0.0157), percent(0.5)]).toEqual(["0.00 %", "-1.57 %", "50.00 %"]);
    expect([counted(1, "strategy", "strategies"), counted(2, "strategy", "strategies")]).toEqual([
      "1 strategy",
      "2 strategies",
    ]);
  });
});
