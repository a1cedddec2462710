/**
 * Several windows of one desk: a view, or one panel of it, in a window or tab of its own.
 *
 * 1. What a window shows at first is in its address: `?view=metrics`, and `&panel=Equity` for a panel alone.
 * 2. A new tab of the browser takes this tab's key with it; the desktop program opens a window of its own.
 */
import { isViewName } from "../../shared/views/console-views.ts";
import type { ViewName } from "../../shared/views/console-views.ts";
import { go } from "./ui.ts";

const query = new URLSearchParams(typeof window === "undefined" ? "" : window.location.search);

/** The panel that this window shows alone; null for whole views. */
export const soloPanel: string | null = query.get("panel");

/** Goes to the view that the address names. */
export function followAddress(): void {
  const view = query.get("view");
  if (view !== null && isViewName(view)) go(view);
}

/** Opens a view, or one panel of it, beside this window. */
export function openWindow(view: ViewName, panel?: string): void {
  const wanted = new URLSearchParams({ view, ...(panel === undefined ? {} : { panel }) });
  const size = panel === undefined ? "" : "popup,width=820,height=560";
  window.open(`${window.location.pathname}?${wanted.toString()}`, "_blank", size);
}
