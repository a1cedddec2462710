/**
 * The session's entrances: one writer, a control inbox that anyone may write to, and a router file that came from elsewhere.
 */
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { reopenSession } from "../../../../src/live/session/index.ts";
import type { OperatorCommand } from "../../../../src/shared/contract/operator-commands.ts";
import { CodedError, type ErrorShape } from "../../../../src/shared/errors.ts";
import { nodeFileSystem, requestControl } from "../../../../src/store/index.ts";
import { verifySession } from "../../../../src/harness/verify.ts";
import { FailingDisk } from "../../../sim/disk/failing-disk.ts";
import { deskOf } from "../desks.ts";
import {
  crashCopy,
  create,
  entriesOf,
  finish,
  handPorts,
  HandTimers,
  journalOf,
  makeWorkspace,
  minutes,
  namesIn,
  reopen,
} from "../stage.ts";

async function running(speed: 1 | 60 = 1) {
  const timers = new HandTimers();
  const workspace = makeWorkspace();
  const session = await create(deskOf(), { workspace, speed, length: minutes(60), ports: handPorts(timers) });
  session.start();
  await timers.pass(1_000);
  /** Asks as another process would; the answer is there after the session's next look. */
  const ask = async (command: unknown): Promise<string> => {
    const answer = requestControl(nodeFileSystem, session.folder, command as OperatorCommand, {
      timeoutMs: 2_000,
    }).then(
      () => "done",
      (error: unknown) => (error instanceof CodedError ? error.code : String(error)),
    );
    await timers.pass(500);
    return answer;
  };
  return { session, timers, workspace, ask };
}

describe("the lock", () => {
  it("keeps a second opener out and names who is in", async () => {
    const { session, workspace } = await running();
    const error = await reopenSession({ workspace, id: session.id }).catch((reason: unknown) => reason as ErrorShape);
    expect(error).toMatchObject({ code: "session_busy" });
    expect((error as ErrorShape).message).toContain(`process ${process.pid}`);
    expect(session.state).toBe("running");
    await session.stop("operator");
    const again = await reopen(workspace, session.id, { speed: "max", length: minutes(1) });
    expect((await finish(again)).failure).toBeNull();
  });

  it("is released when opening fails", async () => {
    const session = await create(deskOf(), { length: minutes(2) });
    await finish(session);
    const workspace = crashCopy(session.folder);
    const file = join(workspace.sessions, session.id, "router_state.json");
    const good = readFileSync(file);
    writeFileSync(file, "{}");
    await expect(reopenSession({ workspace, id: session.id })).rejects.toBeInstanceOf(CodedError);
    writeFileSync(file, good);
    await (await reopen(workspace, session.id)).stop("operator");
  });
});

describe("the control inbox", () => {
  const ada = { operator: "ada", note: "from another process" };

  it("does what another process asks, and answers when it is done", async () => {
    const { session, timers, ask } = await running();
    expect(await ask({ command: "halt", ...ada })).toBe("done");
    expect(session.state).toBe("halted");
    expect(await ask({ command: "resume", ...ada })).toBe("done");
    expect(session.state).toBe("running");
    expect(await ask({ command: "resume", ...ada })).toBe("not_halted");
    expect(await ask({ command: "pause", operator: "ada" })).toBe("done");
    expect(session.state).toBe("paused");
    expect(await ask({ command: "pause", operator: "ada" })).toBe("wrong_state");
    expect(await ask({ command: "continue", operator: "ada" })).toBe("done");
    expect(await ask({ command: "strategy", name: "revert-a", action: "pause", operator: "ada" })).toBe("done");
    const state = () => session.probe().strategies.find((one) => one.name === "revert-a")?.state;
    expect(state()).toBe("paused");
    expect(await ask({ command: "strategy", name: "revert-a", action: "resume", operator: "ada" })).toBe("done");
    expect(state()).not.toBe("paused");
    const runs = entriesOf(session.entries(), "run_started").length;
    expect(await ask({ command: "strategy", name: "revert-a", action: "run", operator: "ada" })).toBe("done");
    await timers.pass(500);
    expect(entriesOf(session.entries(), "run_started").length).toBeGreaterThan(runs);
    session.injectUnknownFill({ symbol: "AAA", quantity: "1" });
    await timers.pass(500);
    const item = session.probe().drift[0]?.item ?? "";
    expect(await ask({ command: "review", item, action: "dismiss", ...ada })).toBe("done");
    expect(await ask({ command: "resume", ...ada })).toBe("done");
    expect(await ask({ command: "speed", speed: "60" })).toBe("done");
    expect(session.probe().speed).toBe(60);
    expect(await ask({ command: "stop", operator: "ada" })).toBe("done");
    await timers.pass(500);
    expect(session.state).toBe("stopped");
    expect(await session.done).toMatchObject({ cause: "operator", failure: null });
  });

  it("answers what it cannot do with the reason, and continues", async () => {
    const { session, ask } = await running();
    expect(await ask({ command: "strategy", name: "missing", action: "pause", operator: "ada" })).toBe("not_found");
    expect(await ask({ command: "strategy", name: "revert-a", action: "explode", operator: "ada" })).toBe(
      "invalid_input",
    );
    expect(await ask({ command: "halt", operator: "  ", note: "" })).toBe("invalid_input");
    expect(await ask({ command: "review", item: "drift-1", action: "adopt", ...ada })).toBe("not_found");
    expect(await ask({ command: "speed", speed: "1000" })).toBe("invalid_input");
    expect(await ask({ command: "halt", operator: "ada", note: "x".repeat(2_001) })).toBe("invalid_input");
    expect(session.state).toBe("running");
  });

  it("survives whatever is put into it", async () => {
    const { session, timers } = await running();
    const folder = join(session.folder, "control");
    const id = (digit: string): string => `${digit.repeat(8)}-0000-4000-8000-000000000000`;
    const put = (digit: string, content: string | Uint8Array): void =>
      writeFileSync(join(folder, `${id(digit)}.request.json`), content);
    put("1", "not json");
    put("2", "null");
    put("3", JSON.stringify({ command: "halt", operator: ["ada"], note: {} }));
    put("4", JSON.stringify({ command: "__proto__", operator: "ada" }));
    put("5", "x".repeat(70_000));
    put("6", new Uint8Array([0xff, 0xfe, 0x00]));
    put("7", `${"[".repeat(30_000)}${"]".repeat(30_000)}`);
    mkdirSync(join(folder, `${id("8")}.request.json`));
    put("9", JSON.stringify({ command: "pause", operator: "eve" }));
    mkdirSync(join(folder, `${id("9")}.reply.json`));
    writeFileSync(join(folder, "..request.json"), "{}");
    writeFileSync(join(folder, "passwd"), "{}");
    await timers.pass(1_000);
    for (const digit of ["1", "2", "3", "4", "5", "6", "7"])
      expect(JSON.parse(readFileSync(join(folder, `${id(digit)}.reply.json`), "utf8")), digit).toMatchObject({
        ok: false,
        error: { code: "invalid_input" },
      });
    expect(session.state).toBe("paused");
    session.continue("ada");
    await timers.pass(500);
    expect(session.state).toBe("running");
    // Whatever lies there, the folder opens again.
    const workspace = crashCopy(session.folder);
    await (await reopen(workspace, session.id)).stop("operator");
  });

  it("may be taken away while the session runs: the kill switch still works", async () => {
    const { session, timers } = await running();
    rmSync(join(session.folder, "control"), { recursive: true });
    await timers.pass(1_000);
    expect(session.state).toBe("running");
    writeFileSync(join(session.folder, "KILL"), "");
    await timers.pass(500);
    expect(session.state).toBe("halted");
  });

  it("takes a flood without losing the session's time", async () => {
    const { session, timers } = await running();
    const folder = join(session.folder, "control");
    for (let index = 0; index < 200; index += 1)
      writeFileSync(
        join(folder, `${String(index).padStart(8, "0")}-0000-4000-8000-000000000000.request.json`),
        JSON.stringify({ command: "speed", speed: "1" }),
      );
    await timers.pass(3_000);
    expect(namesIn(folder).filter((name) => name.endsWith(".request.json"))).toEqual([]);
    expect(session.state).toBe("running");
  });
});

describe("a router_state.json that came from elsewhere", () => {
  async function twoSessions() {
    const workspace = makeWorkspace();
    const one = await create(deskOf(), { workspace, length: minutes(10) });
    const first = await finish(one);
    const two = await create(deskOf({ seed: "8" }), { workspace, length: minutes(20) });
    const second = await finish(two);
    const file = join(first.folder, "router_state.json");
    copyFileSync(join(second.folder, "router_state.json"), file);
    return { workspace, one, two, first, second, file };
  }

  it("is asked about, naming what differs, and nothing is changed meanwhile", async () => {
    const { workspace, one, first, file } = await twoSessions();
    const before = readFileSync(file, "utf8");
    const entries = journalOf(first.folder).length;
    const error = (await reopenSession({ workspace, id: one.id }).catch((reason: unknown) => reason)) as ErrorShape;
    expect(error).toMatchObject({ code: "session_conflict" });
    expect(error.message).toMatch(/ROUTER-\d{8}.*ROUTER-\d{8}.*--holds journal.*--holds file/);
    expect(readFileSync(file, "utf8")).toBe(before);
    expect(journalOf(first.folder)).toHaveLength(entries);
  });

  it("is rewritten when the journal takes precedence", async () => {
    const { workspace, one, first, file } = await twoSessions();
    const next = one.probe().router.nextOrderId;
    const again = await reopen(workspace, one.id, { holds: "journal" });
    expect(again.probe().router.nextOrderId).toBe(next);
    await again.stop("operator");
    const third = await reopen(workspace, one.id);
    expect(third.probe().router.nextOrderId).toBe(next);
    expect(existsSync(file)).toBe(true);
    expect(entriesOf(third.entries(), "restore")).toEqual([]);
    void first;
  });

  it("is restored when the file holds, journaled with who said so, and never behind what was used", async () => {
    const { workspace, one, two } = await twoSessions();
    const own = one.probe().router.nextOrderId;
    const theirs = two.probe().router.nextOrderId;
    const unnamed = reopenSession({ workspace, id: one.id, holds: "file", word: { operator: "Ada", note: " " } });
    await expect(unnamed).rejects.toMatchObject({ code: "invalid_input" });
    const word = { operator: "Ada", note: "the venue agrees with the file" };
    const again = await reopen(workspace, one.id, { holds: "file", word });
    expect(again.probe().router.nextOrderId).toBe([own, theirs].toSorted().at(-1));
    expect(entriesOf(again.entries(), "restore")).toMatchObject([{ source: "router_state.json", ...word }]);
    await again.stop("operator");
    await (await reopen(workspace, one.id)).stop("operator");
  });

  it.each(["", "{", "{}", "null", "[1,2,3]", '{"next_order_sequence": -1}'])(
    "is distinguished from damage: %s",
    async (text) => {
      const session = await create(deskOf(), { length: minutes(2) });
      await finish(session);
      const workspace = crashCopy(session.folder);
      writeFileSync(join(workspace.sessions, session.id, "router_state.json"), text);
      const error = (await reopenSession({ workspace, id: session.id }).catch(
        (reason: unknown) => reason,
      )) as ErrorShape;
      expect(error).toBeInstanceOf(CodedError);
      expect(error.message).toContain("--holds journal");
      const again = await reopen(workspace, session.id, { holds: "journal" });
      expect((await again.stop("operator")).failure).toBeNull();
    },
  );

  it("may be missing: the journal has everything", async () => {
    const session = await create(deskOf(), { length: minutes(5) });
    await finish(session);
    const before = session.probe();
    const workspace = crashCopy(session.folder);
    const folder = join(workspace.sessions, session.id);
    for (const file of [
      "router_state.json",
      "orders.csv",
      "fills.csv",
      "equity_curve.csv",
      "session.json",
      "session.md",
    ])
      rmSync(join(folder, file));
    const again = await reopen(workspace, session.id);
    expect(again.probe().router.nextOrderId).toBe(before.router.nextOrderId);
    expect(readFileSync(join(folder, "orders.csv"), "utf8")).toBe(
      readFileSync(join(session.folder, "orders.csv"), "utf8"),
    );
    expect(readFileSync(join(folder, "fills.csv"), "utf8")).toBe(
      readFileSync(join(session.folder, "fills.csv"), "utf8"),
    );
  });
});

describe("a router_state.json that starts could not write", () => {
  it("is still this session's own, however often they failed, and another one is not", async () => {
    const session = await create(deskOf(), { length: minutes(2) });
    const { folder } = await finish(session);
    const workspace = crashCopy(folder);
    const file = join(workspace.sessions, session.id, "router_state.json");
    const disk = new FailingDisk(nodeFileSystem);
    disk.fault = { kind: "ENOSPC", path: /router_state/ };
    for (let start = 0; start < 3; start++)
      await expect(reopenSession({ workspace, id: session.id, ports: { fs: disk } })).rejects.toMatchObject({
        code: "io",
      });
    const { checks } = await verifySession(workspace, session.id);
    expect(checks.filter((check) => check.state === "failed")).toEqual([]);
    const before = readFileSync(file);
    const again = await reopen(workspace, session.id, { length: minutes(1) });
    await finish(again);
    // From here on the session has written its own: the one from before the failures is another's.
    writeFileSync(file, before);
    await expect(reopenSession({ workspace, id: session.id })).rejects.toMatchObject({ code: "session_conflict" });
  });
});
