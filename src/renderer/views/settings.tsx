/** Settings: how things are shown. What a session does is in the desk file. */
import type { ReactNode } from "react";
import { allowNotifications, chime } from "../actions/attention.ts";
import { Panel, Segments } from "../components/panel.tsx";
import { Gain } from "../components/values.tsx";
import { usePrefs } from "../stores/prefs.ts";
import { Workspaces } from "./workspaces.tsx";
import { inBrowser, logout, useStream } from "../stores/live.ts";
import { askSaveLayout } from "../actions/layout-actions.ts";
import { deleteLayout, loadLayout, resetLayout, undoLayout, useLayouts } from "../stores/layouts.ts";
import { notify } from "../stores/ui.ts";
import { localZoneName } from "../lib/time.ts";

interface SettingProps {
  readonly title: string;
  readonly help: string;
  readonly children: ReactNode;
}

function Setting({ title, help, children }: SettingProps): ReactNode {
  return (
    <div className="setting">
      <div>
        {title}
        <small>{help}</small>
      </div>
      {children}
    </div>
  );
}

const THEMES = [
  { value: "system", label: "System", testId: "theme-system" },
  { value: "dark", label: "Dark", testId: "theme-dark" },
  { value: "light", label: "Light", testId: "theme-light" },
  { value: "contrast", label: "Contrast, dark", testId: "theme-contrast" },
  { value: "contrast-light", label: "Contrast, light", testId: "theme-contrast-light" },
] as const;
const COLOURS = [
  { value: "standard", label: "Standard" },
  { value: "red-green", label: "Red-green" },
  { value: "blue-yellow", label: "Blue-yellow" },
] as const;
const DENSITIES = [
  { value: "compact", label: "Compact" },
  { value: "comfortable", label: "Comfortable" },
] as const;
const ZONES = [
  { value: "utc", label: "UTC" },
  { value: "local", label: "Local" },
  { value: "relative", label: "Relative" },
] as const;
const GAINS = [
  { value: "green", label: "Green up" },
  { value: "red", label: "Red up" },
] as const;
const SWITCH = [
  { value: "on", label: "On" },
  { value: "off", label: "Off" },
] as const;

/** The offset as it was when the window opened. */
const LOCAL_ZONE = localZoneName(Date.now() * 1_000);

function Layouts(): ReactNode {
  const { saved, undos } = useLayouts();
  return (
    <>
      <Setting
        title="Layout"
        help="Columns, sort orders, panel sizes, filters and density, kept in this browser. Save them under a name to load them later."
      >
        <button type="button" className="button" onClick={askSaveLayout}>
          Save…
        </button>
        <button type="button" className="button" disabled={undos === 0} onClick={undoLayout}>
          Undo
        </button>
        <button
          type="button"
          className="button"
          data-testid="reset-layout"
          onClick={() => {
            resetLayout();
            notify("The layout was reset.");
          }}
        >
          Reset
        </button>
      </Setting>
      {Object.keys(saved).map((name) => (
        <Setting key={name} title={name} help="A saved layout of this browser and workspace.">
          <button type="button" className="button" onClick={() => loadLayout(name)}>
            Load
          </button>
          <button type="button" className="button" onClick={() => deleteLayout(name)}>
            Delete
          </button>
        </Setting>
      ))}
    </>
  );
}

function Shown(): ReactNode {
  const prefs = usePrefs();
  return (
    <Panel title="Appearance">
      <Setting title="Theme" help="System follows the operating system, its request for more contrast included.">
        <Segments label="Theme" value={prefs.theme} options={THEMES} onChange={(theme) => prefs.set({ theme })} />
      </Setting>
      <Setting
        title="Colours"
        help="Palettes for red-green and blue-yellow colour blindness. Shapes and words carry the same meaning."
      >
        <Segments
          label="Colours"
          value={prefs.colours}
          options={COLOURS}
          onChange={(colours) => prefs.set({ colours })}
        />
      </Setting>
      <Setting title="Density" help="Row height in every grid.">
        <Segments
          label="Density"
          value={prefs.density}
          options={DENSITIES}
          onChange={(density) => prefs.set({ density })}
        />
      </Setting>
      <Setting title="Gains and losses" help="Which colour marks a gain. Sign and arrow are always shown.">
        <span className="second">
          <Gain value="12.5" /> <Gain value="-12.5" />
        </span>
        <Segments
          label="Gains and losses"
          value={prefs.gains}
          options={GAINS}
          onChange={(gains) => prefs.set({ gains })}
        />
      </Setting>
      <Setting
        title="Time"
        help={`How moments are shown. Local is ${LOCAL_ZONE} here; hover shows both zones. Files keep UTC.`}
      >
        <Segments label="Time" value={prefs.zone} options={ZONES} onChange={(zone) => prefs.set({ zone })} />
      </Setting>
      <Layouts />
    </Panel>
  );
}

function Hands(): ReactNode {
  const prefs = usePrefs();
  return (
    <Panel title="Keyboard and operator">
      <Setting
        title="Single-letter keys"
        help="A, C, O, P, S, U, W, ⇧H, ⇧X, ⇧F, digits, / and ? act without a modifier. Ctrl+K or Cmd+K always works."
      >
        <Segments
          label="Single-letter keys"
          value={prefs.letterKeys ? "on" : "off"}
          options={SWITCH}
          onChange={(value) => prefs.set({ letterKeys: value === "on" })}
        />
      </Setting>
      <Setting title="Operator" help="Your name, recorded in the journal with each halt, decision, order and resume.">
        <label className="field small">
          <span className="hidden-text">Operator</span>
          <input
            value={prefs.operator}
            maxLength={80}
            placeholder="your name or desk"
            onChange={(event) => prefs.set({ operator: event.target.value })}
          />
        </label>
      </Setting>
    </Panel>
  );
}

function Alerts(): ReactNode {
  const prefs = usePrefs();
  const allow = async (): Promise<void> => {
    const allowed = await allowNotifications();
    prefs.set({ notifications: allowed });
    if (!allowed) notify("The system blocks notifications. Allow them for this page, then try again.", "problem");
  };
  return (
    <Panel title="Alerts">
      <Setting
        title="Desktop notification"
        help="Shows each new alert in front of other windows. The desktop app also shows the worst alert in the tray."
      >
        <Segments
          label="Desktop notification"
          value={prefs.notifications ? "on" : "off"}
          options={SWITCH}
          onChange={(value) => (value === "on" ? void allow() : prefs.set({ notifications: false }))}
        />
      </Setting>
      <Setting title="Sound" help="Plays three tones for a critical alert and two for a warning.">
        <button type="button" className="button" onClick={() => chime("critical")}>
          Play
        </button>
        <Segments
          label="Sound"
          value={prefs.sound ? "on" : "off"}
          options={SWITCH}
          onChange={(value) => prefs.set({ sound: value === "on" })}
        />
      </Setting>
    </Panel>
  );
}

function About(): ReactNode {
  const app = useStream("app");
  if (app === null) return null;
  const rows = [
    ["Version", app.version],
    ["Window", app.host === "electron" ? "desktop" : "browser, on this machine only"],
    ["Platform", app.platform],
    ["Workspace", app.workspace],
    ["Desk", `${app.desk.name} (${app.desk.source})`],
    ["Broker", "paper"],
  ] as const;
  return (
    <Panel title="This console">
      <dl className="pairs" style={{ padding: "10px 12px" }}>
        {rows.map(([name, value]) => (
          <div key={name} style={{ display: "contents" }}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {inBrowser() ? (
        <Setting title="Sign out" help="This tab forgets its key; other tabs and the session are not affected.">
          <button type="button" className="button" data-testid="logout" onClick={() => void logout()}>
            Sign out
          </button>
        </Setting>
      ) : null}
    </Panel>
  );
}

export function Settings(): ReactNode {
  return (
    <div className="sheet">
      <div className="stack">
        <Shown />
        <Hands />
      </div>
      <div className="stack">
        <Alerts />
        <Workspaces />
        <About />
      </div>
    </div>
  );
}
