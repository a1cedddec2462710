/** The empty desk: what the desk is, one obvious button, and the other ways to begin. */
import { Play, SlidersHorizontal } from "lucide-react";
import type { ReactNode } from "react";
import { useEffect, useState } from "react";
import { Loading, Segments } from "../components/panel.tsx";
import type { AppView } from "../../shared/contract/views.ts";
import { Status } from "../components/status.tsx";
import { formatCount, formatNumber, plural } from "../lib/format.ts";
import { showStep } from "../actions/tour.ts";
import { SESSION_LOOKS } from "../lib/status.ts";
import { reopenSession, startBusyDemo, startSession } from "../actions/session-actions.ts";
import type { Speed } from "../actions/session-actions.ts";
import { editDesk, followDesks, useDeskEditor } from "../stores/desk-editor.ts";
import { ask, useStream } from "../stores/live.ts";
import { usePrefs } from "../stores/prefs.ts";
import { go } from "../stores/ui.ts";
import { Ways } from "./first-ways.tsx";

/** Positions that the banner names. */
const POSITIONS_SHOWN = 6;

const SPEEDS = [
  { value: 1, label: "1×" },
  { value: 10, label: "10×" },
  { value: 60, label: "60×" },
  { value: "max", label: "max" },
] as const;

function Fact({ name, value }: { readonly name: string; readonly value: string }): ReactNode {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

/** The name under which this window acts; asked for once, kept by this browser. */
function OperatorField(): ReactNode {
  const operator = usePrefs((state) => state.operator);
  const set = usePrefs((state) => state.set);
  return (
    <label className="field operator">
      <span>Operator, recorded with halts and reviews</span>
      <input
        data-testid="first-operator"
        value={operator}
        maxLength={80}
        autoComplete="off"
        placeholder="your name or desk"
        onChange={(event) => set({ operator: event.target.value })}
      />
    </label>
  );
}

/** For a first look: the demo in which things go wrong, with a tour. */
function BusyDemo(): ReactNode {
  const start = async (): Promise<void> => {
    if (await startBusyDemo()) showStep(0);
  };
  return (
    <div className="row busy-demo">
      <p className="second">
        <b>New here?</b> The busy demo shows rate limits, refusals, partial fills, a quarantine and a drift within five
        minutes.
      </p>
      <button type="button" className="button" data-testid="start-busy" onClick={() => void start()}>
        Start the busy demo with a tour
      </button>
    </div>
  );
}

/** Which of the workspace's desks is started, and the way to change it. */
function DeskRow({ file }: { readonly file: string }): ReactNode {
  const list = useDeskEditor((state) => state.list);
  const own = (list?.desks ?? []).map(({ desk, brief, error }) => ({
    desk,
    label: error === null ? `${desk} · ${brief?.name ?? ""}` : `${desk} · has a problem`,
  }));
  const all = [
    ...own,
    { desk: "demo", label: "Demo desk" },
    { desk: "busy", label: "Busy demo: runs into its limits" },
  ];
  return (
    <div className="row">
      <label className="field small">
        <span>Desk</span>
        <select
          data-testid="first-desk"
          value={file}
          onChange={(event) => void ask("desks.choose", { desk: event.target.value })}
        >
          {all.map(({ desk, label }) => (
            <option key={desk} value={desk}>
              {label}
            </option>
          ))}
        </select>
      </label>
      <button type="button" className="button" data-testid="edit-desk" onClick={() => editDesk(file)}>
        <SlidersHorizontal size={13} aria-hidden="true" />
        {file === "demo" || file === "busy" ? "Copy and edit" : "Edit"}
      </button>
    </div>
  );
}

/** A session whose process ended without stopping it comes before everything else. */
function Interrupted({ latest }: { readonly latest: NonNullable<AppView["latest"]> }): ReactNode {
  const held = Object.entries(latest.positions);
  const shown = held
    .slice(0, POSITIONS_SHOWN)
    .map(([symbol, quantity]) => `${symbol} ${formatNumber(quantity, { signed: true })}`);
  const more = held.length - shown.length;
  return (
    <div className="banner critical" role="alert" data-testid="interrupted-banner">
      <Status look={SESSION_LOOKS.failed} word="Interrupted" />
      <p className="text">
        <span className="mono">{latest.id}</span> was interrupted: its process ended without stopping it
        {held.length === 0
          ? ". It held no position."
          : `, with ${plural(held.length, "open position")}: ${shown.join(", ")}${more > 0 ? ` and ${more} more` : ""}.`}
        {latest.openDrift > 0 ? ` ${plural(latest.openDrift, "drift item")} to review.` : ""}
      </p>
      <span className="spacer" />
      <button type="button" className="button primary" onClick={() => void reopenSession(latest.id)}>
        Continue session
      </button>
      <button type="button" className="button" onClick={() => go("sessions")}>
        All sessions
      </button>
    </div>
  );
}

/** How often the desk's file is looked at while it is shown. */
const FOLLOW_MS = 1_500;

/** Follows the chosen desk's file: what is mended, or spoiled, on disk is shown at once. */
function useFollowedDesk(): void {
  useEffect(() => {
    const timer = setInterval(() => void followDesks(), FOLLOW_MS);
    void followDesks();
    return () => clearInterval(timer);
  }, []);
}

interface BrokenProps {
  readonly desk: AppView["desk"];
  readonly error: NonNullable<AppView["desk"]["error"]>;
}

/** A desk that breaks a rule is opened where it does; mending the file leads on by itself. */
function BrokenDesk({ desk, error }: BrokenProps): ReactNode {
  const { line } = error.detail ?? {};
  return (
    <div className="first" data-testid="broken-desk">
      <h2>{desk.file} needs a correction</h2>
      <p className="text">{error.message}</p>
      <p>Correct the file here or in your own editor; this screen then offers to start it.</p>
      <div className="row">
        <button
          type="button"
          className="button primary large"
          data-testid="mend-desk"
          onClick={() => editDesk(desk.file, typeof line === "number" ? line - 1 : undefined)}
        >
          {typeof line === "number" ? `Open it at line ${line}` : "Open it in the editor"}
        </button>
        <button type="button" className="button large" onClick={() => void ask("desks.choose", { desk: "demo" })}>
          Start with the demo desk instead
        </button>
      </div>
    </div>
  );
}

interface LightBoxProps {
  readonly light: boolean;
  readonly onLight: (light: boolean) => void;
}

function LightBox({ light, onLight }: LightBoxProps): ReactNode {
  return (
    <label className="row second">
      <input
        type="checkbox"
        data-testid="start-light"
        checked={light}
        onChange={(event) => onLight(event.target.checked)}
      />
      Light run: keeps orders, fills, equity, metrics and a summary, but no journal. It cannot be reopened.
    </label>
  );
}

export function FirstStart(): ReactNode {
  useFollowedDesk();
  const app = useStream("app");
  const [chosen, setChosen] = useState<Speed | null>(null);
  const [light, setLight] = useState(false);
  const [busy, setBusy] = useState(false);
  if (app === null) return <Loading what="the desk" />;
  const { desk, latest } = app;
  const interrupted = latest !== null && latest.state === "interrupted" ? latest : null;
  if (desk.error !== null) return <BrokenDesk desk={desk} error={desk.error} />;
  const speed = chosen ?? desk.speed;
  const start = (): void => {
    setBusy(true);
    void startSession(desk.clock === "virtual" ? speed : undefined, light).finally(() => setBusy(false));
  };
  return (
    <div className="first">
      {interrupted === null ? null : <Interrupted latest={interrupted} />}
      <h2 className="first-title">{desk.name}</h2>
      <p>
        {desk.source === "demo"
          ? "Ready to run: a simulated market from a seed, traded on paper. No network and no account needed."
          : `Desk file ${desk.source}, traded on paper.`}
      </p>
      <dl className="facts">
        <Fact name="Strategies" value={formatCount(desk.strategies)} />
        <Fact name="Symbols" value={formatCount(desk.symbols)} />
        <Fact name="Market" value={desk.market} />
        <Fact name="Clock" value={desk.clock === "virtual" ? "Simulated" : "System"} />
        {desk.market.includes(desk.seed) ? null : <Fact name="Seed" value={desk.seed} />}
      </dl>
      <DeskRow file={desk.file} />
      <OperatorField />
      <div className="row">
        <button
          type="button"
          className={interrupted === null ? "button primary large" : "button large"}
          data-testid="start-session"
          disabled={busy}
          onClick={start}
        >
          <Play size={15} aria-hidden="true" />
          {busy ? "Starting…" : `Start ${plural(desk.strategies, "strategy", "strategies")} on paper`}
        </button>
        {desk.clock === "virtual" ? (
          <Segments label="Speed" value={speed} options={SPEEDS} onChange={(value) => setChosen(value)} />
        ) : null}
      </div>
      <LightBox light={light} onLight={setLight} />
      <BusyDemo />
      <Ways />
      {latest === null || interrupted !== null ? null : (
        <div className="row second">
          <span>
            Last session: <span className="mono">{latest.id}</span>, {latest.state}
            {latest.openDrift > 0 ? `, ${plural(latest.openDrift, "open drift item")}` : ""}
          </span>
          <button type="button" className="button" onClick={() => void reopenSession(latest.id)}>
            Continue session
          </button>
          <button type="button" className="button plain" onClick={() => go("sessions")}>
            All sessions
          </button>
        </div>
      )}
    </div>
  );
}
