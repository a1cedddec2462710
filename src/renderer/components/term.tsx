/**
 * A label with its meaning from the glossary, and the one tooltip that shows it on hover and on focus.
 *
 * 1. Whatever has `data-term` is explained; focus on a cell explains the label in it. Escape hides the tooltip.
 * 2. A label that the glossary does not know is plain text.
 */
import { useEffect, useState } from "react";
import type { ReactNode } from "react";
import { meaningOf, REASONS } from "../../shared/glossary.ts";
import { guardName } from "../lib/guards.ts";
import { plain } from "../lib/plain.ts";

interface TermProps {
  readonly label: string;
  /** True where the label stands alone, so that the keyboard reaches it. */
  readonly focus?: boolean;
}

export function Term({ label, focus = false }: TermProps): ReactNode {
  if (meaningOf(label) === null) return label;
  return (
    <span className="term" data-term={label} {...(focus ? { tabIndex: 0 } : {})}>
      {label}
    </span>
  );
}

plain(Term);

interface Shown {
  readonly term: string;
  readonly meaning: string;
  readonly left: number;
  readonly top: number;
}

const WIDTH = 320;
const DELAY_MS = 350;

function termAt(target: EventTarget | null, inside: boolean): HTMLElement | null {
  if (!(target instanceof Element)) return null;
  const found = target.closest<HTMLElement>("[data-term]");
  if (found !== null || !inside) return found;
  return target.matches("[role=columnheader], [role=gridcell]") ? target.querySelector("[data-term]") : null;
}

function placed(element: HTMLElement): Shown | null {
  const term = element.dataset["term"] ?? "";
  const meaning = meaningOf(term);
  if (meaning === null) return null;
  const box = element.getBoundingClientRect();
  const low = box.bottom + 90 > window.innerHeight;
  return {
    term,
    meaning,
    left: Math.max(8, Math.min(box.left, window.innerWidth - WIDTH - 8)),
    top: low ? box.top - 66 : box.bottom + 6,
  };
}

/** A code by the name that it has in views; its code follows the meaning. */
const nameOf = (term: string): string => (Object.hasOwn(REASONS, term) ? guardName(term) : term);

/** Shows the meaning of what is under the pointer or has the focus. */
export function TermTip(): ReactNode {
  const [shown, setShown] = useState<Shown | null>(null);
  useEffect(() => {
    let timer = 0;
    let current: HTMLElement | null = null;
    const show = (element: HTMLElement | null, delayMs: number): void => {
      if (element === current) return;
      current = element;
      clearTimeout(timer);
      setShown(null);
      if (element !== null) timer = window.setTimeout(() => setShown(placed(element)), delayMs);
    };
    const over = (event: PointerEvent): void => show(termAt(event.target, false), DELAY_MS);
    const focus = (event: FocusEvent): void => {
      const byKey = event.target instanceof Element && event.target.matches(":focus-visible");
      show(byKey ? termAt(event.target, true) : null, 0);
    };
    const hide = (): void => show(null, 0);
    const key = (event: KeyboardEvent): void => {
      if (event.key === "Escape") hide();
    };
    document.addEventListener("pointerover", over);
    document.addEventListener("pointerdown", hide);
    document.addEventListener("focusin", focus);
    document.addEventListener("keydown", key, true);
    return () => {
      clearTimeout(timer);
      document.removeEventListener("pointerover", over);
      document.removeEventListener("pointerdown", hide);
      document.removeEventListener("focusin", focus);
      document.removeEventListener("keydown", key, true);
    };
  }, []);
  if (shown === null) return null;
  const { term, meaning, left, top } = shown;
  return (
    <div className="term-tip" role="tooltip" data-testid="term-tip" style={{ left, top, maxWidth: WIDTH }}>
      <b>{nameOf(term)}</b>: {meaning}.{nameOf(term) === term ? null : <span className="mono quiet"> {term}</span>}
    </div>
  );
}
