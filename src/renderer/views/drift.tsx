/** Drift review: each difference between our records and the broker's, a decision for each, and the resume of a halt. */
import { useMemo } from "react";
import type { ReactNode } from "react";
import type { DriftItem, DriftView } from "../../shared/contract/views.ts";
import { Grid } from "../components/grid.tsx";
import type { Column } from "../components/grid.tsx";
import { Empty, Loading, Panel } from "../components/panel.tsx";
import { Split } from "../components/split.tsx";
import { Status } from "../components/status.tsx";
import { ExportButton } from "../actions/tools.tsx";
import { Readable, Time } from "../components/values.tsx";
import { ABSENT, compareAmounts, formatNumber, plural, words } from "../lib/format.ts";
import { askResume } from "../actions/session-actions.ts";
import { LEVEL_LOOKS, SESSION_LOOKS, STRATEGY_LOOKS } from "../lib/status.ts";
import { readableSentence } from "../../shared/text/sentence-text.ts";
import { ask, useStream } from "../stores/live.ts";
import { explain, question } from "../stores/ui.ts";
import { NoSession, useOpen } from "./sessions/no-session.tsx";

const sideText = (side: string | null): string => (side === null ? ABSENT : readableSentence(side));

/** What is given to no strategy. The host takes an absent name for it. */
const UNATTRIBUTED = "";

function decide(item: DriftItem, action: "adopt" | "dismiss", strategies: readonly string[]): void {
  const adopt = action === "adopt";
  question({
    title: adopt ? `Adopt ${item.id}?` : `Dismiss ${item.id}?`,
    text: adopt
      ? "The broker's record is booked to the strategy you choose. The journal records who decided and why."
      : "The books stay unchanged. The journal records who dismissed the item and why.",
    evidence: {
      columns: ["Drift item", "Ours", "The broker's"],
      rows: [[words(item.kind), sideText(item.ours), sideText(item.theirs)]],
    },
    ...(adopt
      ? {
          choice: {
            label: "Book it to",
            options: [
              { value: UNATTRIBUTED, label: "unattributed" },
              ...strategies.map((name) => ({ value: name, label: name })),
            ],
          },
        }
      : {}),
    verb: adopt ? "Adopt 1 item" : "Dismiss 1 item",
    cancel: "Cancel",
    danger: false,
    note: "required",
    run: async ({ operator, note, choice }) => {
      const strategy = adopt && choice !== UNATTRIBUTED ? { strategy: choice } : {};
      const answer = await ask("drift.review", { item: item.id, action, operator, note, ...strategy });
      return answer.ok ? null : answer.error;
    },
  });
}

function Decision({ item }: { readonly item: DriftItem }): ReactNode {
  const { review } = item;
  if (review === null) return null;
  const done = review.action === "adopt" ? `Adopted to ${review.strategy ?? "unattributed"}` : "Dismissed";
  return (
    <p className="text">
      {done} by <b className="strong">{review.operator}</b>, <Time at={review.at} />: “{review.note}”
    </p>
  );
}

function Item({ item, strategies }: { readonly item: DriftItem; readonly strategies: readonly string[] }): ReactNode {
  const open = item.review === null;
  const evidence = Object.entries(item.evidence).filter(([, value]) => value !== null);
  return (
    <li className={open ? "drift-item" : "drift-item done"} data-testid="drift-item">
      <div>
        <Status
          look={open ? LEVEL_LOOKS.critical : STRATEGY_LOOKS.waiting}
          word={`${words(item.kind)}${open ? "" : ", resolved"}`}
        />{" "}
        <span className="mono quiet">{item.id}</span>
        <p className="text">{readableSentence(item.text)}</p>
        <p className="quiet">
          <Time at={item.at} full zoned />
        </p>
        <Decision item={item} />
      </div>
      <dl className="sides">
        <dt>Ours</dt>
        <dd>{sideText(item.ours)}</dd>
        <dt>The broker's</dt>
        <dd>{sideText(item.theirs)}</dd>
        {evidence.slice(0, 8).map(([name, value]) => (
          <div key={name} style={{ display: "contents" }}>
            <dt>{words(name)}</dt>
            <dd className="mono">
              <Readable text={String(value)} />
            </dd>
          </div>
        ))}
      </dl>
      <div className="buttons">
        <button type="button" className="button plain" onClick={() => explain(item.id)}>
          Why
        </button>
        {open ? (
          <>
            <button
              type="button"
              className="button"
              data-testid="drift-dismiss"
              onClick={() => decide(item, "dismiss", strategies)}
            >
              Dismiss…
            </button>
            <button
              type="button"
              className="button primary"
              data-testid="drift-adopt"
              onClick={() => decide(item, "adopt", strategies)}
            >
              Adopt…
            </button>
          </>
        ) : null}
      </div>
    </li>
  );
}

function Gate({ view }: { readonly view: DriftView }): ReactNode {
  if (!view.halted)
    return (
      <div className="halt-card">
        <Status look={STRATEGY_LOOKS.waiting} word="Not halted" />
        <p>
          Strategies may send orders. A fill, position or order on which our records and the broker's differ halts the
          session.
        </p>
      </div>
    );
  return (
    <div className="halt-card shut">
      <Status look={SESSION_LOOKS.halted} />
      <p className="spacer text">
        {view.open > 0
          ? `Decide ${plural(view.open, "open item")} below; then you can resume.`
          : "All drift items are resolved. Resume when you are ready."}
      </p>
      <button
        type="button"
        className="button large"
        data-testid="resume-session"
        disabled={view.open > 0}
        onClick={() => askResume(view)}
      >
        Resume…
      </button>
    </div>
  );
}

type Position = DriftView["positions"][string];

const POSITIONS: readonly Column<Position>[] = [
  { id: "symbol", header: "Symbol", value: (row) => row.symbol, flex: 1, width: 84 },
  {
    id: "ours",
    header: "Ours",
    value: (row) => row.ours,
    compare: (a, b) => compareAmounts(a.ours, b.ours),
    cell: (row) => formatNumber(row.ours, { signed: true }),
    right: true,
    flex: 1,
    width: 84,
  },
  {
    id: "broker",
    header: "The broker's",
    value: (row) => row.broker,
    compare: (a, b) => compareAmounts(a.broker, b.broker),
    cell: (row) => formatNumber(row.broker, { signed: true }),
    right: true,
    flex: 1,
    width: 94,
  },
  {
    id: "differs",
    header: "Compared",
    value: (row) => (row.differs ? 0 : 1),
    cell: (row) =>
      row.differs ? (
        <Status look={LEVEL_LOOKS.critical} word="Differs" />
      ) : (
        <span className="quiet">{row.broker === null ? ABSENT : "equal"}</span>
      ),
    width: 120,
    sort: "asc",
  },
];

const positionId = (row: Position): string => row.symbol;

function Resumes({ view }: { readonly view: DriftView }): ReactNode {
  return (
    <table className="plain">
      <thead>
        <tr>
          <th scope="col">When</th>
          <th scope="col">Who</th>
          <th scope="col">Why</th>
        </tr>
      </thead>
      <tbody>
        {view.resumes.toReversed().map((resume) => (
          <tr key={`${resume.at}-${resume.operator}`}>
            <td>
              <Time at={resume.at} />
            </td>
            <td>{resume.operator}</td>
            <td>{resume.note}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** The newest of what the broker reported and the books took: what the records agree on. */
function Reconciled(): ReactNode {
  const orders = useStream("orders");
  const fills = Object.values(orders?.fills ?? {});
  const newest = fills.toSorted((a, b) => b.seq - a.seq)[0];
  const duplicates = fills.filter(({ verdict }) => verdict === "duplicate").length;
  return (
    <section className="halt-card" aria-label="Last reconciliation" data-testid="last-reconciliation">
      <Status look={STRATEGY_LOOKS.waiting} word="No drift" />
      <p className="text">
        {newest === undefined ? (
          "The broker has reported no fill yet. Each report is compared with our records as it arrives."
        ) : (
          <>
            Last reconciled <Time at={newest.at} full zoned />: fill <span className="mono">{newest.fillId}</span>
            {newest.orderId === null ? "" : " of "}
            {newest.orderId === null ? null : (
              <button type="button" className="name-link" onClick={() => explain(newest.orderId ?? "")}>
                <span className="mono">{newest.orderId}</span>
              </button>
            )}
            {duplicates === 0 ? "." : ` · ${plural(duplicates, "repeated report")} booked once.`}
          </>
        )}{" "}
        <span className="second">
          To rehearse a difference, choose “Practice an unknown fill” in the session's menu.
        </span>
      </p>
    </section>
  );
}

/** Positions on both sides, and who resumed. */
function Sides({ view }: { readonly view: DriftView }): ReactNode {
  const positions = useMemo(() => Object.values(view.positions), [view.positions]);
  const held = (
    <Panel
      title="Positions"
      subtitle={view.halted ? "our records and the broker's" : "the broker's side is read while the session is halted"}
      actions={<PositionsExport rows={positions} />}
      grow
    >
      <Grid
        id="drift-positions"
        label="Positions, ours and the broker's"
        columns={POSITIONS}
        rows={positions}
        rowId={positionId}
        empty={<Empty title="No positions">A position is listed with its first fill.</Empty>}
      />
    </Panel>
  );
  if (view.resumes.length === 0) return held;
  return (
    <Split id="drift-columns" direction="horizontal" sizes={[55, 45]}>
      {held}
      <Panel title="Resumes" subtitle="operator, time and note">
        <div style={{ height: "100%", overflow: "auto" }}>
          <Resumes view={view} />
        </div>
      </Panel>
    </Split>
  );
}

export function Drift(): ReactNode {
  const view = useStream("drift");
  const there = useOpen();
  const items = useMemo(
    () =>
      Object.values(view?.items ?? {}).toSorted(
        (a, b) => Number(a.review !== null) - Number(b.review !== null) || b.at - a.at,
      ),
    [view?.items],
  );
  if (!there) return <NoSession what="what differs from the broker" />;
  if (view === null) return <Loading what="the drift review" />;
  return (
    <>
      <Gate view={view} />
      {items.length === 0 ? (
        <>
          <Reconciled />
          <Sides view={view} />
        </>
      ) : (
        <Split id="drift-rows" direction="vertical" sizes={[60, 40]}>
          <Panel
            title="Drift items"
            subtitle={`${view.open} open of ${items.length}`}
            actions={<ExportButton what="drift" />}
          >
            <ul className="drift-items">
              {items.map((item) => (
                <Item key={item.id} item={item} strategies={view.strategies} />
              ))}
            </ul>
          </Panel>
          <Sides view={view} />
        </Split>
      )}
    </>
  );
}

function PositionsExport({ rows }: { readonly rows: readonly Position[] }): ReactNode {
  return <ExportButton what={{ name: "positions", rows: () => rows.map((row) => ({ ...row })) }} />;
}
