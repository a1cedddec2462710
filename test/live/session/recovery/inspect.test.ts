/**
 * A look at a journal: from its first entry or from its checkpoint it gives the same state, and it loads no strategy.
 */
import { expect, it } from "vitest";
import { stateText } from "../../../../src/live/session/recovery/checkpoint.ts";
import { inspectJournal } from "../../../../src/live/session/recovery/inspect.ts";
import { findSession, readJournal } from "../../../../src/store/index.ts";
import { writeStrategies } from "../../host/scene.ts";
import { deskOf, strategyOf } from "../desks.ts";
import { create, crashCopy, finish, makeWorkspace } from "../stage.ts";

it("gives the same from the first entry and from a checkpoint, and loads nothing", async () => {
  const workspace = makeWorkspace();
  writeStrategies(workspace, { "syntax.ts": "export default {" });
  const { strategies } = deskOf();
  const desk = deskOf({ strategies: [...strategies, strategyOf("broken", "syntax.ts", ["AAA"])] });
  const session = await create(desk, { workspace, ports: { checkpointEntries: 60 } });
  let copy = crashCopy(session.folder);
  session.subscribe(() => {
    if (session.probe().journal.position < 300) copy = crashCopy(session.folder);
  });
  await finish(session);

  const files = findSession(copy, session.id);
  const journal = readJournal(files.journal);
  const saved = journal.checkpoint();
  if (saved === null || "fault" in saved) throw new Error("There is no checkpoint.");
  expect(saved.seq).toBeLessThan(journal.position);
  const texts: string[] = [];
  const begun: (number | undefined)[] = [];
  for (const from of ["first entry", "checkpoint"] as const) {
    let first: number | undefined;
    const core = await inspectJournal(
      copy,
      files,
      journal,
      (parts, entry, replay) => {
        first ??= entry?.seq;
        if (entry === null) texts.push(stateText(parts, replay.underWay));
      },
      from,
    );
    begun.push(first);
    expect(core.host.notLoaded.size).toBe(0);
    await expect(core.host.run({ strategy: "broken" } as never, null)).rejects.toThrow(/asked for a run/);
  }
  journal.close();
  expect(begun).toEqual([1, saved.seq + 1]);
  expect(texts[0]).toBe(texts[1]);
});
