/** The control folder: requests taken once, answered once, and nothing in them believed. */
import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  ControlInbox,
  controlFolderOf,
  killFilesIn,
  nodeFileSystem as fs,
  requestControl,
} from "../../../src/store/index.ts";
import { CodedError } from "../../../src/shared/errors.ts";
import { freshFolder } from "../folders.ts";

const ID = "00000000-0000-4000-8000-000000000001";

function inboxOf(): { session: string; folder: string; inbox: ControlInbox } {
  const session = freshFolder();
  const inbox = new ControlInbox(fs, session);
  return { session, folder: controlFolderOf(session), inbox };
}

/** The request that waits as soon as it is there: the asker wrote it before its first pause. */
const ask = (session: string, inbox: ControlInbox): { asked: Promise<unknown>; id: string; value: unknown } => {
  const asked = requestControl(fs, session, { command: "halt", operator: "kim", note: "why" });
  const [request] = inbox.take();
  if (request === undefined) throw new Error("no request is there");
  return { asked, ...request };
};

describe("the control inbox", () => {
  it("waits for no pipe, reads no device, and answers that they are no request", () => {
    const { folder, inbox } = inboxOf();
    const nameOf = (number: number): string =>
      join(folder, `00000000-0000-4000-8000-00000000000${number}.request.json`);
    execFileSync("mkfifo", [nameOf(1)]);
    symlinkSync("/dev/zero", nameOf(2));
    mkdirSync(nameOf(3));
    writeFileSync(nameOf(4), '{"command":"pause"}');
    expect(inbox.take().map(({ value }) => value)).toEqual([null, null, { command: "pause" }]);
    expect(fs.list(folder)).toEqual([basename(nameOf(3))]);
  });

  it("takes a request once and answers it", async () => {
    const { session, folder, inbox } = inboxOf();
    const { asked, id, value } = ask(session, inbox);
    expect(value).toEqual({ command: "halt", operator: "kim", note: "why" });
    expect(inbox.take()).toEqual([]);
    inbox.reply(id, { ok: true });
    await asked;
    expect(fs.list(folder)).toEqual([]);
  });

  it("hands an error on with its code and detail", async () => {
    const { session, inbox } = inboxOf();
    const { asked, id } = ask(session, inbox);
    inbox.reply(id, { ok: false, error: { code: "not_halted", message: "It is not halted.", detail: { a: 1 } } });
    const error: unknown = await asked.catch((one: unknown) => one);
    expect(error).toBeInstanceOf(CodedError);
    expect(error).toMatchObject({ code: "not_halted", message: "It is not halted.", detail: { a: 1 } });
  });

  it("withdraws a request that gets no answer", async () => {
    const { session, folder, inbox } = inboxOf();
    const asked = requestControl(fs, session, { command: "stop", operator: "kim" }, { timeoutMs: 50 });
    await expect(asked).rejects.toMatchObject({
      code: "wrong_state",
      message: expect.stringContaining("KILL") as string,
    });
    expect(inbox.take()).toEqual([]);
    expect(fs.list(folder)).toEqual([]);
  });

  it.each([
    ["no JSON", "{"],
    ["too long", JSON.stringify("x".repeat(70_000))],
    ["binary", "\u0000\ufffd"],
  ])("gives nothing for a request that is %s, and takes it away", (_, text) => {
    const { folder, inbox } = inboxOf();
    writeFileSync(join(folder, `${ID}.request.json`), text);
    expect(inbox.take()).toEqual([{ id: ID, value: null }]);
    expect(fs.list(folder)).toEqual([]);
  });

  it("passes over names that are no requests, and hands out at most 64 at a time", () => {
    const { folder, inbox } = inboxOf();
    for (const name of ["x.request.json", `${ID}.reply.json`, `.${ID}.request.json.1.1.tmp`, `${ID}.request.json.tmp`])
      writeFileSync(join(folder, name), "{}");
    expect(inbox.take()).toEqual([]);
    for (let index = 0; index < 70; index += 1)
      writeFileSync(join(folder, `${String(index).padStart(8, "0")}-0000-4000-8000-000000000000.request.json`), "{}");
    expect([inbox.take().length, inbox.take().length, inbox.take().length]).toEqual([64, 6, 0]);
  });

  it("begins empty: what was asked of an earlier process is not done by this one", () => {
    const { session, folder } = inboxOf();
    writeFileSync(join(folder, `${ID}.request.json`), '{"command":"stop"}');
    expect(new ControlInbox(fs, session).take()).toEqual([]);
  });
});

it("kill switches are files KILL, KILL.strategy.NAME, KILL.group.NAME and KILL.symbol.NAME in any of the folders", () => {
  const [workspace, session] = [freshFolder(), freshFolder()];
  const found = () => killFilesIn(fs, [session, workspace]);
  expect(found()).toEqual([]);
  writeFileSync(join(workspace, "KILL"), "");
  expect(found()).toEqual([{ path: join(workspace, "KILL"), scope: null }]);
  writeFileSync(join(session, "KILL.strategy.a.b-1"), "");
  writeFileSync(join(session, "NO-KILL.group.x"), "");
  writeFileSync(join(workspace, "KILL.group.trend"), "");
  writeFileSync(join(workspace, "KILL.symbol.BTC%2FUSD"), "");
  writeFileSync(join(workspace, "KILL.bak"), "");
  expect(found()).toEqual([
    { path: join(session, "KILL.strategy.a.b-1"), scope: { kind: "strategy", name: "a.b-1" } },
    { path: join(workspace, "KILL"), scope: null },
    { path: join(workspace, "KILL.bak"), scope: null },
    { path: join(workspace, "KILL.group.trend"), scope: { kind: "group", name: "trend" } },
    { path: join(workspace, "KILL.symbol.BTC%2FUSD"), scope: { kind: "symbol", name: "BTC/USD" } },
  ]);
  expect(killFilesIn(fs, [join(session, "gone")])).toEqual([]);
});
