/** The desk editor: a form and the desk's YAML side by side, both ways; the check before a start, saving, and starting. */
import { AlertDialog, DropdownMenu } from "radix-ui";
import { CircleCheck, FilePlus2, Play, Save } from "lucide-react";
import { useEffect, useState } from "react";
import type { ReactNode } from "react";
import { Empty, Failed, Loading, Panel, Segments } from "../../components/panel.tsx";
import { Split } from "../../components/split.tsx";
import { formatSpan } from "../../lib/time.ts";
import { menuPlace } from "../../lib/menu-place.ts";
import { refreshData, useData } from "../../stores/data.ts";
import * as store from "../../stores/desk-editor.ts";
import { isDirty, SECTIONS, useDeskEditor } from "../../stores/desk-editor.ts";
import { useSession } from "../../stores/live.ts";
import { DeskCode } from "./code.tsx";
import { ConflictBanner, ProblemStrip, TrialReport } from "./reports.tsx";
import { SaveAsDialog } from "./save-as.tsx";
import { Account, Clock, complaintsIn, General, Limits, SECTION_TITLES } from "./sections.tsx";
import { Instruments, Market, useKnownSymbols } from "./market.tsx";
import { Strategies } from "./strategies.tsx";
import { useDocument } from "./fields.tsx";
import { drawnDesk, recordedDesk } from "./templates.ts";

/** Below this width of the window, form and text take turns. */
const NARROW = "(max-width: 1100px)";

function useNarrow(): boolean {
  const [narrow, setNarrow] = useState(() => window.matchMedia(NARROW).matches);
  useEffect(() => {
    const query = window.matchMedia(NARROW);
    const follow = (): void => setNarrow(query.matches);
    query.addEventListener("change", follow);
    return () => query.removeEventListener("change", follow);
  }, []);
  return narrow;
}

function SectionBody(): ReactNode {
  const section = useDeskEditor((state) => state.section);
  const known = useKnownSymbols();
  if (section === "general") return <General />;
  if (section === "market") return <Market />;
  if (section === "instruments") return <Instruments />;
  if (section === "account") return <Account />;
  if (section === "limits") return <Limits known={known} />;
  return section === "strategies" ? <Strategies /> : <Clock />;
}

function Sections(): ReactNode {
  const section = useDeskEditor((state) => state.section);
  const complaints = useDeskEditor((state) => state.check?.complaints) ?? [];
  return (
    <nav className="desk-sections" aria-label="Sections of the desk">
      {SECTIONS.map((name) => {
        const wrong = complaintsIn(complaints, name).length;
        return (
          <button
            key={name}
            type="button"
            data-testid={`section-${name}`}
            aria-current={name === section ? "true" : undefined}
            aria-label={
              wrong === 0
                ? SECTION_TITLES[name]
                : `${SECTION_TITLES[name]}, ${wrong === 1 ? "1 problem" : `${wrong} problems`}`
            }
            onClick={() => store.showSection(name)}
          >
            <span className="clip">{SECTION_TITLES[name]}</span>
            {wrong === 0 ? null : <b className="tone-critical">{wrong}</b>}
          </button>
        );
      })}
    </nav>
  );
}

function Form(): ReactNode {
  const document = useDocument();
  const section = useDeskEditor((state) => state.section);
  const [broken] = document.errors;
  return (
    <section className="panel grow desk-form" aria-label="Form">
      <Sections />
      <div className="desk-section" tabIndex={-1}>
        <h2>{SECTION_TITLES[section]}</h2>
        {broken === undefined ? (
          <SectionBody />
        ) : (
          <Empty title="The form needs valid YAML">
            The text is not valid YAML, so its fields cannot be shown. The problem is marked at its line; the form
            returns once it is fixed.
          </Empty>
        )}
      </div>
    </section>
  );
}

function NewMenu(): ReactNode {
  const data = useData((state) => state.list);
  const readable = (data?.files ?? []).filter(({ state }) => state === "read");
  const onData = (): void => {
    const files = readable.slice(0, 1).map(({ name }) => `data/${name}`);
    const series = readable.slice(0, 1).flatMap(({ reading }) => reading?.series ?? []);
    const interval = series[0]?.interval ?? null;
    const symbols = series.map(({ symbol }) => symbol);
    store.newDesk(
      recordedDesk(
        files.length === 0 ? ["data/*.csv"] : files,
        symbols,
        interval === null ? "bar" : formatSpan(interval),
      ),
    );
  };
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>
        <button type="button" className="button" data-testid="new-desk">
          <FilePlus2 size={13} aria-hidden="true" />
          New
        </button>
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal container={menuPlace()}>
        <DropdownMenu.Content className="menu" align="end" sideOffset={4}>
          <DropdownMenu.Item data-testid="new-on-data" onSelect={onData}>
            On recorded data
          </DropdownMenu.Item>
          <DropdownMenu.Item data-testid="new-drawn" onSelect={() => store.newDesk(drawnDesk())}>
            On a drawn market
          </DropdownMenu.Item>
          <DropdownMenu.Item data-testid="new-demo" onSelect={() => void store.openDesk("demo")}>
            Like the demo desk
          </DropdownMenu.Item>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

function DeskChoice(): ReactNode {
  const { list, desk, base, text, open } = useDeskEditor();
  const dirty = isDirty({ base, text, open });
  const [asked, setAsked] = useState<string | null>(null);
  const choose = (name: string): void => {
    if (dirty) setAsked(name);
    else void store.openDesk(name);
  };
  return (
    <>
      <label className="field small">
        <span>Desk</span>
        <select data-testid="desk-choice" value={desk ?? ""} onChange={(event) => choose(event.target.value)}>
          {desk === null ? <option value="">New desk, not saved</option> : null}
          {(list?.desks ?? []).map(({ desk: name, brief, error }) => (
            <option key={name} value={name}>
              {name}
              {error === null ? ` · ${brief?.name ?? ""}` : " · has a problem"}
            </option>
          ))}
          {desk !== null && list?.desks.some((one) => one.desk === desk) === false ? (
            <option value={desk}>{desk}</option>
          ) : null}
        </select>
      </label>
      <AlertDialog.Root open={asked !== null} onOpenChange={(shown) => (shown ? undefined : setAsked(null))}>
        <AlertDialog.Portal>
          <AlertDialog.Overlay className="shade" />
          <AlertDialog.Content className="dialog" data-testid="drop-dialog">
            <AlertDialog.Title>Drop the changes?</AlertDialog.Title>
            <AlertDialog.Description className="consequence">
              {desk ?? "The new desk"} has changes that are not saved. Opening {asked} drops them.
            </AlertDialog.Description>
            <div className="row end">
              <AlertDialog.Cancel className="button">Keep editing</AlertDialog.Cancel>
              <AlertDialog.Action
                className="button danger"
                onClick={() => (asked === null ? undefined : void store.openDesk(asked))}
              >
                Drop the changes
              </AlertDialog.Action>
            </div>
          </AlertDialog.Content>
        </AlertDialog.Portal>
      </AlertDialog.Root>
    </>
  );
}

const SIDES = [
  { value: "form", label: "Form", testId: "side-form" },
  { value: "yaml", label: "YAML", testId: "side-yaml" },
] as const;

/** Whether the desk is right, and saved. */
function State(): ReactNode {
  const { base, text, open, check } = useDeskEditor();
  const dirty = isDirty({ base, text, open });
  const problems = check?.complaints.length ?? 0;
  const word = problems > 0 ? (problems === 1 ? "1 problem" : `${problems} problems`) : dirty ? "Not saved" : "Saved";
  const tone = problems > 0 ? "tone-critical" : dirty ? "tone-warning" : "quiet";
  return (
    <span className={`desk-state ${tone}`} data-testid="desk-state" role="status">
      {check === null ? "Checking…" : word}
    </span>
  );
}

/** What is open, whether it is saved, and what can be done with it. */
function Bar({
  side,
  onSide,
}: {
  readonly side: "form" | "yaml" | null;
  readonly onSide: (side: "form" | "yaml") => void;
}): ReactNode {
  const { desk, base, text, open, check, trying, saving, conflict } = useDeskEditor();
  const session = useSession();
  const [naming, setNaming] = useState<"save" | "start" | null>(null);
  const dirty = isDirty({ base, text, open });
  const problems = check?.complaints.length ?? 0;
  const running = session !== null && session.state !== "stopped" && session.state !== "failed";
  const save = async (start: boolean): Promise<void> => {
    if (desk === null) return setNaming(start ? "start" : "save");
    if (dirty && (await store.saveDesk()) !== null) return;
    if (start) await store.startDesk();
  };
  const blocked = running
    ? `Session ${session.id} is running; stop it first.`
    : problems > 0
      ? "Fix the problems first."
      : undefined;
  return (
    <header className="desk-bar">
      <DeskChoice />
      <NewMenu />
      <State />
      {side === null ? null : <Segments label="Side" value={side} options={SIDES} onChange={onSide} />}
      <span className="spacer" />
      <button
        type="button"
        className="button"
        data-testid="check-desk"
        disabled={trying || problems > 0}
        onClick={() => void store.tryDesk()}
      >
        <CircleCheck size={13} aria-hidden="true" />
        {trying ? "Checking…" : "Check"}
      </button>
      <button
        type="button"
        className="button"
        data-testid="save-desk"
        disabled={saving || conflict !== null || (!dirty && desk !== null)}
        onClick={() => void save(false)}
      >
        <Save size={13} aria-hidden="true" />
        Save
      </button>
      <button type="button" className="button" data-testid="save-desk-as" onClick={() => setNaming("save")}>
        Save as…
      </button>
      <button
        type="button"
        className="button primary"
        data-testid="start-desk"
        disabled={blocked !== undefined || trying || check === null || conflict !== null}
        title={blocked}
        onClick={() => void save(true)}
      >
        <Play size={13} aria-hidden="true" />
        {dirty ? "Save and start" : side === null ? "Start with this desk" : "Start"}
      </button>
      <SaveAsDialog
        open={naming !== null}
        onClose={() => setNaming(null)}
        onSaved={() => {
          if (naming === "start") void store.startDesk();
        }}
      />
    </header>
  );
}

/** Opens the desk that the workspace starts, where none is in the editor. */
async function openFirst(): Promise<void> {
  await store.refreshDesks();
  const { open, list } = useDeskEditor.getState();
  if (!open && list !== null) await store.openDesk(list.chosen);
}

export function DeskEditor(): ReactNode {
  const { form, error, open, desk, list } = useDeskEditor();
  const narrow = useNarrow();
  const [side, setSide] = useState<"form" | "yaml">("form");
  useEffect(() => {
    void refreshData();
    void openFirst();
    const timer = setInterval(() => void store.follow(), store.FOLLOW_MS);
    const refresh = (): void => void store.refreshDesks();
    window.addEventListener("focus", refresh);
    return () => {
      clearInterval(timer);
      window.removeEventListener("focus", refresh);
    };
  }, []);
  useEffect(() => {
    const stay = (event: BeforeUnloadEvent): void => {
      if (isDirty(useDeskEditor.getState())) event.preventDefault();
    };
    window.addEventListener("beforeunload", stay);
    return () => window.removeEventListener("beforeunload", stay);
  }, []);
  if (error !== null && !open) return <Failed title="The desk cannot be read" error={{ ...error, code: error.code }} />;
  if (form === null || !open || list === null) return <Loading what="the desk" />;
  const text = (
    <Panel title="YAML" subtitle={desk ?? "not saved yet"} grow testId="desk-yaml-panel">
      <DeskCode />
    </Panel>
  );
  return (
    <div className="desk-editor">
      <Bar side={narrow ? side : null} onSide={setSide} />
      <ConflictBanner />
      <ProblemStrip onShow={() => setSide("yaml")} />
      <TrialReport />
      <div className="desk-sides">
        {narrow ? (
          side === "form" ? (
            <Form />
          ) : (
            text
          )
        ) : (
          <Split id="desk-editor" direction="horizontal" sizes={[60, 40]}>
            <Form key="form" />
            {text}
          </Split>
        )}
      </div>
    </div>
  );
}
