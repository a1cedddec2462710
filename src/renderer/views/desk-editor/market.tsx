/** Where the desk's market comes from: files of the workspace with how each is read, or a drawn market and its symbols. */
import { useState } from "react";
import type { ReactNode } from "react";
import { isMap, isSeq } from "yaml";
import type { DeskField } from "../../../shared/contract/contract-desks.ts";
import { Segments } from "../../components/panel.tsx";
import { setDeskText, useDeskEditor } from "../../stores/desk-editor.ts";
import { useData } from "../../stores/data.ts";
import { Field, Problems, setDesk, useComplaints, useDocument } from "./fields.tsx";
import { AddButton, Item, ItemFields } from "./items.tsx";
import { MapField, useKeys } from "./maps.tsx";
import { Fields, Group, useSettings } from "./sections.tsx";
import { nodeAt, withValue, writtenAt } from "./yaml-edit.ts";
import type { Path } from "./yaml-edit.ts";

const FILES: Path = ["feed", "files"];
const SYMBOLS: Path = ["feed", "symbols"];

/** The names that `feed.files` lists. */
export function useFiles(): readonly string[] {
  const document = useDocument();
  const node = nodeAt(document, FILES);
  if (!isSeq(node)) return [];
  return node.items.map((item, index) =>
    isMap(item)
      ? (writtenAt(document, [...FILES, index, "path"]) ?? "")
      : (writtenAt(document, [...FILES, index]) ?? ""),
  );
}

const isMany = (name: string): boolean => /[*?[{]/.test(name) || !/\.[a-z0-9]+$/i.test(name);

/** The symbols that the desk can trade, as far as they are known without a start. */
export function useKnownSymbols(): readonly string[] {
  const check = useDeskEditor((state) => state.check);
  const trial = useDeskEditor((state) => state.trial);
  const data = useData((state) => state.list);
  const files = useFiles();
  const instruments = useKeys(["instruments"]);
  const found = new Set([...(check?.symbols ?? []), ...(trial?.symbols ?? []).map(({ symbol }) => symbol)]);
  const all = files.some(isMany);
  for (const { name, reading } of data?.files ?? [])
    if (all || files.includes(`data/${name}`)) for (const { symbol } of reading?.series ?? []) found.add(symbol);
  if (found.size === 0) for (const symbol of instruments) found.add(symbol);
  return [...found];
}

/** Changes what the market comes from, and takes away what the other kind alone has. */
function setKind(kind: string): void {
  const { form, text } = useDeskEditor.getState();
  const order = form?.order ?? {};
  const others = (form?.settings ?? []).filter(({ only }) => only?.section === "feed" && only.kind !== kind);
  const gone = [...others.map(({ at }) => at.split(".")), kind === "replay" ? ["feed", "symbols"] : ["feed", "files"]];
  const cleared = gone.reduce((now, path) => withValue(now, path, undefined, order), text);
  setDeskText(withValue(cleared, ["feed", "kind"], kind, order));
}

const profileField = (profiles: readonly string[]): DeskField => ({
  at: "profile",
  means: "a saved way of reading files; the settings below take precedence",
  rule: `write one of ${profiles.join(", ")}`,
  fallback: "none",
  words: [...profiles],
  none: false,
  only: null,
});

function Files(): ReactNode {
  const form = useDeskEditor((state) => state.form);
  const data = useData((state) => state.list);
  const files = useFiles();
  const document = useDocument();
  const own = useComplaints(FILES, false);
  const [open, setOpen] = useState<number | null>(null);
  const [typed, setTyped] = useState("");
  const free = (data?.files ?? []).map(({ name }) => `data/${name}`).filter((name) => !files.includes(name));
  const add = (name: string): void => {
    if (name.trim() !== "") setDesk([...FILES, files.length], name.trim());
    setTyped("");
  };
  const profiles = form?.profiles ?? [];
  return (
    <Group title="Files">
      <Problems complaints={own} />
      <ul className="desk-items">
        {files.map((name, index) => {
          const path = [...FILES, index];
          const map = isMap(nodeAt(document, path));
          return (
            <Item
              key={`${name} ${index}`}
              title={name}
              detail={map ? "read as written below" : "read as found in the file"}
              path={path}
              open={open === index}
              onToggle={() => {
                // A file with options is written as a map.
                if (!map && open !== index) setDesk(path, { path: name });
                setOpen(open === index ? null : index);
              }}
            >
              {profiles.length === 0 ? null : <Field field={profileField(profiles)} under={path} />}
              <ItemFields fields={form?.file ?? []} under={path} />
            </Item>
          );
        })}
      </ul>
      <div className="row">
        <select
          aria-label="Add a file of the workspace's data"
          data-testid="add-file"
          value=""
          disabled={free.length === 0}
          onChange={(event) => add(event.target.value)}
        >
          <option value="">{free.length === 0 ? "No other file in data" : "Add a file of the workspace"}</option>
          {free.map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
        <input
          type="text"
          aria-label="A file, a folder or a pattern"
          placeholder="or a pattern: data/*.csv"
          value={typed}
          maxLength={300}
          onChange={(event) => setTyped(event.target.value)}
          onBlur={() => add(typed)}
          onKeyDown={(event) => {
            if (event.key === "Enter") add(typed);
          }}
        />
      </div>
    </Group>
  );
}

function DrawnSymbols(): ReactNode {
  const form = useDeskEditor((state) => state.form);
  const document = useDocument();
  const own = useComplaints(SYMBOLS, false);
  const [open, setOpen] = useState<number | null>(null);
  const node = nodeAt(document, SYMBOLS);
  const count = isSeq(node) ? node.items.length : 0;
  const at = (index: number, key: string): string => writtenAt(document, [...SYMBOLS, index, key]) ?? "";
  const more = (form?.instrument ?? []).filter(({ at: key }) => key !== "assetClass");
  return (
    <Group title="Symbols of the drawn market">
      <Problems complaints={own} />
      <ul className="desk-items">
        {Array.from({ length: count }, (_, index) => (
          <Item
            key={index}
            title={at(index, "symbol") || "A symbol"}
            detail={`${at(index, "assetClass")} from ${at(index, "startPrice") || "—"}`}
            path={[...SYMBOLS, index]}
            open={open === index}
            onToggle={() => setOpen(open === index ? null : index)}
          >
            <ItemFields fields={[...(form?.symbol ?? []), ...more]} under={[...SYMBOLS, index]} />
          </Item>
        ))}
      </ul>
      <AddButton
        label="Add a symbol"
        testId="add-symbol"
        onClick={() => {
          setDesk([...SYMBOLS, count], { symbol: `NEW${count + 1}`, assetClass: "equity", startPrice: 100 });
          setOpen(count);
        }}
      />
    </Group>
  );
}

export function Market(): ReactNode {
  const document = useDocument();
  const kind = writtenAt(document, ["feed", "kind"]);
  const settings = useSettings("market").filter(({ at }) => at !== "feed.kind");
  const own = useComplaints(["feed", "kind"]);
  return (
    <>
      <div className={own.length > 0 ? "desk-field wrong" : "desk-field"} data-testid="field-feed.kind">
        <div className="about">
          <b>Market</b>
          <small>Recorded files of the workspace, or a market that is drawn from the seed.</small>
        </div>
        <div className="control">
          <Segments
            label="Market"
            value={kind}
            options={[
              { value: "replay", label: "Recorded files", testId: "market-replay" },
              { value: "synthetic", label: "Drawn from the seed", testId: "market-synthetic" },
            ]}
            onChange={setKind}
          />
        </div>
        <Problems complaints={own} onTake={setKind} />
      </div>
      {kind === "replay" ? <Files /> : null}
      {kind === "synthetic" ? <DrawnSymbols /> : null}
      {kind === null ? null : (
        <Group title={kind === "replay" ? "How the files are read" : "How the market is drawn"}>
          <Fields fields={settings} />
        </Group>
      )}
    </>
  );
}

/** What the check before a start found of each symbol. */
function useFound(): ReadonlyMap<string, string> {
  const trial = useDeskEditor((state) => state.trial);
  return new Map((trial?.symbols ?? []).map(({ symbol, text }) => [symbol, text]));
}

/** Instruments as a map from their symbols. */
function NamedInstruments(): ReactNode {
  const form = useDeskEditor((state) => state.form);
  const known = useKnownSymbols();
  const named = useKeys(["instruments"]);
  const found = useFound();
  const [open, setOpen] = useState<string | null>(null);
  const free = known.filter((symbol) => !named.includes(symbol));
  return (
    <>
      <ul className="desk-items">
        {named.map((symbol) => (
          <Item
            key={symbol}
            title={symbol}
            detail={found.get(symbol) ?? ""}
            path={["instruments", symbol]}
            open={open === symbol}
            onToggle={() => setOpen(open === symbol ? null : symbol)}
          >
            <ItemFields fields={form?.instrument ?? []} under={["instruments", symbol]} />
          </Item>
        ))}
      </ul>
      <div className="row">
        <select
          aria-label="Add an instrument"
          value=""
          disabled={free.length === 0}
          onChange={(event) => {
            setDesk(["instruments", event.target.value, "assetClass"], "equity");
            setOpen(event.target.value);
          }}
        >
          <option value="">{free.length === 0 ? "No other symbol" : "Add details of a symbol"}</option>
          {free.map((symbol) => (
            <option key={symbol} value={symbol}>
              {symbol}
              {found.has(symbol) ? ` (${found.get(symbol) ?? ""})` : ""}
            </option>
          ))}
        </select>
      </div>
    </>
  );
}

/** Instruments as a list of maps, as some desks have them. */
function ListedInstruments({ count }: { readonly count: number }): ReactNode {
  const form = useDeskEditor((state) => state.form);
  const document = useDocument();
  const found = useFound();
  const [open, setOpen] = useState<number | null>(null);
  return (
    <ul className="desk-items">
      {Array.from({ length: count }, (_, index) => {
        const symbol = writtenAt(document, ["instruments", index, "symbol"]) ?? "An instrument";
        return (
          <Item
            key={index}
            title={symbol}
            detail={found.get(symbol) ?? ""}
            path={["instruments", index]}
            open={open === index}
            onToggle={() => setOpen(open === index ? null : index)}
          >
            <ItemFields fields={form?.instrument ?? []} under={["instruments", index]} />
          </Item>
        );
      })}
    </ul>
  );
}

/** What the desk says of single instruments, and exchange rates. */
export function Instruments(): ReactNode {
  const document = useDocument();
  const list = nodeAt(document, ["instruments"]);
  const listed = isSeq(list) ? list.items.length : null;
  const own = useComplaints(["instruments"], false);
  return (
    <>
      <Group title="Instruments">
        <p className="second">
          What is not written here is taken from instruments.yaml, the table of well-known instruments, or the data.
          Check the desk to see what was found.
        </p>
        <Problems complaints={own} />
        {listed === null ? <NamedInstruments /> : <ListedInstruments count={listed} />}
      </Group>
      <Group title="Exchange rates">
        <MapField
          title="Rates"
          means="What one unit of a currency is worth in the account's: a symbol of the market, its inverse, or a fixed rate."
          path={["fx"]}
          what="Currency"
          hint="1.0 or EURUSD or 1/USDJPY"
          words={["EUR", "GBP", "JPY", "CHF", "CAD", "AUD", "HKD", "USDT", "USDC"]}
        />
      </Group>
    </>
  );
}
