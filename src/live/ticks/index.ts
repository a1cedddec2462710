/** What became of every planned tick, from the journal. */
export {
  LATE_AFTER,
  TICK_KINDS,
  TickLedger,
  ticksOf,
  type PassedSlots,
  type Tick,
  type TickLedgerState,
  type TickListener,
} from "./ledger.ts";
