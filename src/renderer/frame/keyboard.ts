/** The keyboard of the frame: commands by their keys, Escape back, brackets between views. */
import { useEffect } from "react";
import { VIEW_NAMES } from "../../shared/views/console-views.ts";
import { commands } from "../actions/commands.ts";
import { isSingleKey, isTyping, nameOfKey } from "../lib/keys.ts";
import { usePrefs } from "../stores/prefs.ts";
import { explain, go, useUi } from "../stores/ui.ts";

/** `[` and `]`: the tabs of a view that has some, else the view before and after. */
function step(by: 1 | -1): void {
  const tabs = [...document.querySelectorAll<HTMLButtonElement>("main [role=tab]")];
  if (tabs.length > 1) {
    const index = tabs.findIndex((tab) => tab.getAttribute("aria-selected") === "true");
    const tab = tabs[(index + by + tabs.length) % tabs.length];
    tab?.click();
    tab?.focus();
    return;
  }
  const index = VIEW_NAMES.indexOf(useUi.getState().view);
  const view = VIEW_NAMES[(index + by + VIEW_NAMES.length) % VIEW_NAMES.length];
  if (view !== undefined) go(view);
}

function onKey(event: KeyboardEvent): void {
  const { question, palette, restore, ticket, why } = useUi.getState();
  const name = nameOfKey(event);
  if (event.defaultPrevented || question !== null || restore !== null || ticket !== null) return;
  if (palette && name !== "mod+k") return;
  if (name === "Escape" && why !== null && !isTyping(event.target)) {
    explain(null);
    return;
  }
  if (isSingleKey(name) && (!usePrefs.getState().letterKeys || isTyping(event.target))) return;
  if (name === "[" || name === "]") return step(name === "]" ? 1 : -1);
  const command = commands().find((candidate) => candidate.keys.includes(name));
  if (command === undefined || !command.enabled || event.repeat) return;
  event.preventDefault();
  command.run();
}

export function useKeyboard(): void {
  useEffect(() => {
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);
}
