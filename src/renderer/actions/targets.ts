/** Where a thing that is named can be seen: every alert, search result and link opens its view with its row found. */
import type { Alert } from "../../shared/contract/views.ts";
import { prefs } from "../stores/prefs.ts";
import { explain, go, goToOrders, isViewName } from "../stores/ui.ts";
import type { ViewName } from "../stores/ui.ts";

/** The filter of each view's list. */
const FILTERS: Readonly<Partial<Record<ViewName, string>>> = {
  schedule: "schedule",
  orders: "orders",
  positions: "positions",
  rejections: "rejections",
  sessions: "sessions",
  log: "log",
};

/** Opens a view with its list filtered by a text. */
export function openFiltered(view: ViewName, text: string): void {
  const id = FILTERS[view];
  if (id !== undefined) prefs().set({ filters: { ...prefs().filters, [id]: text } });
  go(view);
}

/** Opens an order with its history. */
export function openOrder(id: string): void {
  goToOrders("orders");
  explain(id);
}

/** Opens what an alert is about. */
export function openAlert({ view, target }: Alert): void {
  if (!isViewName(view)) return;
  if (target === null) go(view);
  else openFiltered(view, target);
}
