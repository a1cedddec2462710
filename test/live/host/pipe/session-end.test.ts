/**
 * The session's end of the pipes, against a process that echoes.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { afterEach, describe, expect, it, vi } from "vitest";
import { SessionEnd } from "../../../../src/live/host/pipe/session-end.ts";

/** Sends each line back; `slow` makes it wait first, `hang` for good. */
const ECHO = `
const { readSync, writeSync } = require("node:fs");
const cell = new Int32Array(new SharedArrayBuffer(4));
let rest = "";
const buffer = Buffer.alloc(65536);
for (let n = readSync(3, buffer); n > 0; n = readSync(3, buffer)) {
  const lines = (rest + buffer.toString("utf8", 0, n)).split("\\n");
  rest = lines.pop();
  for (const line of lines) {
    if (line === "hang") for (;;);
    if (line === "slow") Atomics.wait(cell, 0, 0, 300);
    if (line === "large") writeSync(4, JSON.stringify("ä".repeat(300000)) + "\\n");
    else writeSync(4, line + "\\n");
  }
}
`;

const open: { readonly end: SessionEnd; readonly child: ChildProcess }[] = [];

function echo(): { readonly end: SessionEnd; readonly child: ChildProcess; readonly received: string[] } {
  const received: string[] = [];
  const end = SessionEnd.open((text) => received.push(text));
  if (end === null) throw new Error("There are no pipes here.");
  const child = spawn(process.execPath, ["-e", ECHO], { stdio: ["ignore", "inherit", "inherit", ...end.childEnds] });
  end.handedOver();
  open.push({ end, child });
  return { end, child, received };
}

afterEach(() => {
  for (const { end, child } of open.splice(0)) {
    end.close();
    child.kill("SIGKILL");
  }
});

/** Waits for a text, however often a wait is cut short while the process starts. */
function attended(end: SessionEnd, received: readonly string[], count: number): void {
  for (let index = 0; index < 1_000 && received.length < count; index += 1) end.attend();
}

describe.skipIf(process.platform !== "linux")("pipes (skipped off Linux, where there are none)", () => {
  it("bring answers at once and by the event loop, in their order", async () => {
    const { end, received } = echo();
    const sent: string[] = [];
    for (let index = 0; index < 40; index += 1) {
      sent.push(`text ${index}`);
      end.send(`text ${index}`, index % 4 < 3);
      if (index % 4 < 2) attended(end, received, sent.length);
      else await vi.waitFor(() => expect(received).toHaveLength(sent.length), { timeout: 60_000 });
    }
    expect(received).toEqual(sent);
  });

  it("bring texts that no pipe holds at once", async () => {
    const { end, received } = echo();
    const text = "x".repeat(1_000_000);
    end.send(text, true);
    await vi.waitFor(() => expect(received).toEqual([text]), { timeout: 60_000 });
    end.send("large", true);
    attended(end, received, 2);
    expect(received[1]).toBe(JSON.stringify("ä".repeat(300_000)));
  });

  it("do not hold up the session for a process that takes long, and bring its answer by the event loop", async () => {
    const { end, received } = echo();
    end.send("ready", true);
    attended(end, received, 1);
    end.send("slow", true);
    expect(end.attend()).toBe(false);
    expect(received).toHaveLength(1);
    await vi.waitFor(() => expect(received).toEqual(["ready", "slow"]), { timeout: 60_000 });
  });

  it("end a wait for a process that is killed", async () => {
    const { end, child, received } = echo();
    end.send("ready", true);
    attended(end, received, 1);
    end.send("hang", true);
    child.kill("SIGKILL");
    expect(end.attend()).toBe(false);
    await once(child, "exit");
    end.send("more", true);
    end.close();
    end.send("nothing", true);
    expect(end.attend()).toBe(false);
    expect(received).toEqual(["ready"]);
  });
});
