/**
 * Simulated days: sessions with venue faults, slow runs, halts, reviews and restarts, each drawn from its seed.
 *
 * Fault model: the venue refuses, loses acknowledgements, fills in parts, late, twice, or for nobody; runs overrun and time out; an
 * operator reviews and resumes; the session is stopped and opened again in between, each time from a checkpoint. The disk keeps
 * what it was given.
 */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { verifySession } from "../../src/harness/verify.ts";
import { createSession, reopenSession, type LiveSession } from "../../src/live/session/index.ts";
import { createStream } from "../../src/orchestrator/index.ts";
import type { Desk } from "../../src/shared/desk.ts";
import { MINUTE, type Duration } from "../../src/shared/time.ts";
import { openForWriting, openWorkspace } from "../../src/store/index.ts";
import { deskOf } from "../live/session/desks.ts";
import { BROKEN_MAX, makeFolder, type Trial } from "./trial.ts";

/** A day is this long: an exchange's hours, thinned out. */
const DAY_MINUTES = 12;

function deskOfDay(seed: string, day: number): Desk {
  const stream = createStream(seed, `day:${day}`);
  for (let draw = 0; draw < 16; draw++) stream.next();
  const share = (most: number): number => Math.round(stream.next() * most * 1_000) / 1_000;
  const base = deskOf({ seed: `${seed}:${day}` });
  const faults = {
    reject: share(0.1),
    dropAck: share(0.1),
    duplicateFill: share(0.1),
    delayFill: share(0.1),
    unknownFill: stream.next() < 0.3 ? share(0.05) : 0,
  };
  const partialFillShare = stream.next() < 0.5 ? 0.001 : null;
  const runtime = { ...base.runtime, slowShare: share(0.1) };
  return { ...base, broker: { ...base.broker, faults, partialFillShare }, runtime };
}

/** Settles every open drift item and resumes, as an operator would. */
function review(session: LiveSession): void {
  const decision = { action: "adopt", operator: "trial", note: "by the trial" } as const;
  for (const item of session.probe().drift) if (item.review === null) session.review(item.item, decision);
  if (session.probe().router.halted) session.resume({ operator: "trial", note: "by the trial" });
}

/** What did not hold of one day, or null. */
async function oneDay(seed: string, day: number): Promise<string | null> {
  const path = makeFolder("day");
  try {
    const workspace = openWorkspace(path);
    const desk = deskOfDay(seed, day);
    const part = ((DAY_MINUTES / 3) * MINUTE) as Duration;
    const ports = { checkpointEntries: 1 + Math.floor(createStream(seed, `checkpoints:${day}`).next() * 200) };
    let session = await createSession({ workspace, desk, length: part, ports });
    for (let start = 0; start < 3; start++) {
      if (start > 0) session = await reopenSession({ workspace, id: "latest", length: part, ports });
      if (session.probe().router.halted) review(session);
      session.start();
      const summary = await session.done;
      if (summary.failure !== null) return `it failed: ${summary.failure.message}`;
      const mismatch = session.probe().drift.find((item) => item.drift === "position_mismatch");
      if (mismatch !== undefined) return mismatch.text;
    }
    const verdict = await verifySession(workspace, "latest");
    const fault = verdict.checks.find((check) => check.state === "failed");
    return fault === undefined ? null : `${fault.name}: ${fault.text}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    rmSync(path, { recursive: true, force: true });
  }
}

export const days: Trial = {
  name: "simulated days",
  holds: "each start finds books and router as the journal says, and the venue agrees with them; the journal verifies",
  short: 3,
  long: 10_000,
  run: async (cases, seed, progress) => {
    const broken: string[] = [];
    for (let day = 0; day < cases; day++) {
      const wrong = await oneDay(seed, day);
      if (wrong !== null && broken.length < BROKEN_MAX) broken.push(`day ${day} of seed ${seed}: ${wrong}`);
      progress(day + 1);
    }
    return { cases, counts: { starts: 3 * cases }, broken };
  },
  // A venue that has forgotten a fill disagrees with the books: the next start must say so.
  canary: async () => {
    const path = makeFolder("day");
    try {
      const workspace = openWorkspace(path);
      const session = await createSession({ workspace, desk: deskOf(), length: (3 * MINUTE) as Duration });
      session.start();
      const { folder } = await session.done;
      const venue = openForWriting(join(folder, "broker.db"));
      venue.exec("DELETE FROM fills WHERE cursor = (SELECT max(cursor) FROM fills)");
      venue.close();
      const again = await reopenSession({ workspace, id: "latest" });
      const { drift } = again.probe();
      await again.stop("operator");
      return drift.some((item) => item.drift === "position_mismatch");
    } finally {
      rmSync(path, { recursive: true, force: true });
    }
  },
};
