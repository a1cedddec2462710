/**
 * A grid: resting limits at fixed steps around the first mark; each fill puts an order one step back on the other side.
 *
 * 1. `onOrder` reports the fills; a level's id names its step and side, so the grid knows what to place next.
 */
import type { OrderUpdate, Strategy, StrategyAction, StrategyContext } from "../../../shared/strategy.ts";

interface Memory {
  readonly anchor: number | null;
  readonly placed: number;
  /** Levels to place: a step from the anchor, and the side. */
  readonly next: readonly (readonly [step: number, side: number])[];
}
let memory: Memory = { anchor: null, placed: 0, next: [] };

const strategy: Strategy<Memory> = {
  defaults: { step: 0.5, levels: 4 },
  parameters: {
    step: { type: "number", above: 0, describe: "percent of the first mark from level to level" },
    levels: { type: "integer", min: 1, max: 50, describe: "levels on each side" },
  },
  onStart: () => void (memory = { anchor: null, placed: 0, next: [] }),
  onOrder({ state, clientOrderId }: OrderUpdate): void {
    const [step, side] = clientOrderId.split(":").map(Number);
    if (state !== "filled" || step === undefined || side === undefined) return;
    memory = { ...memory, next: [...memory.next, [step + side, -side]] };
  },
  onTick(context: StrategyContext): readonly StrategyAction[] {
    const [symbol = ""] = context.symbols;
    const mark = context.mark(symbol);
    if (mark === undefined) return [];
    const steps = Array.from({ length: Number(context.params["levels"]) }, (_, index) => index + 1);
    const first = memory.anchor === null ? steps.flatMap((step) => [[-step, 1] as const, [step, -1] as const]) : [];
    const anchor = memory.anchor ?? mark;
    const wanted = [...first, ...memory.next];
    const quantity = context.roundQuantity(
      symbol,
      context.sizing.dollarPerTrade / (anchor * context.unitValue(symbol)),
    );
    const from = memory.placed;
    memory = { anchor, placed: from + wanted.length, next: [] };
    return wanted.map(([step, side], index) => ({
      symbol,
      quantity: side * quantity,
      limitPrice: anchor * (1 + (step * Number(context.params["step"])) / 100),
      clientOrderId: `${step}:${side}:${from + index}`,
      because: { text: `level ${step} of the grid`, values: { anchor } },
    }));
  },
  save: () => memory,
  load: (saved) => void (memory = saved),
};

export default strategy;
