/** A page that shows one part of the renderer at a time, with made-up values: what `parts-alone.spec.ts` looks at. */
import "uplot/dist/uPlot.min.css";
import "../../../src/renderer/styles/tokens.css";
import "../../../src/renderer/styles/base.css";
import "../../../src/renderer/styles/parts.css";
import "../../../src/renderer/styles/grid.css";
import "../../../src/renderer/styles/views.css";
import { createRoot } from "react-dom/client";
import { useEffect, useState, type ReactNode } from "react";
import { Chart } from "../../../src/renderer/components/chart.tsx";
import { Grid, type Column } from "../../../src/renderer/components/grid.tsx";
import { QuestionDialog } from "../../../src/renderer/components/question.tsx";
import { prefs } from "../../../src/renderer/stores/prefs.ts";
import { question, useUi } from "../../../src/renderer/stores/ui.ts";

interface Row {
  readonly id: string;
  readonly name: string;
  readonly amount: number | null;
}

/** Names that a page could stumble over: quotes, angle brackets, a long one, and one written from right to left. */
const NAMES = ['say "so"', "<b>bold</b>", "x".repeat(300), "شركة النخيل", "plain & simple"];
const rows: readonly Row[] = Array.from({ length: 2_000 }, (_, index) => ({
  id: `${NAMES[index % NAMES.length] ?? ""} ${index}`,
  name: `${NAMES[index % NAMES.length] ?? ""} ${index}`,
  amount: index % 7 === 0 ? null : (index * 37) % 1_000,
}));

const COLUMNS: readonly Column<Row>[] = [
  { id: "name", header: "Name", value: (row) => row.name, flex: 1, width: 200 },
  { id: "amount", header: "Amount", value: (row) => row.amount, right: true, width: 120 },
];

const record = (what: string): void => {
  document.title = what;
};

function TheGrid(): ReactNode {
  return (
    <div style={{ height: 500, position: "relative" }}>
      <Grid
        id="parts"
        label="Parts"
        columns={COLUMNS}
        rows={rows}
        rowId={(row) => row.id}
        filter={new URLSearchParams(location.search).get("filter") ?? ""}
        onOpen={(row) => record(row.name)}
        onSort={(sort) => document.body.setAttribute("data-sort", JSON.stringify(sort))}
        empty={<p>Nothing</p>}
      />
    </div>
  );
}

interface Moving {
  readonly id: string;
  readonly strategy: string;
}

const MOVING_COLUMNS: readonly Column<Moving>[] = [
  { id: "id", header: "Id", value: (row) => row.id, sort: "desc", width: 120 },
  { id: "strategy", header: "Strategy", value: (row) => row.strategy, flex: 1, width: 200 },
];
const moving = (number: number): Moving => ({ id: `row ${number}`, strategy: `s${number}` });

/** A list that grows at its top with each press, before the release. */
function TheMovingGrid(): ReactNode {
  const [count, setCount] = useState(5);
  useEffect(() => {
    const grow = (): void => setCount((now) => now + 1);
    window.addEventListener("pointerdown", grow);
    const stop = useUi.subscribe(({ view }) => record(`${view} ${prefs().filters[view] ?? ""}`));
    return () => {
      window.removeEventListener("pointerdown", grow);
      stop();
    };
  }, []);
  return (
    <div style={{ height: 500, position: "relative" }}>
      <Grid
        id="moving"
        label="Moving"
        columns={MOVING_COLUMNS}
        rows={Array.from({ length: count }, (_, index) => moving(index))}
        rowId={(row) => row.id}
        onOpen={(row) => record(row.id)}
        empty={<p>Nothing</p>}
      />
    </div>
  );
}

function TheChart(): ReactNode {
  const times = Array.from({ length: 600 }, (_, index) => 1_767_623_400_000_000 + index * 1_000_000);
  return (
    <div style={{ height: 300 }}>
      <Chart
        label="Equity"
        summary="Equity went from 100 to 699."
        times={times}
        values={[times.map((_, index) => 100 + index)]}
        lines={[{ label: "Equity", colour: "accent", format: (value) => value.toFixed(2) }]}
        axis
      />
    </div>
  );
}

function TheQuestion(): ReactNode {
  return (
    <>
      <button
        type="button"
        onClick={() =>
          question({
            title: "Stop the session?",
            text: "Working orders stay at the venue.",
            verb: "Stop 24 strategies",
            cancel: "Cancel",
            danger: true,
            note: "required",
            run: async ({ operator, note }) => {
              record(`${operator}: ${note}`);
              return null;
            },
          })
        }
      >
        Ask
      </button>
      <QuestionDialog />
    </>
  );
}

const PARTS: Readonly<Record<string, () => ReactNode>> = {
  grid: TheGrid,
  moving: TheMovingGrid,
  chart: TheChart,
  question: TheQuestion,
};
const Part = PARTS[new URLSearchParams(location.search).get("part") ?? "grid"] ?? TheGrid;
const root = document.getElementById("root");
if (root !== null) createRoot(root).render(<Part />);
