/**
 * The faults that are injected into the paper venue's treatment of an order, for drills.
 *
 * 1. They come from the seed and the order's number alone, in one order, so a restart does not draw again.
 */
import { createStream } from "../../orchestrator/index.ts";
import type { PaperBrokerConfig } from "../../shared/desk.ts";

export interface Faults {
  readonly reject: boolean;
  readonly dropAck: boolean;
  readonly duplicateFill: boolean;
  readonly delayFill: boolean;
  readonly unknownFill: boolean;
}

export function faultsOf({ faults }: Pick<PaperBrokerConfig, "faults">, seed: string, number: number): Faults {
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
