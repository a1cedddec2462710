/**
 * A strategy that does not answer holds no halt up: the kill switch's file and what other processes ask are obeyed meanwhile.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { LaunchChild } from "../../../../src/live/host/launch.ts";
import { FakeChild } from "../../host/fake-child.ts";
import { GOOD, writeStrategies } from "../../host/scene.ts";
import { deskOf, strategyOf } from "../desks.ts";
import { create, entriesOf, journalOf, makeWorkspace, minutes, turn } from "../stage.ts";

it("halts by a file while a strategy hangs on a virtual clock, before any run has ended", async () => {
  const workspace = makeWorkspace();
  writeStrategies(workspace, GOOD);
  const children: FakeChild[] = [];
  const answering = new AbortController();
  /** Loads at once, and runs for as long as the test wants. */
  const launch: LaunchChild = (_request, events) => {
    const child = new FakeChild(children.length + 1, events);
    children.push(child);
    void turn().then(() => child.say({ kind: "ready" }));
    const answer = (): void => {
      while (child.open[0]?.kind === "load" || (answering.signal.aborted && child.open.length > 0)) child.answer();
    };
    return {
      pid: child.pid,
      send: (text) => {
        child.receive(text);
        void turn().then(answer);
      },
      kill: () => void turn().then(() => child.end()),
      hold: () => undefined,
      stepBack: () => undefined,
    };
  };
  const strategies = [strategyOf("hangs", "counting.ts", ["AAA"])];
  const hosts = { processes: 1, hangMs: 600_000, launch };
  const session = await create(deskOf({ strategies }), { workspace, length: minutes(2), ports: { hosts } });
  const halted = new Promise<void>((resolve) => {
    session.subscribe((entries) => {
      if (entries.some(({ kind }) => kind === "halt")) resolve();
    });
  });
  session.start();
  await turn();
  writeFileSync(join(workspace.path, "KILL"), "");
  await halted;
  expect(children.flatMap((child) => child.open).map(({ kind }) => kind)).toEqual(["run"]);
  answering.abort();
  for (const child of children) while (child.open.length > 0) child.answer();
  const { folder } = await session.done;
  const kinds = journalOf(folder).map(({ kind }) => kind);
  expect(kinds.indexOf("halt")).toBeLessThan(kinds.indexOf("run_finished"));
  expect(entriesOf(journalOf(folder), "order").filter(({ accepted }) => accepted)).toEqual([]);
});
