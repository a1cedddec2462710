/** The desk's strategies: which module each runs, on what, when, and its parameters as their own rules have them. */
import { useState } from "react";
import type { ReactNode } from "react";
import { isSeq } from "yaml";
import type { DeskField, DeskModule } from "../../../shared/contract/contract-desks.ts";
import { setDeskText, useDeskEditor } from "../../stores/desk-editor.ts";
import { Field, Problems, setDesk, useComplaints, useDocument } from "./fields.tsx";
import { AddButton, Item, ItemFields } from "./items.tsx";
import { SymbolsField } from "./maps.tsx";
import { useKnownSymbols } from "./market.tsx";
import { nodeAt, withValue, writtenAt } from "./yaml-edit.ts";
import type { Path } from "./yaml-edit.ts";

const STRATEGIES: Path = ["strategies"];
/** Rows that are shown at once; the filter finds the others. */
const SHOWN_MAX = 100;

const parameterField = ({ name, means, rule, fallback, type }: DeskModule["parameters"][number]): DeskField => ({
  at: name,
  means: means === "" ? "a parameter of the strategy" : means,
  rule: type === "boolean" ? "write one of true, false" : rule,
  fallback,
  words: type === "boolean" ? ["true", "false"] : [],
  none: false,
  only: null,
});

/** Another module has other parameters: those of the one before go. */
function setModule(path: Path, module: string): void {
  const { text, form } = useDeskEditor.getState();
  const order = form?.order ?? {};
  setDeskText(withValue(withValue(text, [...path, "params"], undefined, order), [...path, "module"], module, order));
}

function StrategyForm({ path, known }: { readonly path: Path; readonly known: readonly string[] }): ReactNode {
  const form = useDeskEditor((state) => state.form);
  const document = useDocument();
  const module = writtenAt(document, [...path, "module"]) ?? "";
  const found = form?.modules.find(({ name }) => name === module);
  const fields = form?.strategy ?? [];
  const of = (...names: readonly string[]) => fields.filter(({ at }) => names.includes(at));
  const modules = (form?.modules ?? []).map(({ name }) => name);
  const moduleField = of("module").map((field) => ({
    ...field,
    words: modules,
    rule: `write one of ${modules.join(", ")}`,
  }));
  return (
    <>
      <ItemFields fields={of("name")} under={path} />
      {moduleField.map((field) => (
        <Field key={field.at} field={field} under={path} onSet={(typed) => setModule(path, typed)} />
      ))}
      {found?.problem === null || found === undefined ? null : (
        <div className="field-problems">
          <p>{found.problem}</p>
        </div>
      )}
      <SymbolsField path={[...path, "symbols"]} known={known} />
      <ItemFields fields={of("cadence")} under={path} />
      {found === undefined || found.parameters.length === 0 ? null : (
        <section className="desk-params" aria-label="Parameters" data-testid="strategy-params">
          <h3>Parameters of {module}</h3>
          <ItemFields fields={found.parameters.map(parameterField)} under={[...path, "params"]} />
        </section>
      )}
      <h3>When and how it runs</h3>
      <ItemFields
        fields={of("sessions", "anchor", "timeBudget", "jitter", "heartbeatTimeout", "group", "pace", "queueFor")}
        under={path}
      />
    </>
  );
}

export function Strategies(): ReactNode {
  const document = useDocument();
  const known = useKnownSymbols();
  const own = useComplaints(STRATEGIES, false);
  const complaints = useDeskEditor((state) => state.check?.complaints);
  const [open, setOpen] = useState<number | null>(null);
  const [filter, setFilter] = useState("");
  const node = nodeAt(document, STRATEGIES);
  const count = isSeq(node) ? node.items.length : 0;
  const at = (index: number, key: string): string => writtenAt(document, [...STRATEGIES, index, key]) ?? "";
  const symbolsAt = (index: number): string => {
    const list = nodeAt(document, [...STRATEGIES, index, "symbols"]);
    const names = isSeq(list)
      ? list.items.map((_, item) => writtenAt(document, [...STRATEGIES, index, "symbols", item]) ?? "")
      : [];
    return names.length > 4 ? `${names.slice(0, 3).join(", ")} and ${names.length - 3} more` : names.join(", ");
  };
  const wanted = filter.trim().toLowerCase();
  const rows = Array.from({ length: count }, (_, index) => index).filter(
    (index) =>
      wanted === "" || `${at(index, "name")} ${at(index, "module")} ${symbolsAt(index)}`.toLowerCase().includes(wanted),
  );
  const add = (): void => {
    const names = new Set(Array.from({ length: count }, (_, index) => at(index, "name")));
    let name = "momentum-1";
    for (let number = 2; names.has(name); number++) name = `momentum-${number}`;
    const symbols = known.slice(0, 1);
    setDesk([...STRATEGIES, count], { name, module: "momentum", symbols, cadence: "1m" });
    setOpen(count);
  };
  return (
    <>
      <Problems complaints={own} />
      <div className="row desk-tools">
        <AddButton label="Add a strategy" testId="add-strategy" onClick={add} />
        <span className="quiet">{count === 1 ? "1 strategy" : `${count} strategies`}</span>
        <span className="spacer" />
        {count > 6 ? (
          <input
            type="text"
            aria-label="Filter the strategies"
            placeholder="/ filter"
            data-filter=""
            value={filter}
            onChange={(event) => setFilter(event.target.value)}
          />
        ) : null}
      </div>
      <ul className="desk-items">
        {rows.slice(0, SHOWN_MAX).map((index) => (
          <Item
            key={index}
            title={at(index, "name") || "A strategy"}
            detail={[at(index, "module"), symbolsAt(index), at(index, "cadence")]
              .filter((one) => one !== "")
              .join(" · ")}
            path={[...STRATEGIES, index]}
            open={open === index}
            onToggle={() => setOpen(open === index ? null : index)}
            testId={`strategy-${index}`}
          >
            <StrategyForm path={[...STRATEGIES, index]} known={known} />
          </Item>
        ))}
      </ul>
      {rows.length > SHOWN_MAX ? (
        <p className="quiet">
          {rows.length - SHOWN_MAX} more; the filter finds them
          {complaints === undefined || complaints.length === 0 ? "" : ", and the problems above lead to their lines"}.
        </p>
      ) : null}
    </>
  );
}
