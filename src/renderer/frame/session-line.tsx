/**
 * The line below the bar: the account and the counts at a glance, in every view.
 *
 * 1. Its height is fixed, and the first banner lies over it, so that one banner moves nothing.
 * 2. Figures have fixed slots; what does not fit drops out whole, the last first.
 */
import type { ReactNode } from "react";
import { Gain } from "../components/values.tsx";
import { formatCount, formatMoney, formatShare, plural } from "../lib/format.ts";
import { useSession, useStream } from "../stores/live.ts";

interface FigureProps {
  readonly label: string;
  readonly children: ReactNode;
}

function Figure({ label, children }: FigureProps): ReactNode {
  return (
    <span className="figure">
      <span className="quiet">{label}</span> <b>{children}</b>
    </span>
  );
}

/** Without a session: the desk that would start. The line is there, so that a banner moves nothing. */
function DeskLine(): ReactNode {
  const app = useStream("app");
  if (app === null) return null;
  const { desk, latest } = app;
  return (
    <section className="session-line" aria-label="Desk at a glance" data-testid="session-line">
      <Figure label="Desk">{desk.name}</Figure>
      <Figure label="Strategies">{formatCount(desk.strategies)}</Figure>
      <Figure label="Symbols">{formatCount(desk.symbols)}</Figure>
      {latest === null ? null : (
        <Figure label="Last session">
          {latest.id} <small>{latest.state}</small>
        </Figure>
      )}
    </section>
  );
}

export function SessionLine(): ReactNode {
  const session = useSession();
  if (session === null) return <DeskLine />;
  const { account, counts } = session;
  return (
    <section className="session-line" aria-label="Session at a glance" data-testid="session-line">
      <Figure label="Equity">
        {formatMoney(account.equity)} <small>{account.currency}</small>
      </Figure>
      <Figure label="PnL">
        <Gain value={account.pnl} />
      </Figure>
      <Figure label="Drawdown">{formatShare(account.drawdown)}</Figure>
      <Figure label="Open positions">{formatCount(counts.positions)}</Figure>
      <Figure label="Working orders">{formatCount(counts.inflight)}</Figure>
      <Figure label="Orders">{formatCount(counts.orders)}</Figure>
      <Figure label="Fills">{formatCount(counts.fills)}</Figure>
      <Figure label="Rejections">{formatCount(counts.rejections)}</Figure>
      {counts.late + counts.quarantined === 0 ? null : (
        <span className="figure tone-warning">
          {plural(counts.late + counts.quarantined, "strategy needs", "strategies need")} attention
        </span>
      )}
    </section>
  );
}
