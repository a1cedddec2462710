/** Narrows a long list to a strategy, a symbol, a state and a time; each choice says how many rows it has. */
import { useState } from "react";
import type { ReactNode } from "react";
import type { Output } from "../../shared/contract/contract.ts";
import { formatCount } from "../lib/format.ts";
import { ask } from "../stores/live.ts";
import type { ArchiveQuestion, ArchiveTable } from "../stores/archive.ts";

export const RANGES = {
  all: { label: "All times", length: null },
  minutes: { label: "Last 5 minutes", length: 300e6 },
  hour: { label: "Last hour", length: 3_600e6 },
  day: { label: "Last 24 hours", length: 86_400e6 },
} as const;

export interface Narrowing {
  /** Empty: any. */
  readonly strategy: string;
  readonly symbol: string;
  /** A state, a verdict or a cause. */
  readonly kind: string;
  readonly range: keyof typeof RANGES;
}

export const ANYTHING: Narrowing = { strategy: "", symbol: "", kind: "", range: "all" };

export const isNarrowed = ({ strategy, symbol, kind, range }: Narrowing): boolean =>
  strategy !== "" || symbol !== "" || kind !== "" || range !== "all";

const KINDS = { orders: "state", fills: "verdict", rejections: "cause" } as const;
const KIND_LABELS = { orders: "state", fills: "verdict", rejections: "cause" } as const;

/** What the archive is asked for a narrowing; `now` in microseconds. */
export function narrowed(
  table: ArchiveTable,
  narrowing: Narrowing,
  now: number,
): Pick<ArchiveQuestion, "where" | "from" | "to"> {
  const { strategy, symbol, kind, range } = narrowing;
  const { length } = RANGES[range];
  return {
    where: {
      ...(strategy === "" ? {} : { strategy: [strategy] }),
      ...(symbol === "" ? {} : { symbol: [symbol] }),
      ...(kind === "" ? {} : { [KINDS[table]]: [kind] }),
    },
    // In steps, so that the question stays the same from one moment to the next.
    from: length === null ? null : Math.floor((now - length) / 1e7) * 1e7,
    to: null,
  };
}

interface NarrowProps {
  readonly table: ArchiveTable;
  readonly value: Narrowing;
  readonly words: string;
  readonly now: number;
  readonly kindWord: (kind: string) => string;
  readonly onChange: (value: Narrowing) => void;
}

export function Narrow({ table, value, words, now, kindWord, onChange }: NarrowProps): ReactNode {
  const [facets, setFacets] = useState<Output<"archive.facets"> | null>(null);
  // Each list says what there is under everything else that is chosen.
  const look = async (own: "strategy" | "symbol" | "kind"): Promise<void> => {
    const question = { table, words, ...narrowed(table, { ...value, [own]: "" }, now) };
    const answer = await ask("archive.facets", question);
    if (answer.ok) setFacets(answer.value);
  };
  const list = (own: "strategy" | "symbol" | "kind", label: string, word: (name: string) => string): ReactNode => {
    const chosen = value[own];
    const options = facets?.[own] ?? [];
    const shown =
      options.some(({ name }) => name === chosen) || chosen === "" ? options : [{ name: chosen, count: 0 }, ...options];
    return (
      <label className="field small">
        <span className="hidden-text">{label}</span>
        <select
          value={chosen}
          data-testid={`narrow-${own}`}
          aria-label={label}
          onFocus={() => void look(own)}
          onChange={(event) => onChange({ ...value, [own]: event.target.value })}
        >
          <option value="">{`Any ${label.toLowerCase()}`}</option>
          {shown.map(({ name, count }) => (
            <option key={name} value={name}>
              {count === 0 ? word(name) : `${word(name)} (${formatCount(count)})`}
            </option>
          ))}
        </select>
      </label>
    );
  };
  const same = (name: string): string => name;
  return (
    <div className="narrow" role="group" aria-label="Narrow the list">
      {list("strategy", "Strategy", same)}
      {list("symbol", "Symbol", same)}
      {list("kind", `${KIND_LABELS[table].slice(0, 1).toUpperCase()}${KIND_LABELS[table].slice(1)}`, kindWord)}
      <label className="field small">
        <span className="hidden-text">Time</span>
        <select
          value={value.range}
          aria-label="Time"
          data-testid="narrow-range"
          onChange={(event) => onChange({ ...value, range: event.target.value as Narrowing["range"] })}
        >
          {Object.entries(RANGES).map(([name, { label }]) => (
            <option key={name} value={name}>
              {label}
            </option>
          ))}
        </select>
      </label>
      {isNarrowed(value) ? (
        <button type="button" className="button plain" onClick={() => onChange(ANYTHING)}>
          Clear
        </button>
      ) : null}
    </div>
  );
}
