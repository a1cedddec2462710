/**
 * Instruments whose prices may be zero or below: futures of energy, and spreads of rates and power.
 *
 * 1. Everything else with such a price is a fault of the file.
 */

const ROOTS =
  "CL|MCL|QM|BZ|BRN|B|WTI|NG|QG|HH|HO|RB|GAS|HP|T|WBS|TTF|NBP|USOIL|UKOIL|XTIUSD|XBRUSD|WTICOUSD|BCOUSD|NATGAS";
const ENERGY = new RegExp(
  `^/?(?:${ROOTS})(?:1!|2!|=F|[-_. ]?(?:[FGHJKMNQUVXZ]\\d{1,4}|\\d{2}-\\d{2}|\\d{4,8}|C\\d|CC|CONT|FUT))?$`,
  "i",
);
const PLAIN = new Set(["B", "T", "GAS", "HP", "NG"]);

/** Whether a price of the symbol may be zero or negative. Tickers that are also those of shares count only as contracts. */
export function allowsNegativePrices(symbol: string): boolean {
  return ENERGY.test(symbol) && (!PLAIN.has(symbol.toUpperCase()) || symbol.toUpperCase() === "NG");
}
