/**
 * Checks that every currency of a desk's instruments has a rate to the account's, before anything is started.
 *
 * 1. Without a rate the desk is refused, with the line to write and the place for it.
 * 2. A coin that is pegged to the dollar counts as one unless the desk says otherwise; the completed desk holds that as a rate of its own.
 */
import { rateRuleOf, sameDollar } from "../../shared/currency.ts";
import type { Desk } from "../../shared/desk.ts";
import { CodedError } from "../../shared/errors.ts";
import type { SymbolMeta } from "../../shared/market.ts";
import { fxLine } from "../../store/index.ts";
import { pairOf } from "../symbols/known.ts";
import { placeIn } from "./place.ts";

type Rates = Pick<Desk, "source" | "broker" | "fx">;

function refuse(desk: Rates, rule: string, sentence: string, detail: Readonly<Record<string, string>>): never {
  const { file, line } = placeIn(desk.source, "fx:", "broker:");
  const place = line === null ? file : `${file}, line ${line}`;
  throw new CodedError("desk_invalid", `${place}: ${sentence}`, { file, line, rule, ...detail });
}

/** Throws where a rate's symbol is not in the feed, or its price is in a currency that gives no rate to the account's. */
function checkRule(desk: Rates, metas: ReadonlyMap<string, SymbolMeta>, code: string, text: string): void {
  const rule = rateRuleOf(text);
  const account = desk.broker.currency;
  if (rule === null)
    refuse(desk, "fx", `fx.${code} is "${text}"; write a symbol of the feed, 1/ and one, or a rate above 0.`, {
      currency: code,
    });
  if (rule.kind === "fixed") return;
  const meta = metas.get(rule.symbol);
  if (meta === undefined)
    refuse(
      desk,
      "fx_symbol",
      `fx.${code} names ${rule.symbol}, which the feed does not have; add its file to the feed, or write a fixed rate such as ` +
        `fx: { ${code}: 1.27 }.`,
      { currency: code, symbol: rule.symbol },
    );
  const wanted = rule.kind === "price" ? account : code;
  const pair = pairOf(rule.symbol);
  const base = rule.kind === "price" ? code : account;
  const fits = sameMoney(meta.currency, wanted) && (pair === null || sameMoney(pair.base, base));
  if (fits) return;
  const right = fxLine(code, account);
  refuse(
    desk,
    "fx_symbol",
    `fx.${code} is ${text}, and the price of ${rule.symbol} is in ${meta.currency}, so it does not say what one ${code} is worth in ` +
      `${account}; write for example ${right}.`,
    { currency: code, symbol: rule.symbol },
  );
}

const sameMoney = (one: string, other: string): boolean => one === other || sameDollar(one, other);

function refuseLacking(desk: Rates, fx: Readonly<Record<string, string>>, lacking: readonly SymbolMeta[]): never {
  const account = desk.broker.currency;
  const named = lacking.map(
    ({ symbol, currency, origins }) =>
      `${symbol} is priced in ${currency}${origins?.["currency"] === "guess" ? " (guessed from its name)" : ""}`,
  );
  const written = Object.entries(desk.fx ?? {}).map(([code, text]) => `${code}: ${text}`);
  const missing = lacking.map(({ currency }) => fxLine(currency, account).slice("fx: { ".length, -2));
  const only = lacking.length === 1 && Object.keys(fx).length === 0 ? (lacking[0]?.currency ?? account) : null;
  const other = only === null ? "" : `, or broker: { currency: ${only} }`;
  refuse(
    desk,
    "currency",
    `${named.join(", ")}, and the account is in ${account}; there are no exchange rates, and money in different currencies is never ` +
      `added. Write fx: { ${[...written, ...missing].join(", ")} } with symbols of the feed or fixed rates${other}.`,
    { symbol: lacking[0]?.symbol ?? "", currency: lacking[0]?.currency ?? "" },
  );
}

/** The rates of a desk with those that are assumed. Absent where the account's currency is the only one. Throws `desk_invalid`. */
export function completeRates(desk: Rates, symbols: readonly SymbolMeta[]): Desk["fx"] {
  const account = desk.broker.currency;
  const metas = new Map(symbols.map((meta) => [meta.symbol, meta]));
  const fx: Record<string, string> = { ...desk.fx };
  for (const [code, text] of Object.entries(fx)) checkRule(desk, metas, code, text);
  const lacking = new Map<string, SymbolMeta>();
  for (const meta of symbols) {
    const { currency } = meta;
    if (currency === account || Object.hasOwn(fx, currency)) continue;
    if (sameDollar(currency, account)) fx[currency] = "1";
    else if (!lacking.has(currency)) lacking.set(currency, meta);
  }
  if (lacking.size > 0) refuseLacking(desk, fx, [...lacking.values()]);
  return Object.keys(fx).length === 0 ? undefined : fx;
}
