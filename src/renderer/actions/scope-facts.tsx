/** What a cancel, a flatten or a halt of a scope meets at the moment: its working orders, what waits, and its positions. */
import type { ReactNode } from "react";
import { formatCount, formatNumber, plural } from "../lib/format.ts";
import { insideScope, type WholeOrPart } from "./scopes.ts";
import { useSession, useStream } from "../stores/live.ts";
import { Gain } from "../components/values.tsx";

/** Positions that are listed; the rest are counted. */
const LISTED = 6;

interface FactsProps {
  readonly scope: WholeOrPart;
  /** Lists the positions, where they are to be closed. */
  readonly positions: boolean;
}

export function ScopeFacts({ scope, positions }: FactsProps): ReactNode {
  const session = useSession();
  const router = useStream("router");
  const held = useStream("positions");
  if (session === null || router === null || held === null) return <p className="quiet">Counting orders…</p>;
  const within = insideScope(session.groups, scope);
  const working =
    scope.kind === "all"
      ? router.inflightCount
      : Object.values(router.inflight).filter((order) => within(order)).length;
  const waiting = Object.values(router.queued)
    .flatMap(({ strategy, orders }) => orders.map(({ symbol }) => ({ strategy, symbol })))
    .filter(within).length;
  const open = Object.values(held.rows).filter(
    ({ owner, symbol, quantity }) => quantity !== "0" && within({ strategy: owner, symbol }),
  );
  return (
    <div className="scope-facts" data-testid="scope-facts">
      <dl>
        <div>
          <dt>Working orders</dt>
          <dd data-testid="facts-orders">{formatCount(working)}</dd>
        </div>
        <div>
          <dt>Waiting in a queue</dt>
          <dd>{formatCount(waiting)}</dd>
        </div>
        <div>
          <dt>Open positions</dt>
          <dd data-testid="facts-positions">{formatCount(open.length)}</dd>
        </div>
      </dl>
      {positions && open.length > 0 ? (
        <table className="plain">
          <thead>
            <tr>
              <th scope="col">Symbol</th>
              <th scope="col">Owner</th>
              <th scope="col" className="right">
                To close
              </th>
              <th scope="col" className="right">
                Unrealized
              </th>
            </tr>
          </thead>
          <tbody>
            {open.slice(0, LISTED).map((row) => (
              <tr key={`${row.owner}/${row.symbol}`}>
                <td>{row.symbol}</td>
                <td>{row.owner}</td>
                <td className="right">{formatNumber(row.quantity, { places: row.quantityPrecision, signed: true })}</td>
                <td className="right">
                  <Gain value={row.unrealized} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : null}
      {positions && open.length > LISTED ? (
        <p className="quiet">and {plural(open.length - LISTED, "more position")}</p>
      ) : null}
    </div>
  );
}
