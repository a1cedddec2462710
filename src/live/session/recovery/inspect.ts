/**
 * A look at a session's journal without opening it: the same parts, the same replay, and nothing is changed.
 *
 * 1. No lock is taken, no file is written, no venue is asked, no strategy is loaded; it is safe beside a running session.
 * 2. It begins with the first entry, or with the checkpoint where that is asked for or the entries before it were dropped.
 * 3. What an entry says was decided is decided again; `visit` sees the parts right before each entry is repeated.
 */
import { createHash } from "node:crypto";
import { routerStateChunks } from "../../../orchestrator/index.ts";
import type { BrokerAdapter } from "../../../shared/ports.ts";
import { type JournalEntry, type JournalReader, type SessionFiles, type Workspace } from "../../../store/index.ts";
import { nodeTurn } from "../../clock/index.ts";
import { readSessionHeader, clockOf, coreOf, PORTS, prepare, runDigestOf } from "./assemble.ts";
import { neededCheckpoint, restoreState } from "./checkpoint.ts";
import type { JournalPort } from "../state/ledger.ts";
import { stateContextOf } from "../snapshots/state-context.ts";
import type { Core } from "../state/parts.ts";
import type { HostPort } from "../../host/port.ts";
import { Replay } from "./recovery.ts";

/** A venue that is never asked; reaching it would be a mistake of the program. */
const NO_VENUE = new Proxy({} as BrokerAdapter, {
  get: (_, name) => {
    throw new Error(`A look at a journal asked the venue for ${String(name)}.`);
  },
});

/** No strategy runs in a repetition: what each returned is in the journal. */
const NO_HOST: HostPort = {
  notLoaded: new Map(),
  barsNeeded: 1,
  hadItsTurn: () => true,
  onHeartbeat: () => undefined,
  run: () => Promise.reject(new Error("A look at a journal asked for a run.")),
  restore: () => undefined,
  close: () => undefined,
};

/** Entries after which others in the thread have their turn. */
const BREATH_ENTRIES = 16_384;

function readOnly(journal: JournalReader): JournalPort & Pick<JournalReader, "count"> {
  const refuse = (): never => {
    throw new Error("A look at a journal cannot write to it.");
  };
  return {
    position: journal.position,
    append: refuse,
    commit: refuse,
    read: (from, kinds) => journal.read(from, kinds),
    saveCheckpoint: refuse,
    compact: refuse,
    count: (kind) => journal.count(kind),
    close: () => undefined,
  };
}

/**
 * Repeats a session's journal and answers the parts as they stand at its end. `visit` gets what is repeated next, and null at
 * the end; `from` says where it begins. Throws `journal_damaged` for what cannot be repeated.
 */
export async function inspectJournal(
  workspace: Workspace,
  files: SessionFiles,
  journal: JournalReader,
  visit: (core: Core, entry: JournalEntry | null, replay: Replay) => void = () => undefined,
  from: "first entry" | "checkpoint" = "first entry",
): Promise<Core> {
  const { desk, start } = readSessionHeader(journal, files);
  const ports = { ...PORTS, openBroker: () => NO_VENUE, openHost: () => Promise.resolve(NO_HOST) };
  const prepared = await prepare(workspace, desk, start, ports);
  const clock = clockOf(desk, start, undefined, ports);
  const { seq: base } = journal.compaction();
  const whole = base === 0 && from === "first entry";
  const checkpoint = whole ? null : neededCheckpoint(journal, runDigestOf(desk, start, prepared.feed));
  const core = coreOf(prepared, files, readOnly(journal), () => undefined, clock, checkpoint);
  try {
    const replay = new Replay(core, checkpoint === null ? [] : restoreState(core, checkpoint));
    for (const entry of journal.read((checkpoint?.seq ?? 0) + 1)) {
      visit(core, entry, replay);
      replay.take(entry);
      if (entry.seq % BREATH_ENTRIES === 0) await nodeTurn();
    }
    visit(core, null, replay);
  } finally {
    prepared.host.close();
  }
  return core;
}

/**
 * The digest of a `router_state.json` that knows of the entries up to `of`, the last one repeated; `terms` as the entry of that snapshot
 * says it.
 */
export function snapshotDigest(core: Core, of: number, snapshotsUpTo: number, terms: boolean): string {
  const { orders, ...place } = stateContextOf(core, of - snapshotsUpTo).context;
  const context = terms ? { ...place, orders } : place;
  const digest = createHash("sha256");
  for (const piece of routerStateChunks(core.router.snapshot(), context)) if (piece !== "") digest.update(piece);
  return digest.digest("hex");
}
