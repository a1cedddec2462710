/**
 * What can be wrong with a desk that only its data shows: said the same by a start and by the check before it.
 *
 * 1. Each message names what to change.
 */
import { CodedError } from "../../shared/errors.ts";

const SYMBOLS_SHOWN = 12;

export const needsVirtualClock = (): CodedError =>
  new CodedError(
    "desk_invalid",
    "Recorded bars need a virtual clock: set clock.kind to virtual, or use the synthetic feed.",
  );

export const unknownSymbol = (strategy: string, symbol: string, known: readonly string[]): CodedError =>
  new CodedError(
    "desk_invalid",
    `Strategy ${strategy} wants ${symbol}, and the feed has ${known.slice(0, SYMBOLS_SHOWN).join(", ")}.`,
  );
