/** The tiles: one number, what it stands on, its limit, its age. */
import { memo } from "react";
import type { ReactNode } from "react";
import type { Tile as TileValue } from "../../shared/contract/views.ts";
import { ABSENT, CONFIDENT_SAMPLES, formatCount } from "../lib/format.ts";
import { TILE_LOOKS } from "../lib/status.ts";
import { Term } from "./term.tsx";
import { Shape } from "./status.tsx";
import { Age } from "./values.tsx";

/** A line of the newest values, without axes: it shows a direction and no number. */
export const Spark = memo(function Spark({
  values,
  tone,
}: {
  readonly values: readonly number[];
  readonly tone: string;
}) {
  if (values.length < 2) return null;
  const low = Math.min(...values);
  const span = Math.max(...values) - low || 1;
  const step = 100 / (values.length - 1);
  const path = values
    .map(
      (value, index) =>
        `${index === 0 ? "M" : "L"}${(index * step).toFixed(2)} ${(27 - ((value - low) / span) * 26).toFixed(2)}`,
    )
    .join("");
  return (
    <svg className={`spark ${tone}`} viewBox="0 0 100 28" preserveAspectRatio="none" aria-hidden="true">
      <path d={path} />
    </svg>
  );
});

interface SloTileProps {
  readonly label: string;
  readonly testId: string;
  readonly tile: TileValue;
  readonly value: string;
  readonly unit: string;
  readonly limit: string;
  /** Said at the foot before the samples. */
  readonly detail?: string;
  /** True where the value is a percentile, which needs samples to be trusted. */
  readonly percentile?: boolean;
}

/** A service-level tile. Without samples it shows a dash, never 0. */
export function SloTile({
  label,
  testId,
  tile,
  value,
  unit,
  limit,
  detail,
  percentile = false,
}: SloTileProps): ReactNode {
  const look = TILE_LOOKS[tile.state];
  const attention = tile.state === "warning" || tile.state === "critical";
  const unsure = percentile && tile.n > 0 && tile.n < CONFIDENT_SAMPLES;
  return (
    <article
      className="tile"
      data-testid={testId}
      aria-label={`${label}: ${value} ${unit}, ${look.word.toLowerCase()}`}
    >
      <div className="label">
        <Shape name={look.shape} />
        <Term label={label} focus />
        {attention ? <span className={`clip tone-${look.tone}`}>{look.word}</span> : null}
        <Spark values={tile.spark} tone={tile.state} />
      </div>
      <div className="value">
        {value}
        {value === ABSENT ? null : <small>{unit}</small>}
        {unsure ? <small className="tone-warning">low confidence</small> : null}
      </div>
      <div className="foot" title={`${tile.detail} · ${tile.windowText} · n ${formatCount(tile.n)}`}>
        {tile.n === 0 ? (
          <span>no samples yet</span>
        ) : (
          <>
            <span>limit {limit}</span>
            <span>n {formatCount(tile.n)}</span>
            <span>{tile.windowText}</span>
            {detail === undefined ? null : <span>{detail}</span>}
          </>
        )}
        {tile.updatedAt === null ? null : (
          <span>
            <Age at={tile.updatedAt} suffix=" ago" />
          </span>
        )}
      </div>
    </article>
  );
}

interface PlainTileProps {
  readonly label: ReactNode;
  readonly value: ReactNode;
  readonly unit?: ReactNode;
  /** From what matters most; where there is no room, the last ones are left out. */
  readonly foot: readonly ReactNode[];
  /** The whole foot in words. */
  readonly hint?: string;
  readonly mono?: boolean;
}

export function PlainTile({ label, value, unit, foot, hint, mono = false }: PlainTileProps): ReactNode {
  return (
    <article className="tile">
      <div className="label">{typeof label === "string" ? <Term label={label} focus /> : label}</div>
      <div className={mono ? "value mono" : "value"}>
        {value}
        {unit === undefined ? null : <small>{unit}</small>}
      </div>
      <div className="foot" title={hint}>
        {foot.map((part, index) => (
          <span key={index}>{part}</span>
        ))}
      </div>
    </article>
  );
}
