/** The command as a process: killed, interrupted, watched from a second terminal, with its pipes cut and full. */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { folder, jsonOf, logos, root, Running, type Said } from "./terminal.ts";

const entrance = join(root, "src", "cli", "logos.ts");

describe("a session that runs in another terminal", () => {
  it("is seen, halted, reviewed, resumed, held and stopped, and its second writer refused", async () => {
    const at = folder();
    const say = async (line: string): Promise<Said> => logos(line.split(" "), { at });
    const running = new Running(["run", "--speed", "10", "--for", "10h", "demo"], at);
    await running.says(/^Session .*: 24 strategies, seed demo, paper account\.$/m);
    const id = readdirSync(join(at, "ws", "sessions")).find((name) => name !== "latest") as string;

    const busy = await say("run --session latest");
    expect([busy.code, busy.out]).toEqual([75, ""]);
    expect(busy.err).toMatch(
      new RegExp(`^logos: .*${id} is open: process ${running.child.pid} on .*stop that process first\\.\n$`),
    );
    expect(await say("continue --operator me")).toMatchObject({
      code: 1,
      out: "",
      err: expect.stringMatching(/it is not paused/),
    });

    expect(await say("halt --operator me --note look")).toEqual({ code: 0, out: `${id}: halted.\n`, err: "" });
    const status = await say("status --json");
    expect(status.code).toBe(1);
    const pid = running.child.pid;
    expect(jsonOf(status)).toMatchObject({
      health: "halted",
      state: "halted",
      pid,
      reason: "Halted by me. Note: look",
    });
    expect((await say("review")).out).toMatch(new RegExp(`^${id}: HALTED, 0 open\n`));
    expect(await say("resume --operator me --note fine")).toEqual({ code: 0, out: `${id}: resumed.\n`, err: "" });
    expect((await say("resume --operator me --note fine")).code).toBe(1);

    expect(await say("pause --operator me")).toEqual({ code: 0, out: `${id}: its clock is held.\n`, err: "" });
    const held = jsonOf(await say("status --json"));
    expect(held).toMatchObject({ health: "healthy", state: "paused" });
    expect(held["pnl"]).toMatch(/^-?\d/);
    expect((await say("pause --operator me")).err).toMatch(/^logos: .* cannot be paused: it is paused already\.\n$/);
    expect((await say("continue --operator me")).out).toBe(`${id}: its clock runs on.\n`);

    expect(await say("speed 60")).toEqual({ code: 0, out: `${id}: its clock runs at 60.\n`, err: "" });
    expect((await say("speed 61")).code).not.toBe(0);
    expect((await say("speed 10")).code).toBe(0);

    expect(await say("halt --group crypto --operator me --note odd")).toMatchObject({
      code: 0,
      out: `${id}: group crypto halted.\n`,
    });
    const parts = jsonOf(await say("status --json"));
    expect(parts).toMatchObject({ health: "halted", state: "running", reason: "In part: group crypto." });
    expect((await say("resume --operator me --note fine")).code).toBe(1);
    expect((await say("resume --group crypto --operator me --note fine")).code).toBe(0);

    const kill = join(at, "ws", "KILL");
    writeFileSync(kill, "");
    let seen = jsonOf(await say("status --json"));
    while (seen["health"] !== "halted") seen = jsonOf(await say("status --json"));
    expect(seen["reason"]).toMatch(/^The kill switch is on: the file .*KILL is there\. Remove it, then resume\./);
    const refused = await say("resume --operator me --note fine");
    expect([refused.code, refused.err]).toEqual([
      1,
      expect.stringMatching(/^logos: The kill switch is on: remove the file /),
    ]);
    rmSync(kill);
    expect((await say("resume --operator me --note fine")).code).toBe(0);

    expect(await say("stop --operator me")).toEqual({ code: 0, out: `${id}: stopped.\n`, err: "" });
    expect(await running.ended()).toBe(0);
    // On a loaded machine the session lives long enough for a strategy to be late; that is said behind it.
    expect(running.out).toMatch(/^ended +stopped by an operator(?:,.*)?$/m);
    expect(jsonOf(await say("status --json"))).toMatchObject({ health: "stopped", state: "stopped", pid: null });
    expect((await say("verify")).code).toBe(0);
  });

  it("is interrupted by kill -9, reported as such, and resumes with everything that it had", async () => {
    const at = folder();
    const say = async (line: string): Promise<Said> => logos(line.split(" "), { at });
    const running = new Running(["run", "--for", "100h"], at);
    await running.says(/^Session /m);
    while (jsonOf(await say("status --json"))["lastSignal"] === null);
    running.child.kill("SIGKILL");
    expect(await running.ended()).toBe("SIGKILL");
    expect(running.out).toBe("");

    const status = await say("status");
    expect(status.code).toBe(1);
    expect(status.out).toMatch(/^health +OFFLINE: No process runs it and it did not stop in order\./m);
    expect(status.out).toMatch(/^state +interrupted$/m);
    expect(status.out).toMatch(/profit and loss -?\d/);
    expect((await say("sessions")).out).toMatch(/ interrupted /);
    const before = Number(jsonOf(await say("verify --json"))["entries"]);
    expect((await say("run --session latest --for 1m")).code).toBe(0);
    const verdict = await say("verify --json");
    expect(verdict.code).toBe(0);
    expect(Number(jsonOf(verdict)["entries"])).toBeGreaterThan(before);
  });

  it("stops in order at Ctrl-C", async () => {
    const at = folder();
    const running = new Running(["run", "--for", "100h"], at);
    await running.says(/^Session /m);
    running.child.kill("SIGINT");
    expect(await running.ended()).toBe(0);
    expect(running.out).toMatch(/^ended +stopped by Ctrl-C$/m);
    expect(running.err).toMatch(/\nStopping\. Press Ctrl-C again/);
  });
});

describe("a pipe", () => {
  const environment = { PATH: process.env["PATH"] ?? "", LOGOS_WORKSPACE: join(folder(), "ws") };
  const shell = (
    script: string,
  ): { readonly status: number | null; readonly stdout: string; readonly stderr: string } =>
    spawnSync("sh", ["-c", script, "sh", process.execPath, entrance], { env: environment, encoding: "utf8" });

  it.skipIf(process.platform === "win32")(
    "that its reader closes early is no error (skipped on Windows: it has no sh)",
    () => {
      const { stdout, stderr } = shell('{ "$1" "$2" config; echo "ended $?" >&2; } | head -n 1');
      expect(stdout).toMatch(/^setting +value/);
      expect(stderr).toBe("ended 0\n");
    },
  );

  it.skipIf(!existsSync("/dev/full"))(
    "into a full disk ends with 74 and one message (skipped where there is no /dev/full)",
    () => {
      const { status, stdout, stderr } = shell('"$1" "$2" config > /dev/full');
      expect([status, stdout]).toEqual([74, ""]);
      expect(stderr).toBe("logos: writing the result failed (ENOSPC); make room or write it elsewhere.\n");
    },
  );
});
