/** Parts of a desk that have names of the person's own: rates by currency, limits by symbol and class; and lists of symbols. */
import { Plus, X } from "lucide-react";
import { useId, useState } from "react";
import type { ReactNode } from "react";
import { isMap, isScalar, isSeq } from "yaml";
import { setDesk, Problems, Row, TextControl, useComplaints, useDocument } from "./fields.tsx";
import { nodeAt, valueOf, writtenAt } from "./yaml-edit.ts";
import type { Path } from "./yaml-edit.ts";

interface MapProps {
  readonly title: string;
  readonly means: string;
  readonly path: Path;
  readonly what: string;
  readonly hint: string;
  readonly words: readonly string[];
}

/** The names of a map's entries. */
export function useKeys(path: Path): readonly string[] {
  const node = nodeAt(useDocument(), path);
  if (!isMap(node)) return [];
  return node.items.map((pair) => (isScalar(pair.key) ? String(pair.key.source ?? pair.key.value) : ""));
}

function MapEntry({
  path,
  name,
  hint,
}: {
  readonly path: Path;
  readonly name: string;
  readonly hint: string;
}): ReactNode {
  const id = useId();
  const document = useDocument();
  const own = [...path, name];
  const complaints = useComplaints(own);
  return (
    <li>
      <label htmlFor={id} className="mono clip">
        {name}
      </label>
      <TextControl
        id={id}
        value={writtenAt(document, own) ?? ""}
        hint={hint}
        rule={hint}
        invalid={complaints.length > 0}
        onChange={(typed) => setDesk(own, valueOf(typed))}
      />
      <button
        type="button"
        className="button plain icon"
        aria-label={`Remove ${name}`}
        onClick={() => setDesk(own, undefined)}
      >
        <X size={13} aria-hidden="true" />
      </button>
      <Problems complaints={complaints} id={`${id}-problem`} />
    </li>
  );
}

export function MapField({ title, means, path, what, hint, words }: MapProps): ReactNode {
  const keys = useKeys(path);
  const own = useComplaints(path, false);
  const [name, setName] = useState("");
  const id = useId();
  const add = (): void => {
    const key = name.trim();
    if (key === "" || keys.includes(key)) return;
    setDesk([...path, key], valueOf(hint.split(" ")[0] ?? "1"));
    setName("");
  };
  return (
    <Row title={title} means={means} path={path} name={path.join(".")} written={keys.length > 0} complaints={own}>
      <div className="desk-map">
        <ul>
          {keys.map((key) => (
            <MapEntry key={key} path={path} name={key} hint={hint} />
          ))}
        </ul>
        <div className="row">
          <input
            type="text"
            aria-label={`${title}: ${what}`}
            placeholder={what}
            value={name}
            maxLength={40}
            list={`${id}-names`}
            onChange={(event) => setName(event.target.value)}
            onKeyDown={(event) => {
              if (event.key === "Enter") add();
            }}
          />
          <datalist id={`${id}-names`}>
            {words.map((word) => (
              <option key={word} value={word} />
            ))}
          </datalist>
          <button type="button" className="button" disabled={name.trim() === ""} onClick={add}>
            <Plus size={13} aria-hidden="true" />
            Add
          </button>
        </div>
      </div>
    </Row>
  );
}

interface SymbolsProps {
  readonly path: Path;
  readonly known: readonly string[];
}

/** The texts of a list. */
export function useTexts(path: Path): readonly string[] {
  const document = useDocument();
  const node = nodeAt(document, path);
  if (!isSeq(node)) return [];
  return node.items.map((_item, index) => writtenAt(document, [...path, index]) ?? "");
}

const CHIPS_MAX = 24;

/** The symbols of a strategy: those of the desk as buttons, and any other as a text. */
export function SymbolsField({ path, known }: SymbolsProps): ReactNode {
  const chosen = useTexts(path);
  const complaints = useComplaints(path);
  const [typed, setTyped] = useState("");
  const id = useId();
  const set = (symbols: readonly string[]): void =>
    setDesk(
      path,
      symbols.map((one) => valueOf(one)),
    );
  const add = (): void => {
    const fresh = typed.split(/[\s,;]+/).filter((one) => one !== "" && !chosen.includes(one));
    if (fresh.length > 0) set([...chosen, ...fresh]);
    setTyped("");
  };
  const offered = known.filter((symbol) => !chosen.includes(symbol));
  return (
    <Row
      title="Symbols"
      means="The symbols that it sees and trades."
      path={path}
      name={path.join(".")}
      written={false}
      wide
      complaints={complaints}
    >
      <div className="desk-symbols">
        {chosen.map((symbol) => (
          <button
            key={symbol}
            type="button"
            className="chip"
            aria-pressed="true"
            title={`Remove ${symbol}`}
            onClick={() => set(chosen.filter((one) => one !== symbol))}
          >
            {symbol}
            <X size={11} aria-hidden="true" />
          </button>
        ))}
        {offered.slice(0, Math.max(0, CHIPS_MAX - chosen.length)).map((symbol) => (
          <button
            key={symbol}
            type="button"
            className="chip"
            aria-pressed="false"
            onClick={() => set([...chosen, symbol])}
          >
            {symbol}
          </button>
        ))}
        <input
          type="text"
          className="chip-input"
          aria-label="Another symbol"
          placeholder="Another"
          value={typed}
          list={`${id}-known`}
          onChange={(event) => setTyped(event.target.value)}
          onBlur={add}
          onKeyDown={(event) => {
            if (event.key === "Enter") add();
          }}
        />
        <datalist id={`${id}-known`}>
          {offered.map((symbol) => (
            <option key={symbol} value={symbol} />
          ))}
        </datalist>
      </div>
    </Row>
  );
}
