/**
 * The focus after a dialog: back where it was before, so that a person at the keyboard goes on from there.
 *
 * 1. Where that place has gone, the view has it; nothing is ever left without the focus.
 * 2. A dialog that follows on another keeps what it has.
 */
import { useRef } from "react";

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
