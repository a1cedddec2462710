/**
 * A session's summary when it has ended.
 *
 * 1. Its figures are those of the session's parts at that moment; nothing is read from a file.
 */
import { decimal, plain } from "../../../shared/decimal.ts";
import type { ErrorShape } from "../../../shared/errors.ts";
import { between } from "../../../shared/time.ts";
import { ARTIFACT_FILES } from "../../../store/index.ts";
import type { SessionSummary, StopCause } from "../state/api.ts";
import type { ReportedCore } from "../state/parts.ts";
import { rejectionsOf } from "../state/rejections.ts";
import type { ReadModel } from "../state/read-model.ts";
import { troublesIn } from "../state/troubles.ts";

/** How it ended, which its parts do not know. */
export interface Ending {
  readonly folder: string;
  readonly light: boolean;
  readonly cause: StopCause | "failed";
  readonly realMs: number;
  readonly failure: ErrorShape | null;
}

/** What a read model says of runs, orders and strategies, for a session's summary, record and status. */
export function countsOf(
  model: ReadModel,
): Pick<SessionSummary, "runs" | "orders" | "fills" | "refused" | "rejections" | "troubles"> {
  const { runs, orders, fills } = model;
  return { runs, orders, fills, ...rejectionsOf(model), troubles: troublesIn(model) };
}

export function summaryOf(core: ReportedCore, { folder, light, cause, realMs, failure }: Ending): SessionSummary {
  const { model, books, desk, now, startedAt, clock } = core;
  const figures = books.figures();
  const equityStart = model.equityStart ?? desk.broker.cash;
  return {
    id: core.id,
    folder,
    files: light
      ? ["session.md", "session.json", ...ARTIFACT_FILES]
      : ["session.md", "session.json", "router_state.json", ...ARTIFACT_FILES, "journal.db", "broker.db"],
    light,
    desk: desk.name,
    cause,
    seed: desk.seed,
    speed: clock.speed,
    startedAt,
    stoppedAt: now,
    duration: between(startedAt, now),
    realMs,
    ...countsOf(model),
    equityStart,
    equityEnd: figures.equity,
    pnl: plain(decimal(figures.equity).minus(equityStart)),
    fees: figures.fees,
    maxDrawdown: Math.min(model.drawdownMax, figures.drawdown),
    halts: [...model.halts],
    driftOpen: model.driftOpen,
    workingOrders: model.working.size,
    feed: core.feed.sources,
    failure,
  };
}
