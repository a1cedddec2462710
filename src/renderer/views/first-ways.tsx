/** The ways to begin beside the desk that is there: data of one's own, and a strategy of one's own. */
import { FileCode2, RotateCw } from "lucide-react";
import { useEffect, useState } from "react";
import type { ReactNode } from "react";
import { useFileDrop } from "../components/file-drop.ts";
import { Status } from "../components/status.tsx";
import { guardName } from "../lib/guards.ts";
import { takeDataFiles } from "../stores/data.ts";
import { isDirty, newDesk, useDeskEditor } from "../stores/desk-editor.ts";
import { followStrategy, leaveStrategy, loadExamples, makeStrategy, useOwnStrategy } from "../stores/own-strategy.ts";
import { go, notify } from "../stores/ui.ts";
import { PickFiles } from "./data/pick-files.tsx";
import { strategyDesk } from "./desk-editor/templates.ts";

/** How often the strategy's file is looked at. */
const FOLLOW_MS = 1_000;

function OwnData(): ReactNode {
  const { over, ...drop } = useFileDrop(takeDataFiles);
  return (
    <section className={over ? "drop own-data way over" : "drop own-data way"} data-testid="own-data" {...drop}>
      <h3>Your own data</h3>
      <p>Drop a file of bars, trades or quotes. Preview what it holds, then run the built-in strategies on it.</p>
      <div className="row">
        <PickFiles />
        <button type="button" className="button plain" onClick={() => go("data")}>
          All market data
        </button>
      </div>
    </section>
  );
}

const LOOKS = {
  checking: { shape: "running", word: "Checking", tone: "accent", rank: 1 },
  fine: { shape: "ok", word: "No problems found", tone: "quiet", rank: 3 },
  wrong: { shape: "warning", word: "Needs a correction", tone: "warning", rank: 0 },
} as const;

/** What the check of the file found. */
function CheckResult(): ReactNode {
  const { checked, checking, error } = useOwnStrategy();
  if (error !== null)
    return (
      <p className="problem" role="alert">
        {error.message}
      </p>
    );
  if (checked === null) return <Status look={LOOKS.checking} />;
  const { complaints, runs, orders, fills, requests, refused } = checked;
  const refusals = Object.entries(refused).map(([cause, count]) => `${guardName(cause)} ${count}`);
  return (
    <div role="status" data-testid="strategy-check">
      <div className="row">
        <Status look={checking ? LOOKS.checking : complaints.length === 0 ? LOOKS.fine : LOOKS.wrong} />
        {complaints.length === 0 ? (
          <span className="second">
            {runs} runs, {orders} orders{requests === 0 ? "" : `, ${requests} cancels and replaces`}, {fills} fills
          </span>
        ) : null}
      </div>
      {complaints.length === 0 && orders === 0 ? <p>It placed no order in any of its {runs} runs.</p> : null}
      {refusals.length === 0 ? null : <p>Refused: {refusals.join(", ")}.</p>}
      <ul className="complaints">
        {complaints.slice(0, 4).map(({ line, text }) => (
          <li key={`${String(line)} ${text}`}>
            {line === null ? null : <span className="mono">line {line}</span>} {text}
          </li>
        ))}
      </ul>
    </div>
  );
}

/** A desk that runs the strategy, to look at and to start. */
function deskWith(file: string): void {
  go("editor");
  if (isDirty(useDeskEditor.getState()))
    notify("The editor holds changes that are not saved; save or drop them first.", "problem");
  else newDesk(strategyDesk(file));
}

function OwnStrategy(): ReactNode {
  const { file, path, error, examples } = useOwnStrategy();
  const [name, setName] = useState("");
  const [example, setExample] = useState("");
  useEffect(() => {
    void loadExamples();
    void followStrategy();
    const timer = setInterval(() => void followStrategy(), FOLLOW_MS);
    return () => clearInterval(timer);
  }, []);
  if (file !== null)
    return (
      <section className="drop way" data-testid="own-strategy">
        <h3>{file}</h3>
        <p>
          The file is in the strategies folder, with comments. Edit it in your own editor; it is checked at each save.
        </p>
        <p className="mono path">{path}</p>
        <CheckResult />
        <div className="row">
          <button type="button" className="button primary" data-testid="use-strategy" onClick={() => deskWith(file)}>
            <RotateCw size={13} aria-hidden="true" />
            Create a desk with it
          </button>
          <button type="button" className="button plain" onClick={leaveStrategy}>
            Choose another
          </button>
        </div>
      </section>
    );
  return (
    <section className="drop way" data-testid="own-strategy">
      <h3>A strategy of your own</h3>
      <p>
        Name it to get a documented file that already runs, or an example of a known strategy. Problems are shown here
        at each save.
      </p>
      <form
        className="row"
        onSubmit={(event) => {
          event.preventDefault();
          if (name.trim() !== "") void makeStrategy(name.trim(), example === "" ? null : example);
        }}
      >
        <label className="field small">
          <span className="hidden-text">Name of the strategy</span>
          <input
            data-testid="strategy-name"
            value={name}
            maxLength={64}
            autoComplete="off"
            spellCheck={false}
            placeholder="my_strategy"
            onChange={(event) => setName(event.target.value)}
          />
        </label>
        <label className="field small">
          <span className="hidden-text">What the file begins with</span>
          <select data-testid="strategy-example" value={example} onChange={(event) => setExample(event.target.value)}>
            <option value="">The documented template</option>
            {examples.map((one) => (
              <option key={one.name} value={one.name}>
                {one.name}: {one.about}
              </option>
            ))}
          </select>
        </label>
        <button type="submit" className="button" data-testid="make-strategy" disabled={name.trim() === ""}>
          <FileCode2 size={13} aria-hidden="true" />
          Create the file
        </button>
      </form>
      {error === null ? null : (
        <p className="problem" role="alert">
          {error.message}
        </p>
      )}
    </section>
  );
}

/** The two other ways, side by side. */
export function Ways(): ReactNode {
  return (
    <div className="ways">
      <OwnData />
      <OwnStrategy />
    </div>
  );
}
