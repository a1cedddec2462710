/** The desk's text beside its form: YAML with line numbers, its problems at their lines, and one history of changes for both sides. */
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import { HighlightStyle, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { lintGutter, setDiagnostics, type Diagnostic } from "@codemirror/lint";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { EditorState, Transaction, type Text } from "@codemirror/state";
import {
  Decoration,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  keymap,
  lineNumbers,
} from "@codemirror/view";
import { StateEffect, StateField } from "@codemirror/state";
import { tags } from "@lezer/highlight";
import { useEffect, useRef } from "react";
import type { ReactNode } from "react";
import type { DeskComplaint } from "../../../shared/contract/contract-desks.ts";
import { setDeskText, useDeskEditor } from "../../stores/desk-editor.ts";

const COLOURS = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: "var(--accent)" },
  { tag: tags.comment, color: "var(--ink-3)", fontStyle: "italic" },
  { tag: [tags.string, tags.content], color: "var(--ink)" },
  { tag: [tags.number, tags.bool, tags.null], color: "var(--warning)" },
  { tag: [tags.punctuation, tags.separator, tags.squareBracket, tags.brace], color: "var(--ink-2)" },
]);

const showLine = StateEffect.define<number | null>();
const shown = StateField.define({
  create: () => Decoration.none,
  update: (marks, transaction) => {
    for (const effect of transaction.effects)
      if (effect.is(showLine)) {
        if (effect.value === null) return Decoration.none;
        const { from } = transaction.state.doc.line(effect.value + 1);
        return Decoration.set([Decoration.line({ class: "cm-shown" }).range(from)]);
      }
    return transaction.docChanged ? marks.map(transaction.changes) : marks;
  },
  provide: (field) => EditorView.decorations.from(field),
});

/** The one stretch that differs between two texts. */
function changeOf(before: Text, after: string): { from: number; to: number; insert: string } | null {
  const old = before.toString();
  if (old === after) return null;
  let from = 0;
  const least = Math.min(old.length, after.length);
  while (from < least && old[from] === after[from]) from += 1;
  let tail = 0;
  while (tail < least - from && old[old.length - 1 - tail] === after[after.length - 1 - tail]) tail += 1;
  return { from, to: old.length - tail, insert: after.slice(from, after.length - tail) };
}

function diagnosticsOf(doc: Text, complaints: readonly DeskComplaint[]): Diagnostic[] {
  return complaints.flatMap(({ line, column, path, rule, nearest }) => {
    if (line < 1 || line > doc.lines) return [];
    const found = doc.line(line);
    const from = Math.min(found.to, found.from + Math.max(0, column - 1));
    const guess = nearest === null ? "" : `; did you mean ${nearest}?`;
    const message = `${path === "" ? "" : `${path} `}${rule}${guess}`;
    return [{ from, to: Math.max(from, found.to), severity: "error" as const, message }];
  });
}

const EXTENSIONS = [
  lineNumbers(),
  highlightActiveLineGutter(),
  highlightActiveLine(),
  history(),
  search({ top: true }),
  highlightSelectionMatches(),
  lintGutter(),
  shown,
  yaml(),
  indentUnit.of("  "),
  EditorState.tabSize.of(2),
  syntaxHighlighting(COLOURS),
  keymap.of([...defaultKeymap, ...historyKeymap, ...searchKeymap, indentWithTab]),
  EditorView.contentAttributes.of({ "aria-label": "The desk as YAML", "data-testid": "desk-yaml" }),
  EditorView.updateListener.of((update) => {
    if (update.docChanged && !update.transactions.some((one) => one.annotation(Transaction.remote) === true))
      setDeskText(update.state.doc.toString());
  }),
];

export function DeskCode(): ReactNode {
  const holder = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const text = useDeskEditor((state) => state.text);
  const check = useDeskEditor((state) => state.check);
  const reveal = useDeskEditor((state) => state.reveal);

  useEffect(() => {
    if (holder.current === null) return undefined;
    const made = new EditorView({
      state: EditorState.create({ doc: useDeskEditor.getState().text, extensions: EXTENSIONS }),
      parent: holder.current,
    });
    // The lines scroll, so the keyboard has to get there.
    made.scrollDOM.tabIndex = 0;
    view.current = made;
    return () => {
      view.current = null;
      made.destroy();
    };
  }, []);

  useEffect(() => {
    const change = view.current === null ? null : changeOf(view.current.state.doc, text);
    if (change === null) return;
    view.current?.dispatch({ changes: change, annotations: Transaction.remote.of(true) });
  }, [text]);

  useEffect(() => {
    if (view.current === null) return;
    view.current.dispatch(
      setDiagnostics(view.current.state, diagnosticsOf(view.current.state.doc, check?.complaints ?? [])),
    );
  }, [check]);

  useEffect(() => {
    const made = view.current;
    if (made === null || reveal === null || reveal.line >= made.state.doc.lines) return;
    const { from } = made.state.doc.line(reveal.line + 1);
    made.dispatch({
      effects: [EditorView.scrollIntoView(from, { y: "center" }), showLine.of(reveal.line)],
      selection: { anchor: from },
    });
  }, [reveal]);

  return <div ref={holder} className="desk-code" />;
}
