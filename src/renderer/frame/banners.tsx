/** What everyone must see: a lost connection, a halt with its way out, a failure. And the notices in the corner. */
import { X } from "lucide-react";
import { useEffect } from "react";
import type { ReactNode } from "react";
import { readableSentence } from "../../shared/text/sentence-text.ts";
import type { FlattenView, OpenSession } from "../../shared/contract/views.ts";
import { Status } from "../components/status.tsx";
import { Gain } from "../components/values.tsx";
import { askResumePart } from "../actions/halt-actions.ts";
import { FLATTENING, haltSentence, LEVEL_LOOKS, partsSentence, SESSION_LOOKS } from "../lib/status.ts";
import { closeSession, reopenSession } from "../actions/session-actions.ts";
import { retry, useLive, useSession } from "../stores/live.ts";
import { dismissNotice, go, useUi } from "../stores/ui.ts";
import type { Notice } from "../stores/ui.ts";
import type { LinkState } from "../bridge/loopback.ts";
import { formatAxisTime, zoneName } from "../lib/time.ts";
import { usePrefs } from "../stores/prefs.ts";
import { formatCount, formatMoney, formatNumber, plural } from "../lib/format.ts";
import { guardName } from "../lib/guards.ts";
import { Reading } from "./reading.tsx";
import { askCancelAll, askFlatten } from "../actions/order-actions.ts";

/** A host that is there and sends nothing, with what to do if it stays so. */
function Silent(): ReactNode {
  const sinceMs = useLive((state) => state.unknownSinceMs);
  const zone = usePrefs((state) => state.zone);
  const at = sinceMs * 1_000;
  const since = `${formatAxisTime(at, zone, true)} ${zoneName(zone, at)}`;
  return (
    <div className="banner warning" role="status" data-testid="host-silent">
      <Status look={LEVEL_LOOKS.warning} word={`No response since ${since}`} />
      <p className="text second">
        The session&apos;s current state is unknown. Figures are from the last update; orders already sent may still
        fill.{" "}
        <span className="spare">
          If it stays so, end the console&apos;s process and start it again: nothing that was journaled is lost.
        </span>
      </p>
    </div>
  );
}

function Connection(): ReactNode {
  const connection = useLive((state) => state.connection);
  if (connection === "silent") return <Silent />;
  if (connection !== "lost") return null;
  return (
    <div className="banner warning" role="status" data-testid="connection-lost">
      <Status look={LEVEL_LOOKS.warning} word="Connection lost, reconnecting" />
      <p className="text second">
        The session's current state is unknown. Figures are from the last update; orders already sent may still fill.
      </p>
      <span className="spacer" />
      <button type="button" className="button" onClick={retry}>
        Try now
      </button>
    </div>
  );
}

/** What rests at the broker after a halt. */
function restText({ counts: { inflight, positions } }: OpenSession): string {
  if (inflight === 0 && positions === 0) return "No working orders and no open positions at the broker.";
  const orders = inflight === 0 ? "No working orders" : plural(inflight, "working order");
  const open = positions === 0 ? "no open positions" : plural(positions, "open position");
  return `${orders}, ${open}.`;
}

/** The ways out of what rests. */
function Ways({ session }: { readonly session: OpenSession }): ReactNode {
  const { inflight, positions } = session.counts;
  return (
    <>
      {inflight === 0 ? null : (
        <button type="button" className="button" data-testid="halt-cancel" onClick={() => askCancelAll()}>
          Cancel orders…
        </button>
      )}
      {positions === 0 ? null : (
        <button type="button" className="button" data-testid="halt-flatten" onClick={() => askFlatten()}>
          Flatten…
        </button>
      )}
    </>
  );
}

const KIND_WORDS = { true: "Flatten", false: "Close" } as const;

function scopeWords({ scope, owner }: FlattenView): string {
  const what = scope.kind === "all" ? "everything" : `${scope.kind} ${scope.name}`;
  return owner === null ? what : `${scope.name} of ${owner}`;
}

/** How far a flatten or a close is. */
function UnderWay({ flatten }: { readonly flatten: FlattenView }): ReactNode {
  const { closed, open, working, shutsGate, operator } = flatten;
  const total = closed + open;
  const cancels = working === 0 ? "" : ` · ${plural(working, "order")} still at the broker`;
  return (
    <div className="banner" role="status" data-testid="flatten-banner">
      <Status look={FLATTENING} word={`${KIND_WORDS[`${shutsGate}`]} under way`} />
      <p className="text">
        {scopeWords(flatten)}, by {operator}: {formatCount(closed)} of {plural(total, "position")} closed
        <span className="second">{cancels}</span>
      </p>
      <progress value={total === 0 ? 1 : closed} max={Math.max(1, total)} aria-label="Positions closed" />
    </div>
  );
}

/** Positions that are named in the banner; the rest are counted. */
const LEFT_NAMED = 4;

function LeftOpen({ flatten }: { readonly flatten: FlattenView }): ReactNode {
  const { left, open, shutsGate } = flatten;
  const named = left.slice(0, LEFT_NAMED).map(({ owner, symbol, quantity, reason }) => {
    const amount = formatNumber(quantity, { signed: true });
    return `${amount} ${symbol} of ${owner} (${guardName(reason).toLowerCase()})`;
  });
  const more = open > named.length ? `, and ${formatCount(open - named.length)} more` : "";
  return (
    <div className="banner warning" role="status" data-testid="flatten-left">
      <Status look={LEVEL_LOOKS.warning} word="Not closed" />
      <p className="text">
        {KIND_WORDS[`${shutsGate}`]} of {scopeWords(flatten)} left {plural(open, "position")} open: {named.join(", ")}
        {more}.
      </p>
      <span className="spacer" />
      <button type="button" className="button" onClick={() => go("positions")}>
        Positions
      </button>
      <button
        type="button"
        className="button"
        onClick={() => useUi.setState(({ seenFlattens }) => ({ seenFlattens: [...seenFlattens, flatten.flatten] }))}
      >
        Dismiss
      </button>
    </div>
  );
}

function Flattens(): ReactNode {
  const session = useSession();
  const seen = useUi((state) => state.seenFlattens);
  if (session === null) return null;
  return Object.values(session.flattens)
    .filter(({ ended, flatten }) => !ended || !seen.includes(flatten))
    .map((flatten) =>
      flatten.ended ? (
        <LeftOpen key={flatten.flatten} flatten={flatten} />
      ) : (
        <UnderWay key={flatten.flatten} flatten={flatten} />
      ),
    );
}

function Halt(): ReactNode {
  const session = useSession();
  const view = useUi((state) => state.view);
  if (session === null || session.state !== "halted") return null;
  const open = session.counts.driftOpen;
  const next = open > 0 ? `${plural(open, "drift item")} to decide before you can resume.` : "Resume when ready.";
  return (
    <div className="banner critical" role="alert" data-testid="halt-banner">
      <Status look={SESSION_LOOKS.halted} />
      <p className="text">
        {haltSentence(session.haltReasons)} <span className="second">{restText(session)}</span>{" "}
        <span className="second spare">{next}</span>
      </p>
      <span className="spacer" />
      <Ways session={session} />
      {view === "drift" ? null : (
        <button type="button" className="button danger" data-testid="halt-review" onClick={() => go("drift")}>
          {open > 0 ? "Open Drift review" : "Review and resume"}
        </button>
      )}
    </div>
  );
}

/** A halted part is shown in every view, with its way out. */
function HaltedParts(): ReactNode {
  const session = useSession();
  if (session === null || session.haltedScopes.length === 0) return null;
  const over = session.state === "stopped" || session.state === "failed";
  return (
    <div className="banner critical" role="status" data-testid="parts-banner">
      <Status look={SESSION_LOOKS.halted} word="Halted in part" />
      <p className="text">{partsSentence(session.haltedScopes)}</p>
      <span className="spacer" />
      {over ? null : (
        <button type="button" className="button danger" data-testid="resume-part" onClick={() => askResumePart()}>
          Resume…
        </button>
      )}
    </div>
  );
}

function Failure(): ReactNode {
  const session = useSession();
  if (session === null || session.failure === null) return null;
  const { failure, id } = session;
  return (
    <div className="banner critical" role="alert">
      <Status look={SESSION_LOOKS.failed} />
      <p className="text" title={failure.code}>
        {readableSentence(failure.message)}
      </p>
      <span className="spacer" />
      <button type="button" className="button" onClick={() => void reopenSession(id)}>
        Reopen
      </button>
    </div>
  );
}

/** A session that has ended says what came of it and what can be done next. */
function Ended(): ReactNode {
  const session = useSession();
  if (session === null || session.state !== "stopped") return null;
  const { summary, id } = session;
  return (
    <div className="banner" data-testid="ended-banner">
      <Status look={SESSION_LOOKS.stopped} />
      <p className="text">
        {summary === null ? (
          "The session has ended."
        ) : (
          <>
            Equity {formatMoney(summary.equityEnd)}, <Gain value={summary.pnl} /> · {plural(summary.runs, "run")} ·{" "}
            {plural(summary.orders, "order")} · {plural(summary.fills, "fill")}
          </>
        )}
      </p>
      <span className="spacer" />
      <button type="button" className="button" onClick={() => void reopenSession(id)}>
        Continue session
      </button>
      <button type="button" className="button" data-testid="close-session" onClick={() => void closeSession()}>
        Close
      </button>
    </div>
  );
}

export function Banners(): ReactNode {
  return (
    <>
      <Connection />
      <Reading />
      <Failure />
      <Ended />
      <Halt />
      <HaltedParts />
      <Flattens />
    </>
  );
}

const NOTICE_MS = 6_000;

function NoticeCard({ notice }: { readonly notice: Notice }): ReactNode {
  useEffect(() => {
    // A problem stays until it is put away; what went well goes by itself.
    if (notice.tone === "problem") return undefined;
    const timer = setTimeout(() => dismissNotice(notice.id), NOTICE_MS);
    return () => clearTimeout(timer);
  }, [notice]);
  return (
    <li className={`notice ${notice.tone}`}>
      <Status look={notice.tone === "problem" ? LEVEL_LOOKS.critical : LEVEL_LOOKS.info} word="" />
      <p>{readableSentence(notice.text)}</p>
      <button type="button" className="button plain icon" aria-label="Dismiss" onClick={() => dismissNotice(notice.id)}>
        <X size={14} aria-hidden="true" />
      </button>
    </li>
  );
}

const SPOKEN_LINKS: Readonly<Partial<Record<LinkState, string>>> = {
  lost: "Connection lost, reconnecting.",
  silent: "The console is not responding.",
};

/** A polite region: it announces what happened without interrupting. */
export function Notices(): ReactNode {
  const notices = useUi((state) => state.notices);
  const connection = useLive((state) => state.connection);
  const session = useSession();
  const spoken =
    session === null ? "No session is open." : `Session ${SESSION_LOOKS[session.state].word.toLowerCase()}.`;
  return (
    <>
      <div role="status" aria-live="polite">
        <ul className="notices">
          {notices.map((notice) => (
            <NoticeCard key={notice.id} notice={notice} />
          ))}
        </ul>
      </div>
      <div className="hidden-text" role="status" aria-live="polite">
        {SPOKEN_LINKS[connection] ?? spoken}
      </div>
    </>
  );
}
