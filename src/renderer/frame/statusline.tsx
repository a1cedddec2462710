/** The status line: feed, journal, snapshot, the worst alert; and what the session is made of. */
import type { ReactNode } from "react";
import type { OpenSession } from "../../shared/contract/views.ts";
import { Status } from "../components/status.tsx";
import { formatCount, plural } from "../lib/format.ts";
import { LEVEL_LOOKS } from "../lib/status.ts";
import type { Look } from "../lib/status.ts";
import { formatAge } from "../lib/time.ts";
import { hold, useLive, useSession, useStream, useUnknown } from "../stores/live.ts";
import { AlertLine } from "./alerts.tsx";

const OK: Look = { shape: "ok", word: "", tone: "quiet", rank: 9 };
const WARN: Look = LEVEL_LOOKS.warning;
const OFF: Look = { shape: "off", word: "", tone: "off", rank: 8 };

function Feed({ session }: { readonly session: OpenSession }): ReactNode {
  const { feed } = session;
  const lost = useUnknown();
  if (lost) return <Status look={OFF} word="Feed unknown" />;
  if (session.state === "stopped" || session.state === "failed") return <Status look={OFF} word="Feed closed" />;
  const age = feed.ageMs === null ? "" : ` ${formatAge(feed.ageMs * 1_000)}`;
  if (feed.ended) return <Status look={OFF} word="Feed ended" />;
  if (feed.stale) return <Status look={WARN} word={`Feed stale${age}`} />;
  return (
    <Status look={feed.lastAt === null ? OFF : OK} word={feed.lastAt === null ? "Feed not started" : `Feed${age}`} />
  );
}

function Journal({ session }: { readonly session: OpenSession }): ReactNode {
  const { position, committed, ageMs } = session.journal;
  const behind = position - committed;
  const lost = useUnknown();
  if (lost) return <Status look={OFF} word={`Journal unknown, last known ${formatCount(committed)}`} />;
  if (session.light) return <Status look={WARN} word="Light run: no journal" />;
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
  const lost = useUnknown();
  if (session.light || lost) return null;
  if (ageS === null) return <span>No snapshot yet</span>;
  if (running && ageS > 2 * everyS) return <Status look={WARN} word={`Snapshot stale, ${formatAge(ageS * 1e6)}`} />;
  return (
    <span>
      Snapshot <b>{formatAge(ageS * 1e6)}</b> ago
    </span>
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
        </>
      )}
      <AlertLine />
      {held ? (
        <button type="button" onClick={() => hold(false)}>
          <Status look={{ ...OFF, tone: "accent" }} word="Updates paused. Resume" />
        </button>
      ) : null}
      <span className="spacer" />
      {session === null ? null : (
        <span>
          {plural(session.strategies, "strategy", "strategies")} · {plural(session.symbols, "symbol")} · seed{" "}
          <b className="mono">{session.seed}</b>
        </span>
      )}
      {app === null ? null : <span title={app.workspace}>paper only, no network · {app.version}</span>}
    </footer>
  );
}
