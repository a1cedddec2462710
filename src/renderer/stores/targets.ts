/** Where a thing that is named can be seen: every alert, search result and link opens its view with its row found. */
import { isViewName, VIEWS } from "../../shared/views/console-views.ts";
import type { ViewName } from "../../shared/views/console-views.ts";
import type { Alert } from "../../shared/contract/views.ts";
import { prefs } from "./prefs.ts";
import { explain, go, goToOrders } from "./ui.ts";

export type NamedKind = "strategy" | "symbol" | "order" | "session";

/** Opens a view with its list, where it has one, filtered by a text. */
function openFiltered(view: ViewName, text: string): void {
  if (VIEWS[view].filtered === true) prefs().set({ filters: { ...prefs().filters, [view]: text } });
  go(view);
}

/** Opens a strategy in Schedule, a symbol in Positions, an order with its history, a session in the list. */
export function openNamed(kind: NamedKind, name: string): void {
  if (kind === "strategy") return openFiltered("schedule", name);
  if (kind === "symbol") return openFiltered("positions", name);
  if (kind === "session") return openFiltered("sessions", name);
  goToOrders("orders");
  explain(name);
}

/** Opens what an alert is about. */
export function openAlert({ view, target }: Alert): void {
  if (!isViewName(view)) return;
  if (target === null) go(view);
  else openFiltered(view, target);
}
