/** The signals of the session rules' table, calculated from their formulas alone, at every bar, by sums written out. */
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const average = (values: readonly number[]): number => sum(values) / values.length;

/** A signal, and how near its deciding number is to the number at which it changes: too near is for neither side to say. */
export interface Naive {
  readonly signal: number;
  readonly margin: number;
}

const deviation = (values: readonly number[]): number =>
  Math.sqrt(average(values.map((value) => value * value)) - average(values) ** 2);

const band = (value: number, edge: number): Naive => ({
  signal: value <= -edge ? 1 : value >= edge ? -1 : 0,
  margin: Math.min(Math.abs(value - edge), Math.abs(value + edge)),
});

function z(values: readonly number[]): number {
  return ((values.at(-1) as number) - average(values)) / deviation(values);
}

export function meanReversion(closes: readonly number[], lookback: number, entry: number): Naive | null {
  if (closes.length < lookback) return null;
  return band(z(closes.slice(-lookback)), entry);
}

export function momentum(closes: readonly number[], fast: number, slow: number): Naive | null {
  if (closes.length < slow) return null;
  const difference = average(closes.slice(-fast)) - average(closes.slice(-slow));
  return { signal: Math.sign(difference), margin: Math.abs(difference) };
}

export function carry(closes: readonly number[], lookback: number, threshold: number): Naive | null {
  if (closes.length < 2 * lookback) return null;
  const changes: number[] = [];
  for (let ago = 0; ago < lookback; ago += 1) {
    const at = closes.length - 1 - ago;
    changes.push((closes[at] as number) / (closes[at - lookback] as number) - 1);
  }
  const { signal, margin } = band(-average(changes), threshold);
  return { signal, margin };
}

/** Walks the whole history: what is held follows from every bar before. */
export function pairs(
  a: readonly number[],
  b: readonly number[],
  settings: { readonly lookback: number; readonly entry: number; readonly exit: number; readonly ratio: number | null },
): (Naive | null)[] {
  let held = 0;
  return a.map((_, index) => {
    const { lookback, entry, exit } = settings;
    if (index + 1 < lookback) return null;
    const [windowA, windowB] = [a, b].map((closes) => closes.slice(index + 1 - lookback, index + 1)) as [
      number[],
      number[],
    ];
    const products = windowA.map((value, at) => value * (windowB[at] as number));
    const slope =
      (average(products) - average(windowA) * average(windowB)) /
      (average(windowB.map((value) => value ** 2)) - average(windowB) ** 2);
    const ratio = settings.ratio ?? slope;
    const spreads = windowA.map((value, at) => value - ratio * (windowB[at] as number));
    // Legs on one line leave nothing but rounding; neither side can say what its z is.
    if (!(deviation(spreads) > 1e-6 * average(windowA))) {
      held = 0;
      return { signal: 0, margin: 0 };
    }
    const score = z(spreads);
    if (score <= -entry) held = 1;
    else if (score >= entry) held = -1;
    else if (Math.abs(score) < exit) held = 0;
    const margin = Math.min(...[entry, exit].map((edge) => Math.abs(Math.abs(score) - edge)));
    return { signal: held, margin };
  });
}
