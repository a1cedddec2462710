/**
 * `logos instruments`: what each symbol of a desk is, field by field, with where each field came from.
 *
 * 1. It reads the desk and its data, and starts nothing.
 * 2. A field that was guessed is marked, because a wrong guess is a wrong profit.
 */
import { openDesk } from "../../../live/desk/index.ts";
import { openNewFeed, SYNTHETIC_START } from "../../../live/feed/factory.ts";
import { CodedError } from "../../../shared/errors.ts";
import type { InstrumentSource, SymbolMeta } from "../../../shared/market.ts";
import { workspaceAt } from "../../../store/index.ts";
import type { AddCommand } from "../../common/context.ts";

interface Row {
  readonly symbol: string;
  readonly field: string;
  readonly value: string;
  readonly from: InstrumentSource;
}

const FROM: Readonly<Record<InstrumentSource, string>> = {
  desk: "desk",
  workspace: "instruments.yaml",
  built_in: "built-in table",
  guess: "guessed",
};

/** Shown where an instrument has them. */
const FIELDS = [
  "assetClass",
  "currency",
  "multiplier",
  "tickSize",
  "lotSize",
  "minQuantity",
  "minNotional",
  "calendar",
  "feeBps",
  "allowNegativePrices",
  "adjusted",
] as const;

function rowsOf(meta: SymbolMeta): Row[] {
  return FIELDS.flatMap((field) => {
    const value = meta[field];
    if (value === undefined) return [];
    return [{ symbol: meta.symbol, field, value: String(value), from: meta.origins?.[field] ?? "desk" }];
  });
}

/** The symbols and the desk that the words name: a desk is a YAML file, or one that the program brings. */
function wordsOf(words: readonly string[]): { readonly symbols: readonly string[]; readonly file: string | undefined } {
  const last = words.at(-1);
  const isDesk = last !== undefined && (/\.ya?ml$/i.test(last) || last === "demo" || last === "busy");
  return isDesk ? { symbols: words.slice(0, -1), file: last } : { symbols: words, file: undefined };
}

export function addInstrumentsCommand(add: AddCommand): void {
  add<{ readonly bars?: readonly string[] }>(
    "instruments [words...]",
    "Print what each symbol is and where each field is from: desk, instruments.yaml, table or a guess. Words: [SYMBOL…] [DESK].",
    (command) => {
      command.option("--bars <files...>", "market data files, as for run");
    },
    "logos instruments ES desk.yaml",
    async ({ io, output, workspace: path }, { bars }, words) => {
      const { symbols, file } = wordsOf(words);
      const workspace = workspaceAt(path);
      const { desk } = await openDesk({ workspace, file, bars, env: io.environment, folder: io.folder });
      const { desk: complete, notes } = await openNewFeed(desk, SYNTHETIC_START, workspace);
      const { feed } = complete;
      const metas = feed.kind === "replay" ? Object.values(feed.symbols) : feed.symbols;
      for (const symbol of symbols)
        if (!metas.some((meta) => meta.symbol === symbol))
          throw new CodedError(
            "not_found",
            `The desk does not trade ${symbol}; its symbols: ${metas.map((meta) => meta.symbol).join(", ")}.`,
          );
      const rows = metas.filter(({ symbol }) => symbols.length === 0 || symbols.includes(symbol)).flatMap(rowsOf);
      if (output.json) output.value(rows);
      else
        output.table(rows, [
          { title: "symbol", of: (row) => row.symbol },
          { title: "field", of: (row) => row.field },
          { title: "value", of: (row) => row.value },
          { title: "from", of: (row) => FROM[row.from] },
        ]);
      for (const note of notes) output.message(`logos: ${note}`);
      return 0;
    },
  );
}
