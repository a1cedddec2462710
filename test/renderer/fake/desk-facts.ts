/** What every fake projection agrees on: the moment, the strategies, the symbols, and a seeded source of figures. */

export const START = Date.UTC(2026, 10, 23, 14, 30) * 1_000;
export const NOW = START + 22 * 60e6 + 8.3e6;

/** A small seeded generator; good enough for figures that only have to look real. */
export function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return (state >>> 0) / 4_294_967_296;
  };
}

export const SYMBOLS = [
  "AAPL",
  "MSFT",
  "NVDA",
  "TSLA",
  "KO",
  "PEP",
  "EURUSD",
  "BTC-USD",
  "ETH-USD",
  "XOM",
  "CVX",
  "SPY",
];
export const KINDS = ["meanrev", "momo", "pairs", "carry"];
export const NAMES = Array.from(
  { length: 24 },
  (_, index) =>
    `${KINDS[index % 4]}_${(SYMBOLS[(index * 5) % 12] ?? "").toLowerCase().replace("-", "_")}_${index < 12 ? "a" : "b"}`,
);
export const PRICES: Record<string, number> = {
  AAPL: 187.22,
  MSFT: 411.3,
  NVDA: 921.4,
  "BTC-USD": 61_837.63,
  EURUSD: 1.0842,
};

export const record = <T>(rows: readonly T[], key: (row: T) => string): Record<string, T> =>
  Object.fromEntries(rows.map((row) => [key(row), row]));

export const orderId = (number: number): string => `ROUTER-${String(number).padStart(8, "0")}`;
