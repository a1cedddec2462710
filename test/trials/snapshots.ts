/**
 * Hostile snapshots: a valid `router_state.json` broken in many ways at once, read by the one door that there is.
 *
 * Fault model: bytes cut off, doubled, swapped, replaced by others or by pieces of JSON; sizes stay below the limit.
 */
import { OrderRouter, readRouterState, writeRouterState, createStream } from "../../src/orchestrator/index.ts";
import { CodedError } from "../../src/shared/errors.ts";
import { BROKEN_MAX, type Trial } from "./trial.ts";

function busyText(): string {
  const router = new OrderRouter({ rateLimitPerSec: 3, maxInflight: 8 });
  const at = 1_750_000_000_000_000;
  for (let number = 0; number < 30; number++) {
    const strategyId = `s${number % 4}`;
    router.submit(
      { strategyId, symbol: "AAA", quantity: 1 + number, price: 10, clientOrderId: `c${number}` },
      at + number * 90_000,
    );
    if (number % 3 === 0)
      router.reconcile([
        { orderId: `ROUTER-${String(number + 1).padStart(8, "0")}`, status: "filled", filledQty: 1, timestamp: at },
      ]);
  }
  return writeRouterState(router.snapshot());
}

const PIECES = [
  '"',
  "{",
  "}",
  "[",
  "]",
  ":",
  ",",
  "null",
  "1e999",
  "-1",
  '"__proto__":1,',
  "\u0000",
  "true",
  "ROUTER-00000001",
  "9007199254740993",
];

/** The text after some accidents. */
function broken(text: string, stream: { next(): number }): string {
  let result = text;
  const place = (): number => Math.floor(stream.next() * result.length);
  for (let accident = 0; accident <= Math.floor(stream.next() * 4); accident++) {
    const [at, kind] = [place(), Math.floor(stream.next() * 5)];
    const piece = PIECES[Math.floor(stream.next() * PIECES.length)] ?? "";
    if (kind === 0) result = result.slice(0, at);
    else if (kind === 1) result = result.slice(0, at) + piece + result.slice(at);
    else if (kind === 2) result = result.slice(0, at) + result.slice(at + 1 + Math.floor(stream.next() * 20));
    else if (kind === 3) result = result.slice(0, at) + result.slice(at, at + 40) + result.slice(at);
    else result = result.slice(0, at) + String.fromCharCode(Math.floor(stream.next() * 256)) + result.slice(at + 1);
  }
  return result;
}

type Read = (text: string) => ReturnType<typeof readRouterState>;

interface Judged {
  readonly verdict: "refused" | "read" | "wrong";
  readonly why: string;
}

/** What became of one text: refused with its place, read to a router that writes itself again, or something that may not be. */
function judge(text: string, read: Read): Judged {
  try {
    const router = OrderRouter.restore(read(text));
    const again = OrderRouter.restore(readRouterState(writeRouterState(router.snapshot())));
    const same = writeRouterState(again.snapshot()) === writeRouterState(router.snapshot());
    return same ? { verdict: "read", why: "" } : { verdict: "wrong", why: "it does not write itself again" };
  } catch (error) {
    if (error instanceof CodedError) return { verdict: "refused", why: error.message };
    return { verdict: "wrong", why: error instanceof Error ? error.message : String(error) };
  }
}

export const snapshots: Trial = {
  name: "hostile snapshots",
  holds: "a coded error or a router that holds together; never a crash, never an empty router",
  short: 3_000,
  long: 1_000_000,
  run: async (cases, seed, progress) => {
    const text = busyText();
    const stream = createStream(seed, "snapshots");
    const counts = { refused: 0, read: 0 };
    const wrong: string[] = [];
    for (let number = 0; number < cases; number++) {
      const { verdict, why } = judge(broken(text, stream), (one) => readRouterState(one));
      if (verdict !== "wrong") counts[verdict] += 1;
      else if (wrong.length < BROKEN_MAX) wrong.push(`case ${number} of seed ${seed}: ${why}`);
      if (number % 1_000 === 999) progress(number + 1);
    }
    return { cases, counts, broken: wrong };
  },
  // The language's own reader lets broken states in, or throws what is not expected.
  canary: async () => {
    const stream = createStream("canary", "snapshots");
    const text = busyText();
    for (let number = 0; number < 500; number++) {
      const { verdict } = judge(broken(text, stream), (one) => JSON.parse(one) as ReturnType<typeof readRouterState>);
      if (verdict === "wrong") return true;
    }
    return false;
  },
};
