/**
 * A look at a session's journal without opening it: the same parts, the same replay, and nothing is changed.
 *
 * 1. No lock is taken, no file is written, no venue is asked; it is safe beside a running session.
 * 2. What an entry says was decided is decided again; `visit` sees the parts right before each entry is repeated.
 */
import { writeRouterState } from "../../orchestrator/index.ts";
import type { BrokerAdapter } from "../../shared/ports.ts";
import {
  digestOf,
  type JournalEntry,
  type JournalReader,
  type SessionFiles,
  type Workspace,
} from "../../store/index.ts";
import { birthOf, clockOf, coreOf, PORTS, prepare } from "./assemble.ts";
import type { JournalPort } from "./ledger.ts";
import type { Core } from "./parts.ts";
import { replay } from "./recovery.ts";

/** A venue that is never asked; reaching it would be a mistake of the program. */
const NO_VENUE = new Proxy({} as BrokerAdapter, {
  get: (_, name) => {
    throw new Error(`A look at a journal asked the venue for ${String(name)}.`);
  },
});

function readOnly(journal: JournalReader): JournalPort & Pick<JournalReader, "count"> {
  const refuse = (): never => {
    throw new Error("A look at a journal cannot write to it.");
  };
  return {
    position: journal.position,
    append: refuse,
    commit: refuse,
    read: (from) => journal.read(from),
    count: (kind) => journal.count(kind),
    close: () => undefined,
  };
}

/** Repeats a session's journal and answers the parts as they stand at its end. Throws `journal_damaged` for what cannot be repeated. */
export async function inspectJournal(
  workspace: Workspace,
  files: SessionFiles,
  journal: JournalReader,
  visit: (core: Core, entry: JournalEntry) => void = () => undefined,
): Promise<Core> {
  const { desk, start } = birthOf(journal, files);
  const ports = { ...PORTS, openBroker: () => NO_VENUE };
  const prepared = await prepare(workspace, desk, start, ports);
  const core = coreOf(prepared, files, readOnly(journal), () => undefined, clockOf(desk, start, undefined, ports));
  function* watched(): Generator<JournalEntry> {
    for (const entry of journal.read(1)) {
      visit(core, entry);
      yield entry;
    }
  }
  try {
    replay(core, watched());
  } finally {
    prepared.host.close();
  }
  return core;
}

/** The digest that `router_state.json` must have had when an entry of kind `snapshot` was written. */
export function snapshotDigest(core: Core, seq: number, snapshotsBefore: number): string {
  const context = { session: core.runDigest, journalPosition: seq - 1 - snapshotsBefore };
  return digestOf(writeRouterState(core.router.snapshot(), context));
}
