/**
 * A session's parts as its journal has them on disk: what a session that failed may still say of itself.
 *
 * 1. What was decided and never committed did not happen: nothing of it was sent, and a start does not find it.
 * 2. Amounts are those of the last committed point of the equity curve, as `status` reports them.
 */
import { readJournal, type SessionFiles } from "../../../store/index.ts";
import { readModelOf } from "./journal-model.ts";
import type { AccountFigures } from "../../books/port.ts";
import type { Core, ReportedCore } from "../state/parts.ts";

function figuresAtStart(core: Core): AccountFigures {
  const { cash } = core.desk.broker;
  return { equity: cash, cash, realized: "0", unrealized: "0", fees: "0", gross: "0", net: "0", drawdown: 0 };
}

/** The parts as they are on disk; as they are in memory where the journal cannot be read any more. */
export function committedCore(core: Core, files: SessionFiles): ReportedCore {
  try {
    const journal = readJournal(files.journal);
    try {
      journal.hold();
      const model = readModelOf(journal, files);
      if (model === null) return core;
      const point = journal.lastOf("equity");
      const net = core.books.figures().net;
      const figures: AccountFigures =
        point?.kind === "equity" ? { ...point, drawdown: Number(point.drawdown), net } : figuresAtStart(core);
      return { ...core, model, now: model.lastAt ?? core.startedAt, books: { figures: () => figures } };
    } finally {
      journal.close();
    }
  } catch {
    return core;
  }
}
