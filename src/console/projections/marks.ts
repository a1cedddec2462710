/**
 * What a chart marks: halts, resumes, kill switches, limit changes and notes, each with its moment and its words.
 *
 * 1. The newest `MARKS_MAX`, keyed by their journal number.
 */
import { haltText } from "../../shared/text/halt-text.ts";
import { scopeText } from "../../shared/scope.ts";
import type { Mark } from "../../shared/contract/views.ts";
import type { JournalEntry } from "../../store/journal/entries.ts";
import { Table } from "./table.ts";

export const MARKS_MAX = 200;

const said = (note: string | null): string => (note === null || note === "" ? "" : `: ${note}`);

function markOf(entry: JournalEntry): Omit<Mark, "at"> | null {
  switch (entry.kind) {
    case "halt":
      return { kind: "halt", text: `${haltText(entry.message)}${entry.note === null ? "" : ` ${entry.note}`}` };
    case "resume":
      return { kind: "resume", text: `Resumed by ${entry.operator}${said(entry.note)}` };
    case "switch": {
      const halted = entry.event === "halted";
      const text = `${scopeText(entry.scope)} ${halted ? "halted" : "resumed"}${said(entry.note)}`;
      return { kind: halted ? "halt" : "resume", text: text.charAt(0).toUpperCase() + text.slice(1) };
    }
    case "limits":
      return {
        kind: "limit",
        text: `${entry.limit} ${entry.before} → ${entry.after} by ${entry.operator}${said(entry.note)}`,
      };
    case "review":
      return {
        kind: "note",
        text: `${entry.item} ${entry.action === "adopt" ? "adopted" : "dismissed"} by ${entry.operator}${said(entry.note)}`,
      };
    default:
      return null;
  }
}

export class MarksProjection {
  readonly #marks = new Table<Mark>(MARKS_MAX);

  apply(entry: JournalEntry): void {
    const mark = markOf(entry);
    if (mark !== null) this.#marks.set(String(entry.seq), { ...mark, at: entry.at });
  }

  state(): [string, Mark][] {
    return this.#marks.state();
  }

  restore(marks: Iterable<readonly [string, Mark]>): void {
    this.#marks.restore(marks);
  }

  value(): Record<string, Mark> {
    return this.#marks.value();
  }
}
