/** A desk that is left with a position too small for the venue to close: what a flatten cannot close is shown by it. */

/** Buys 10 and sells 7 of them: the 3 that are left are worth less than the venue's smallest order. */
const REMAINDER = `let run = 0;
export default { defaults: {}, parameters: {}, onTick: () => {
  run += 1;
  const quantity = { 1: 10, 3: -7 }[run];
  return quantity === undefined ? [] : [{ symbol: "ABC", quantity, because: { text: "a remainder", values: {} } }];
} };
`;
const DESK = `name: remainder
clock: { kind: virtual, speed: 10 }
feed:
  kind: synthetic
  symbols:
    - { symbol: ABC, startPrice: 100, assetClass: equity, volatility: 0.01, volume: 90000, pricePrecision: 2, minNotional: 600 }
strategies:
  - { name: remainder, module: remainder.mjs, symbols: [ABC], cadence: 30s }
`;

/** The workspace's files. */
export const REMAINDER_FILES = { "desk.yaml": DESK, "strategies/remainder.mjs": REMAINDER };
