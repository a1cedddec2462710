/** The status line: feed, journal, snapshot, the worst alert; and what the session is made of. */
import { Popover } from "radix-ui";
import type { ReactNode } from "react";
import type { Alert, OpenSession } from "../../shared/contract/views.ts";
import { Status } from "../components/status.tsx";
import { Time } from "../components/values.tsx";
import { formatCount, plural } from "../lib/format.ts";
import { LEVEL_LOOKS } from "../lib/status.ts";
import type { Look } from "../lib/status.ts";
import { formatAge } from "../lib/time.ts";
import { ask, hold, useLive, useSession, useStream } from "../stores/live.ts";
import { operatorName } from "../stores/prefs.ts";
import { go, isViewName, toldOk } from "../stores/ui.ts";

const OK: Look = { shape: "ok", word: "", tone: "quiet", rank: 9 };
const WARN: Look = LEVEL_LOOKS.warning;
const OFF: Look = { shape: "off", word: "", tone: "off", rank: 8 };
const NO_ALERTS: Readonly<Record<string, Alert>> = {};

function Feed({ session }: { readonly session: OpenSession }): ReactNode {
  const { feed } = session;
  const age = feed.ageMs === null ? "" : ` ${formatAge(feed.ageMs * 1_000)}`;
  if (feed.ended) return <Status look={OFF} word="Feed ended" />;
  if (feed.stale) return <Status look={WARN} word={`Feed stale${age}`} />;
  return (
    <Status look={feed.lastAt === null ? OFF : OK} word={feed.lastAt === null ? "Feed has not begun" : `Feed${age}`} />
  );
}

function Journal({ session }: { readonly session: OpenSession }): ReactNode {
  const { position, committed, ageMs } = session.journal;
  const behind = position - committed;
  if (session.state === "failed")
    return <Status look={LEVEL_LOOKS.critical} word={`Journal stopped at ${formatCount(committed)}`} />;
  if (session.state === "stopped") return <Status look={OFF} word={`Journal ${formatCount(committed)} · closed`} />;
  // Entries wait for their commit all the time; only those that wait long are news.
  const late = behind > 0 && ageMs !== null && ageMs > 1_000;
  const word = `Journal ${formatCount(committed)} · ${late ? `${formatCount(behind)} to write` : "synced"}`;
  return <Status look={late ? WARN : OK} word={word} />;
}

function Snapshot({ session }: { readonly session: OpenSession }): ReactNode {
  const { ageS, everyS } = session.snapshot;
  const running = session.state === "running";
  if (ageS === null) return <span>No snapshot yet</span>;
  if (running && ageS > 2 * everyS) return <Status look={WARN} word={`Snapshot stale, ${formatAge(ageS * 1e6)}`} />;
  return (
    <span>
      Snapshot <b>{formatAge(ageS * 1e6)}</b> ago
    </span>
  );
}

const shortened = (text: string, max: number): string => (text.length > max ? `${text.slice(0, max - 1)}…` : text);

function AlertRow({ alert }: { readonly alert: Alert }): ReactNode {
  return (
    <li className="alert-row">
      <Status look={LEVEL_LOOKS[alert.severity]} word="" />
      <div className="spacer">
        <p className="text">{alert.text}</p>
        <p className="quiet">
          <Time at={alert.at} zoned />
          {alert.acknowledged === null ? "" : ` · seen by ${alert.acknowledged.operator}`}
        </p>
      </div>
      <button
        type="button"
        className="button"
        onClick={() => {
          if (isViewName(alert.view)) go(alert.view);
        }}
      >
        Show
      </button>
      {alert.acknowledged === null ? (
        <button
          type="button"
          className="button"
          onClick={() => void ask("alert.acknowledge", { id: alert.id, operator: operatorName() }).then(toldOk)}
        >
          Acknowledge
        </button>
      ) : null}
    </li>
  );
}

function Alerts(): ReactNode {
  const all = useLive((state) => state.streams.session?.alerts ?? NO_ALERTS);
  const list = Object.values(all).toReversed();
  const waiting = list.filter((alert) => alert.acknowledged === null);
  const worst = waiting.find((alert) => alert.severity === "critical") ?? waiting[0];
  const shown = waiting.length > 0 ? waiting : list.slice(0, 20);
  return (
    <Popover.Root>
      <Popover.Trigger asChild>
        <button type="button" data-testid="alerts">
          {worst === undefined ? (
            "No alerts"
          ) : (
            <Status
              look={LEVEL_LOOKS[worst.severity]}
              word={
                waiting.length === 1
                  ? shortened(worst.text, 80)
                  : `${plural(waiting.length, "alert")}: ${shortened(worst.text, 60)}`
              }
            />
          )}
        </button>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content className="popover" side="top" align="start" sideOffset={8} aria-label="Alerts">
          {shown.length === 0 ? (
            <p className="alert-row quiet">Nothing has asked for attention in this session.</p>
          ) : (
            <ul>
              {shown.map((alert) => (
                <AlertRow key={alert.id} alert={alert} />
              ))}
            </ul>
          )}
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

export function StatusLine(): ReactNode {
  const app = useStream("app");
  const session = useSession();
  const held = useLive((state) => state.held);
  return (
    <footer className="line" aria-label="Status">
      {session === null ? <span>No session is open</span> : null}
      {session === null ? null : (
        <>
          <Feed session={session} />
          <Journal session={session} />
          <Snapshot session={session} />
          <Alerts />
        </>
      )}
      {held ? (
        <button type="button" onClick={() => hold(false)}>
          <Status look={{ ...OFF, tone: "accent" }} word="Views held still. Let them update" />
        </button>
      ) : null}
      <span className="spacer" />
      {session === null ? null : (
        <span>
          {plural(session.strategies, "strategy", "strategies")} · {plural(session.symbols, "symbol")} · seed{" "}
          <b className="mono">{session.seed}</b>
        </span>
      )}
      {app === null ? null : <span title={app.workspace}>offline · {app.version}</span>}
    </footer>
  );
}
