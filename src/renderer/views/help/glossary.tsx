/** The glossary as a page of the help: the same source that explains a label on hover and that GLOSSARY.md is made from. */
import { useState } from "react";
import type { ReactNode } from "react";
import { REASONS, STATES, TERMS } from "../../../shared/glossary.ts";
import { Empty, Panel } from "../../components/panel.tsx";
import { formatCount } from "../../lib/format.ts";

interface Entry {
  readonly name: string;
  /** The code that files and the command line use; absent for a term. */
  readonly code?: string;
  readonly meaning: string;
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const plain = (words: Readonly<Record<string, string>>): Entry[] =>
  Object.entries(words).map(([name, meaning]) => ({ name: capital(name), meaning }));

const GROUPS: readonly (readonly [string, readonly Entry[]])[] = [
  ["Terms", plain(TERMS)],
  ["States", plain(STATES)],
  ["Reasons", Object.entries(REASONS).map(([code, { name, meaning }]) => ({ name, code, meaning }))],
];

const TOTAL = GROUPS.reduce((sum, [, entries]) => sum + entries.length, 0);

function Words({ entries }: { readonly entries: readonly Entry[] }): ReactNode {
  return (
    <table className="plain">
      <tbody>
        {entries.map(({ name, code, meaning }) => (
          <tr key={code ?? name}>
            <td>
              {name}
              {code === undefined ? null : <div className="mono quiet">{code}</div>}
            </td>
            <td>{capital(meaning)}.</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export function Glossary(): ReactNode {
  const [typed, setTyped] = useState("");
  const wanted = typed.trim().toLowerCase();
  const found = GROUPS.map(
    ([title, entries]) =>
      [
        title,
        entries.filter(({ name, code, meaning }) => `${name} ${code ?? ""} ${meaning}`.toLowerCase().includes(wanted)),
      ] as const,
  ).filter(([, entries]) => entries.length > 0);
  const count = found.reduce((sum, [, entries]) => sum + entries.length, 0);
  return (
    <Panel
      title="Glossary"
      subtitle={wanted === "" ? `${formatCount(TOTAL)} terms, states and reasons` : `${formatCount(count)} of ${TOTAL}`}
      actions={
        <label className="field small">
          <span className="hidden-text">Filter the glossary</span>
          <input
            type="search"
            placeholder="filter"
            value={typed}
            data-testid="glossary-filter"
            onChange={(event) => setTyped(event.target.value)}
          />
        </label>
      }
    >
      {found.length === 0 ? (
        <Empty title="No match">Clear the filter to see all {TOTAL}.</Empty>
      ) : (
        found.map(([title, entries]) => (
          <details key={`${title} ${wanted === ""}`} className="prose" open={wanted !== ""}>
            <summary>
              {title} <span className="quiet">{formatCount(entries.length)}</span>
            </summary>
            <Words entries={entries} />
          </details>
        ))
      )}
    </Panel>
  );
}
