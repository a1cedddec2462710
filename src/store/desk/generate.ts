/**
 * Desks that the program makes itself: for files without a desk, and in any size.
 *
 * 1. A made desk is written as a desk file and read by the same rules, so it can hold nothing that a person's could not.
 * 2. The same options make the same desk.
 */
import { stringify } from "yaml";
import { CodedError } from "../../shared/errors.ts";
import type { Desk } from "../../shared/desk.ts";
import { formatDuration, MINUTE, SECOND } from "../../shared/time.ts";
import type { Duration } from "../../shared/time.ts";
import { sameDollar } from "../../shared/currency.ts";
import { fxLine, isConvertible } from "./sections/instruments.ts";
import type { BarsFeed } from "./sections/reading.ts";
import { resolveDesk, type DeskSources, type ResolvedDesk } from "./resolve.ts";
import { STRATEGIES_MAX } from "./sections/strategies.ts";

type Outside = Pick<DeskSources, "builtIns" | "env" | "flags">;
type Plain = Readonly<Record<string, unknown>>;

function made(name: string, desk: Plain, sources: Outside & { readonly bars?: BarsFeed }): ResolvedDesk {
  const text = stringify(desk, { aliasDuplicateObjects: false, lineWidth: 0 });
  return resolveDesk({ ...sources, text, fileName: `${name} (made by the program)`, source: name, generated: true });
}

const NAME_MAX = 60;

/** A symbol as part of a strategy's name. */
function wordOf(symbol: string): string {
  return symbol.replaceAll(/[^A-Za-z0-9._-]+/g, "-").slice(0, NAME_MAX) || "symbol";
}

export interface BarsDeskOptions extends Outside, BarsFeed {
  /** The files' bar interval; a minute when absent. */
  readonly barInterval?: Duration;
}

/**
 * The desk for market data without a desk file: the four built-in strategies on each symbol, `pairs` on each two neighbours, so
 * on none when there is one symbol. Throws `too_large` for more symbols than strategies may be.
 */
export function resolveBarsDesk(options: BarsDeskOptions): ResolvedDesk {
  const { builtIns, env, flags, barInterval = MINUTE, ...bars } = options;
  const names = bars.symbols.map((meta) => meta.symbol);
  if (names.length * 4 > STRATEGIES_MAX)
    throw new CodedError(
      "too_large",
      `The files hold ${names.length} symbols; without a desk file at most ${STRATEGIES_MAX / 4} are run. ` +
        "Write a desk file that names the ones to trade.",
      { symbols: names.length, max: STRATEGIES_MAX / 4 },
    );
  const used = new Set<string>();
  const unique = (name: string): string => {
    let result = name;
    for (let count = 2; used.has(result); count += 1) result = `${name}-${count}`;
    used.add(result);
    return result;
  };
  const cadence = formatDuration(barInterval);
  const common = {
    cadence,
    timeBudget: formatDuration(barInterval < 5 * SECOND ? barInterval : (5_000_000 as Duration)),
    anchor: "slot",
  };
  const single = ["mean_reversion", "momentum", "carry"];
  const strategies: Plain[] = [];
  for (const [index, symbol] of names.entries()) {
    for (const module of single)
      strategies.push({
        name: unique(`${module}-${wordOf(symbol)}`),
        module,
        symbols: [symbol],
        ...common,
        group: module,
      });
    const next = names[index + 1];
    if (next === undefined) continue;
    const name = unique(`pairs-${wordOf(symbol).slice(0, 30)}-${wordOf(next).slice(0, 30)}`);
    strategies.push({ name, module: "pairs", symbols: [symbol, next], ...common, group: "pairs" });
  }
  const currency = currencyOfAll(bars.symbols);
  const desk = { name: "bars", broker: { currency }, strategies };
  return made("bars", desk, {
    builtIns,
    bars,
    ...(env === undefined ? {} : { env }),
    ...(flags === undefined ? {} : { flags }),
  });
}

/** The one currency of some instruments. Throws `desk_invalid` with what to write where there are several. */
function currencyOfAll(symbols: BarsFeed["symbols"]): string {
  const byCurrency = new Map(symbols.map(({ symbol, currency }) => [currency, symbol]));
  const [first = "USD", ...others] = byCurrency.keys();
  if (others.length === 0) return first;
  if (others.every((currency) => sameDollar(first, currency))) return "USD";
  const listed = [...byCurrency].map(([currency, symbol]) => `${symbol} in ${currency}`).join(", ");
  const account = byCurrency.has("USD") ? "USD" : first;
  const rates = [...byCurrency.keys()].filter((currency) => !isConvertible(currency, account, {}));
  const lines = rates.map((currency) => fxLine(currency, account).slice("fx: { ".length, -2));
  throw new CodedError(
    "desk_invalid",
    `The files are priced in several currencies (${listed}), and money in different currencies is not added up. Run files of one ` +
      `currency, or write a desk file with "broker: { currency: ${account} }" and "fx: { ${lines.join(", ")} }".`,
    { rule: "currency", currencies: [...byCurrency.keys()] },
  );
}

/** As `resolveBarsDesk`, the desk alone. */
export function barsDesk(options: BarsDeskOptions): Desk {
  return resolveBarsDesk(options).desk;
}

export interface ScaledDeskOptions extends Outside {
  readonly strategies: number;
  readonly symbols: number;
  readonly seed?: string;
  readonly barInterval?: Duration;
  readonly markInterval?: Duration;
  /** Of every strategy; spread from 5 to 60 seconds when absent. */
  readonly cadence?: Duration;
  readonly speed?: 1 | 10 | 60 | "max";
}

const CADENCES = ["5s", "10s", "15s", "20s", "30s", "60s"];

/** A desk of any size on its own market: `{ strategies: 200, symbols: 50 }`. At most 5,000 strategies on 2,000 symbols. */
export function scaledDesk(options: ScaledDeskOptions): Desk {
  const { builtIns, env, flags } = options;
  const names = Array.from({ length: options.symbols }, (_, index) => `SYM${String(index).padStart(3, "0")}`);
  const symbols = names.map((symbol, index) => ({
    symbol,
    assetClass: ["equity", "etf", "crypto"][index % 3],
    pricePrecision: 2,
    lotSize: index % 3 === 2 ? "0.001" : "1",
    startPrice: 20 + ((index * 37) % 400),
    volatility: 0.15 + ((index * 7) % 50) / 100,
    volume: 20_000 + ((index * 971) % 80_000),
  }));
  const modules = ["mean_reversion", "momentum", "carry", "pairs"];
  const strategies = Array.from({ length: options.strategies }, (_, index) => {
    const wanted = modules[index % modules.length] as string;
    const module = wanted === "pairs" && names.length < 2 ? "momentum" : wanted;
    const first = names[index % names.length] as string;
    const second = names[(index + 1) % names.length] as string;
    const cadence = options.cadence === undefined ? CADENCES[index % CADENCES.length] : formatDuration(options.cadence);
    return {
      name: `${String(index).padStart(4, "0")}-${module}`,
      module,
      symbols: module === "pairs" ? [first, second] : [first],
      cadence,
      group: module,
    };
  });
  const desk = {
    name: "scaled",
    seed: options.seed ?? "scaled",
    broker: { cash: "100000000" },
    feed: {
      kind: "synthetic",
      barInterval: formatDuration(options.barInterval ?? MINUTE),
      markInterval: formatDuration(options.markInterval ?? (5_000_000 as Duration)),
      symbols,
    },
    clock: { kind: "virtual", speed: options.speed ?? "max" },
    max_inflight: 10_000,
    strategies,
  };
  return made("scaled", desk, {
    builtIns,
    ...(env === undefined ? {} : { env }),
    ...(flags === undefined ? {} : { flags }),
  }).desk;
}
