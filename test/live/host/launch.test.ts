/**
 * The two ways to start a process, and one that cannot.
 */
import { describe, expect, it } from "vitest";
import { absentOn, createStrategyHost } from "../../../src/live/host/index.ts";
import { childRequest, utilityChild, type ChildEnd, type UtilityProcesses } from "../../../src/live/host/launch.ts";
import { nodeTimers } from "../../../src/live/clock/index.ts";
import { deskOf, strategyOf } from "../session/desks.ts";
import { makeWorkspace } from "../session/stage.ts";
import { GOOD, snapshotAt, writeStrategies } from "./scene.ts";

describe("Electron's utility processes", () => {
  it("get what a forked process gets, and their answers arrive in the same way", () => {
    const listeners = new Map<string, (value: never) => void>();
    const asked: unknown[] = [];
    const posted: string[] = [];
    const processes: UtilityProcesses = {
      fork: (entry, words, options) => {
        asked.push([entry, words, options]);
        return {
          pid: undefined,
          postMessage: (text) => posted.push(text),
          kill: () => true,
          on: (event: string, listener: (value: never) => void) => listeners.set(event, listener),
        };
      },
    };
    const request = childRequest("/books/strategies", 128);
    const received: unknown[] = [];
    const ends: ChildEnd[] = [];
    const handle = utilityChild(processes)(request, {
      message: (text) => received.push(text),
      ended: (end) => ends.push(end),
    });
    expect(asked).toMatchObject([
      [
        request.entry,
        ["file:///books/strategies/"],
        { execArgv: [...request.execArguments], env: {}, stdio: "ignore" },
      ],
    ]);
    expect(request.execArguments).toEqual(
      expect.arrayContaining(["--permission", "--allow-fs-read=/books/strategies", "--max-old-space-size=128"]),
    );
    expect(request.execArguments.filter((flag) => /^--allow-(?!fs-read)/.test(flag))).toEqual([]);
    handle.send("hello", true);
    handle.kill();
    listeners.get("message")?.("answer" as never);
    listeners.get("exit")?.(5 as never);
    expect([posted, received]).toEqual([["hello"], ["answer"]]);
    expect(ends).toEqual([{ code: 5, signal: null, errors: "" }]);
  });
});

describe("where no process can be started", () => {
  it("strategies do not run and say so, the built-in ones, too", async () => {
    const workspace = makeWorkspace();
    writeStrategies(workspace, GOOD);
    const strategies = [strategyOf("mine", "counting.ts", ["AAA"]), strategyOf("theirs", "momentum", ["AAA"])];
    const launch = (): never => {
      throw new Error("no more processes");
    };
    const options = { desk: deskOf({ strategies }), workspace, metaOf: () => undefined, timers: nodeTimers };
    const host = await createStrategyHost({ ...options, settings: { launch } });
    const why = expect.stringMatching(/No process .* no more processes/);
    expect([...host.notLoaded].toSorted()).toEqual([
      ["mine", why],
      ["theirs", why],
    ]);
    await expect(host.run(snapshotAt("mine", 1, []), null)).resolves.toMatchObject({ outcome: "threw" });
    await expect(host.run(snapshotAt("theirs", 1, []), null)).resolves.toMatchObject({ outcome: "threw" });
    host.close();
  });
});

describe("what a system cannot have of the fence", () => {
  it.each([
    ["linux", null],
    ["darwin", /^on macOS the system's own layers, .* are absent/],
    ["win32", /^on Windows the system's own layers, .* are absent/],
    ["freebsd", /^on freebsd /],
  ])("is said for %s", (platform, said) => {
    if (said === null) expect(absentOn(platform)).toBeNull();
    else expect(absentOn(platform)).toMatch(said);
  });
});
