/**
 * The faults that are injected into the paper venue's treatment of an order, for drills.
 *
 * 1. They come from the seed and the order's number alone, in one order, so a restart does not draw again. Those of a cancel or a
 *    replace come from its moment, too.
 */
import { createStream } from "../../orchestrator/index.ts";
import type { BrokerConfig } from "../../shared/desk.ts";

export interface Faults {
  readonly reject: boolean;
  readonly dropAck: boolean;
  readonly duplicateFill: boolean;
  readonly delayFill: boolean;
  readonly unknownFill: boolean;
}

const NONE: Faults = { reject: false, dropAck: false, duplicateFill: false, delayFill: false, unknownFill: false };

/** Whether nothing is injected: then nothing has to be drawn to say so. */
const injectsNone = (faults: BrokerConfig["faults"]): boolean => Object.values(faults).every((share) => share === 0);

export function faultsOf({ faults }: Pick<BrokerConfig, "faults">, seed: string, number: number): Faults {
  if (injectsNone(faults)) return NONE;
  const stream = createStream(seed, `venue:${number}`);
  const drawn = (share: number): boolean => stream.next() < share;
  return {
    reject: drawn(faults.reject),
    dropAck: drawn(faults.dropAck),
    duplicateFill: drawn(faults.duplicateFill),
    delayFill: drawn(faults.delayFill),
    unknownFill: drawn(faults.unknownFill),
  };
}

/** The faults of a cancel or a replace of an order: refused, or carried out without an answer. */
export function commandFaultsOf(
  { faults }: Pick<BrokerConfig, "faults">,
  seed: string,
  order: number,
  command: "cancel" | "replace",
  at: number,
): Pick<Faults, "reject" | "dropAck"> {
  if (injectsNone(faults)) return NONE;
  const stream = createStream(seed, `venue:${order}:${command}:${at}`);
  return { reject: stream.next() < faults.reject, dropAck: stream.next() < faults.dropAck };
}
