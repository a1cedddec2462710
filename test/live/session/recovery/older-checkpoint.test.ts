/** A checkpoint of a version that counted turnover by accepted orders: the entries say better, as long as they are there. */
import { expect, it } from "vitest";
import { checkpointOf, type CheckpointState } from "../../../../src/live/session/recovery/checkpoint.ts";
import type { SavedCheckpoint } from "../../../../src/store/index.ts";
import { create, finish } from "../stage.ts";
import { deskOf } from "../desks.ts";
import { readJournal } from "../../../../src/store/index.ts";
import { join } from "node:path";

it("is used only where the entries before it are gone", async () => {
  const session = await create(deskOf());
  await finish(session);
  const journal = readJournal(join(session.folder, "journal.db"));
  const saved = journal.checkpoint() as SavedCheckpoint;
  journal.close();
  const state = saved.state as CheckpointState;
  const { traded: _traded, tradedDay: _tradedDay, ...risk } = state.parts.risk;
  const older = { ...saved, state: { ...state, parts: { ...state.parts, risk } } };
  const holding = (checkpoint: SavedCheckpoint) => ({ checkpoint: () => checkpoint });
  expect(checkpointOf(holding(saved), state.runDigest).unusable).toBeNull();
  expect(checkpointOf(holding(older), state.runDigest)).toMatchObject({
    checkpoint: null,
    unusable: expect.stringContaining("turnover") as string,
  });
  expect(checkpointOf(holding(older), state.runDigest, true).checkpoint?.seq).toBe(saved.seq);
});
