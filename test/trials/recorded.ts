/**
 * One recorded session that several trials look at: small, with orders, fills, a halt and its review.
 */
import { cpSync, rmSync } from "node:fs";
import type { Desk } from "../../src/shared/desk.ts";
import { createSession } from "../../src/live/session/index.ts";
import { MINUTE, type Duration } from "../../src/shared/time.ts";
import { openWorkspace, type Workspace } from "../../src/store/index.ts";
import { deskOf } from "../live/session/desks.ts";
import { makeFolder } from "./trial.ts";

export interface Recorded {
  readonly workspace: Workspace;
  readonly id: string;
  readonly folder: string;
  /** A copy of the session's workspace that may be broken. */
  copy(): Workspace;
  /** The same as it lay there before the session's files were closed, with the log beside its database. */
  copyUnclosed(): Workspace;
  remove(): void;
}

/** Bars before the session: as many as its strategies look at. Each verification makes them again, and they were most of its time. */
const WARMUP_BARS = 40;

function smallDesk(): Desk {
  const desk = deskOf();
  return desk.feed.kind === "synthetic" ? { ...desk, feed: { ...desk.feed, warmupBars: WARMUP_BARS } } : desk;
}

/** Records a session of some minutes. */
export async function record(minutes: number): Promise<Recorded> {
  const path = makeFolder("recorded");
  const workspace = openWorkspace(path);
  const session = await createSession({ workspace, desk: smallDesk(), length: (minutes * MINUTE) as Duration });
  const unclosed = makeFolder("unclosed");
  session.subscribe((entries) => {
    if (entries.some((entry) => entry.kind === "session" && entry.event === "stopped"))
      cpSync(path, unclosed, { recursive: true });
  });
  session.start();
  const { id, folder } = await session.done;
  const copies: string[] = [];
  const copyOf = (source: string): Workspace => {
    const place = makeFolder("copy");
    copies.push(place);
    cpSync(source, place, { recursive: true });
    return openWorkspace(place);
  };
  return {
    workspace,
    id,
    folder,
    copy: () => copyOf(path),
    copyUnclosed: () => copyOf(unclosed),
    remove: () => {
      for (const place of [path, unclosed, ...copies]) rmSync(place, { recursive: true, force: true });
    },
  };
}
