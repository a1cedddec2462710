/**
 * What a view reads is asked for before the view is drawn: all of it at once, as soon as it is clear that the view will be shown.
 *
 * 1. A stream that the view does not take up is let go after the time for which any stream without a reader is kept.
 */
import type { ViewName } from "../../shared/views/console-views.ts";
import { readAhead } from "../stores/live.ts";
import { useUi } from "../stores/ui.ts";
import { DRAWN } from "./registry.ts";

/** Asks for what a view will show. */
export function expectView(view: ViewName): void {
  readAhead(DRAWN[view].streams);
}

/** Asks for what each view shows as soon as it is chosen, whichever way. */
export function followViews(): void {
  useUi.subscribe(({ view }, before) => {
    if (view !== before.view) expectView(view);
  });
}
