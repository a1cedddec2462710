/**
 * The bar: which session, on paper, its state, its speed, its clock, and what can be done with it.
 *
 * 1. Where there is no room it gives way in this order: hints of keys and the desk's name, the word Commands, the program's name, the
 *    clock's date; only then is the session's name shortened. Figures are whole or absent, and Halt is always there.
 */
import { Command as CommandIcon, MoreHorizontal, Pause, Play, Square } from "lucide-react";
import { DropdownMenu } from "radix-ui";
import { Fragment, useEffect, useState } from "react";
import type { ReactNode } from "react";
import type { OpenSession } from "../../shared/contract/views.ts";
import { Segments } from "../components/panel.tsx";
import { Status } from "../components/status.tsx";
import { Key } from "../components/values.tsx";
import { commands, type Command } from "../actions/commands.ts";
import { askHalt } from "../actions/halt-actions.ts";
import { formatCount } from "../lib/format.ts";
import { isMac, keyLabel } from "../lib/keys.ts";
import { askStop, continueSession, pauseSession, setSpeed, startSession } from "../actions/session-actions.ts";
import { SESSION_LOOKS, type Look } from "../lib/status.ts";
import { bothZones, formatAge, formatDate, formatTime, zoneName } from "../lib/time.ts";
import { menuPlace } from "../lib/menu-place.ts";
import { useLive, useSession, useStream, useUnknown } from "../stores/live.ts";
import { usePrefs } from "../stores/prefs.ts";
import { useUi } from "../stores/ui.ts";
import { AlertBell } from "./alerts.tsx";

const mac = isMac(navigator.platform);
const SPEEDS = [
  { value: 1, label: "1×", testId: "speed-1" },
  { value: 10, label: "10×", testId: "speed-10" },
  { value: 60, label: "60×", testId: "speed-60" },
  { value: "max", label: "max", testId: "speed-max" },
] as const;
/** A running session that sends nothing for longer is shown as stale. */
const SILENT_MS = 5_000;

function Mark(): ReactNode {
  return (
    <svg width="17" height="17" viewBox="0 0 16 16" aria-hidden="true">
      <path d="M3 1.5V13.5H14" fill="none" stroke="currentColor" strokeWidth="2" />
      <circle cx="9" cy="5.5" r="3.2" fill="none" stroke="currentColor" strokeWidth="2" />
    </svg>
  );
}

/** Real time since the host's last message, while it should send some. */
function useSilence(session: OpenSession): number | null {
  const received = useLive((state) => state.receivedAtMs);
  const [now, setNow] = useState(received);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  const silence = now - received;
  const lost = useUnknown();
  return (lost || session.state === "running") && silence > SILENT_MS ? silence : null;
}

function Clock({ session }: { readonly session: OpenSession }): ReactNode {
  const zone = usePrefs((state) => state.zone);
  const silence = useSilence(session);
  return (
    <span className={silence === null ? "clock" : "clock stale"} title={bothZones(session.now)}>
      {silence === null ? null : <i>stale {formatAge(silence * 1_000)}</i>}
      <time data-testid="session-clock" dateTime={new Date(session.now / 1_000).toISOString()}>
        <span>
          {formatTime(session.now, zone)} <i>{zoneName(zone, session.now)}</i>
        </span>
        <span className="date">{formatDate(session.now, zone)}</span>
      </time>
    </span>
  );
}

/** Real time over which the speed that is reached is measured. */
const REACHED_MS = 5_000;
/** A session that reaches less than this share of the speed it was asked for says so. */
const REACHED_SHARE = 0.9;

/** Session seconds per real second over the last updates; null until they span long enough. */
function useReached(session: OpenSession): number | null {
  const at = useLive((state) => state.receivedAtMs);
  const [samples, setSamples] = useState<readonly (readonly [atMs: number, now: number, speed: unknown])[]>([]);
  const newest = samples.at(-1);
  if (newest?.[0] !== at) {
    // A machine's clock may be set: samples that seem to be of the future say nothing about a speed.
    const kept = samples.filter(
      ([atMs, , speed]) => speed === session.speed && atMs > at - 2 * REACHED_MS && atMs <= at,
    );
    setSamples([...kept, [at, session.now, session.speed]]);
  }
  const oldest = samples[0];
  if (oldest === undefined || newest === undefined || newest[0] - oldest[0] < REACHED_MS) return null;
  return (newest[1] - oldest[1]) / 1_000 / (newest[0] - oldest[0]);
}

/** The speed that the machine reaches, where it is less than the one asked for, or where none was named. */
function Reached({ session }: { readonly session: OpenSession }): ReactNode {
  const reached = useReached(session);
  const { speed, state } = session;
  if (reached === null || state !== "running" || session.clock !== "virtual") return null;
  if (speed !== "max" && reached >= speed * REACHED_SHARE) return null;
  const text = `${reached < 10 ? reached.toFixed(1) : formatCount(Math.round(reached))}×`;
  const hint =
    speed === "max" ? `Full speed: ${text} at the moment` : `${speed}× requested; this machine reaches ${text}`;
  return (
    <span className={speed === "max" ? "reached" : "reached slow"} data-testid="speed-reached" title={hint}>
      {speed === "max" ? null : <span>reaches </span>}
      {text}
    </span>
  );
}

const LAST_KNOWN: Look = { shape: "off", word: "", tone: "off", rank: 9 };

/** The session's state; without a connection the last one that was known, and nothing of it is claimed. */
function SessionState({ session }: { readonly session: OpenSession }): ReactNode {
  const requested = useUi((state) => state.haltRequested);
  const look = SESSION_LOOKS[session.state];
  const pending = session.pending;
  const lost = useUnknown();
  if (lost) return <Status look={LAST_KNOWN} word={`${look.word}, last known`} testId="session-state" />;
  const halting = session.state !== "halted" && (requested || pending === "halt");
  const word = requested && pending === null ? "Halt requested" : "Halting";
  if (halting) return <Status look={{ ...look, shape: "info", tone: "critical" }} word={word} testId="session-state" />;
  if (pending !== null && pending !== "halt")
    return (
      <Status look={{ ...look, shape: "info" }} word={`${look.word}, ${pending} accepted`} testId="session-state" />
    );
  return <Status look={look} testId="session-state" />;
}

function SessionMenu(): ReactNode {
  const all = commands().filter(({ id }) => !id.startsWith("speed-"));
  const groups = ["Trade", "Session"].map((name) => all.filter(({ group }) => group === name));
  return (
    <DropdownMenu.Portal container={menuPlace()}>
      <DropdownMenu.Content className="menu" align="end" sideOffset={6}>
        {groups.map((items, index) => (
          <Fragment key={index}>
            {index === 0 ? null : <DropdownMenu.Separator className="menu-line" />}
            <MenuItems items={items} />
          </Fragment>
        ))}
      </DropdownMenu.Content>
    </DropdownMenu.Portal>
  );
}

function MenuItems({ items }: { readonly items: readonly Command[] }): ReactNode {
  return items.map((command) => (
    <DropdownMenu.Item
      key={command.id}
      disabled={!command.enabled}
      data-testid={command.id === "practice" ? "practise-unknown-fill" : `menu-${command.id}`}
      onSelect={() => {
        // The menu gives its focus back first, so that a dialog can take it.
        setTimeout(command.run, 0);
      }}
    >
      {command.label}
      {command.keys.map((key) => (
        <Key key={key}>{keyLabel(key, mac)}</Key>
      ))}
    </DropdownMenu.Item>
  ));
}

function RunButtons({ session }: { readonly session: OpenSession }): ReactNode {
  const live = session.state === "running" || session.state === "halted";
  return (
    <>
      {session.paused ? (
        <button
          type="button"
          className="button primary"
          data-testid="continue-session"
          onClick={() => void continueSession()}
        >
          <Play size={13} aria-hidden="true" />
          Continue
          <Key>C</Key>
        </button>
      ) : (
        <button
          type="button"
          className="button"
          data-testid="pause-session"
          disabled={!live || session.pending !== null}
          onClick={() => void pauseSession()}
        >
          <Pause size={13} aria-hidden="true" />
          Pause
          <Key>P</Key>
        </button>
      )}
      <button
        type="button"
        className="button danger"
        data-testid="halt-session"
        disabled={session.state === "stopping" || session.pending === "halt"}
        onClick={() => askHalt()}
      >
        {session.state === "halted" ? "Halt a part" : "Halt"}
        <Key>⇧H</Key>
      </button>
      <button
        type="button"
        className="button"
        data-testid="stop-session"
        disabled={session.state === "stopping"}
        onClick={askStop}
      >
        <Square size={12} aria-hidden="true" />
        Stop
      </button>
    </>
  );
}

function StartButton(): ReactNode {
  const app = useStream("app");
  return (
    <button
      type="button"
      className="button primary"
      data-testid="start-session"
      disabled={app === null || app.desk.error !== null}
      onClick={() => void startSession()}
    >
      <Play size={13} aria-hidden="true" />
      Start a session
      <Key>S</Key>
    </button>
  );
}

function Buttons({ session }: { readonly session: OpenSession | null }): ReactNode {
  const view = useUi((state) => state.view);
  const ended = session !== null && (session.state === "stopped" || session.state === "failed");
  // The empty desk has the one Start button itself.
  const start = ended || (session === null && view !== "desk");
  return (
    <div className="buttons">
      {start ? <StartButton /> : session === null ? null : <RunButtons session={session} />}
      <AlertBell />
      <DropdownMenu.Root modal={false}>
        <DropdownMenu.Trigger asChild>
          <button type="button" className="button icon" data-testid="session-menu" aria-label="More session commands">
            <MoreHorizontal size={15} aria-hidden="true" />
          </button>
        </DropdownMenu.Trigger>
        <SessionMenu />
      </DropdownMenu.Root>
      <button
        type="button"
        className="button"
        data-testid="open-palette"
        aria-label="Commands"
        onClick={() => useUi.setState({ palette: true })}
      >
        <CommandIcon size={13} aria-hidden="true" />
        <span className="narrow-hide">Commands</span>
        <Key>{keyLabel("mod+k", mac)}</Key>
      </button>
    </div>
  );
}

export function TopBar(): ReactNode {
  const app = useStream("app");
  const session = useSession();
  return (
    <header className="bar">
      <div className="brand">
        <span className="mark">
          <Mark />
        </span>
        <span className="name">Logos Console</span>
      </div>
      {session === null ? (
        <div className="crumbs">
          <b>{app === null ? "" : app.desk.name}</b>
          {app === null ? null : <span>no session</span>}
        </div>
      ) : (
        <>
          <div className="crumbs" title={session.folder}>
            <span className="desk-name">{session.desk} /</span>
            <b>{session.id}</b>
          </div>
          <span className="badge" title="Orders go to the paper broker only">
            PAPER
          </span>
          <SessionState session={session} />
          {session.clock === "virtual" ? (
            <Segments
              label="Speed"
              value={session.speed}
              options={SPEEDS}
              disabled={session.state === "stopped" || session.state === "failed"}
              onChange={(speed) => void setSpeed(speed)}
            />
          ) : (
            <span className="badge">SYSTEM CLOCK</span>
          )}
          <Reached session={session} />
        </>
      )}
      <span className="spacer" />
      {session === null ? null : <Clock session={session} />}
      <Buttons session={session} />
    </header>
  );
}
