/** Keys as commands know them: `p`, `shift+h`, `mod+k`, `?`; and how they are written for people. */

export interface KeyPress {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
}

/** The name of a key press. Shift is named for letters only, since for signs it is part of the sign. */
export function nameOfKey(event: KeyPress): string {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const letter = /^[a-z]$/.test(key);
  return [
    event.ctrlKey || event.metaKey ? "mod+" : "",
    event.altKey ? "alt+" : "",
    event.shiftKey && (letter || key.length > 1) ? "shift+" : "",
    key,
  ].join("");
}

/** A single sign without Ctrl, Cmd or Alt: what the setting switches off. */
export function isSingleKey(name: string): boolean {
  return !name.startsWith("mod+") && !name.startsWith("alt+") && name.replace("shift+", "").length === 1;
}

export function isMac(platform: string): boolean {
  return /mac|darwin|iphone|ipad/i.test(platform);
}

/** How a key is written: `⌘K` or `Ctrl K`, `⇧H`. */
export function keyLabel(name: string, mac: boolean): string {
  const parts = name.split("+").filter((part) => part !== "");
  const last = parts.at(-1) ?? name;
  const sign = last === "Escape" ? "Esc" : last.length === 1 ? last.toUpperCase() : last;
  const mod = parts.includes("mod") ? (mac ? "⌘" : "Ctrl ") : "";
  return `${mod}${parts.includes("shift") ? "⇧" : ""}${sign}`;
}

/** True where the person types text, so that letters are letters. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement) return !["checkbox", "radio", "button", "file"].includes(target.type);
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement || target.isContentEditable;
}
