/**
 * The focus after a dialog: back where it was before, so that a keyboard user continues at the same place.
 *
 * 1. Where that place has gone, the view has it; nothing is ever left without the focus.
 * 2. A dialog that follows on another keeps what it has.
 */
import { useEffect, useRef, type RefObject } from "react";

interface FocusBack {
  /** Called as a dialog opens, before it takes the focus. */
  readonly opened: () => void;
  /** For `onCloseAutoFocus`. */
  readonly closed: (event: Event) => void;
}

export function useFocusBack(): FocusBack {
  const before = useRef<Element | null>(null);
  return {
    opened: () => {
      before.current = document.activeElement;
    },
    closed: (event) => {
      event.preventDefault();
      if (document.querySelector("[role=alertdialog][data-state=open], [role=dialog][data-state=open]") !== null)
        return;
      const { current } = before;
      if (current instanceof HTMLElement && current.isConnected) current.focus();
      // A button that can do nothing any more takes no focus.
      if (document.activeElement === document.body) document.querySelector<HTMLElement>("#main")?.focus();
    },
  };
}

/** Whether an element can have the focus no more: it is gone, or can do nothing. */
const isLost = (element: Element): boolean => !element.isConnected || element.matches(":disabled");

/**
 * Gives the focus to `main` when what had it within goes, or can do nothing any more, at whatever update that happens. A person who
 * clicked beside everything keeps it nowhere.
 */
export function useFocusKept(main: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const { current } = main;
    if (current === null) return undefined;
    let last: Element | null = null;
    const remember = ({ target }: FocusEvent): void => {
      // A grid takes care of its own cells.
      last = target instanceof Element && target.closest(".ag-root-wrapper") === null ? target : null;
    };
    const observer = new MutationObserver(() => {
      if (last === null || !isLost(last)) return;
      last = null;
      const { activeElement } = document;
      if (activeElement === null || activeElement === document.body || isLost(activeElement)) current.focus();
    });
    current.addEventListener("focusin", remember);
    observer.observe(current, { childList: true, subtree: true, attributeFilter: ["disabled"] });
    return () => {
      current.removeEventListener("focusin", remember);
      observer.disconnect();
    };
  }, [main]);
}
