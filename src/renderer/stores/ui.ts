/** What the frame shows at the moment: the view, the order that is explained, the dialog, the palette, and short notices. */
import type { ReactNode } from "react";
import { create } from "zustand";
import type { ViewName } from "../../shared/views/console-views.ts";
import type { ErrorShape } from "../../shared/errors.ts";

export interface Evidence {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** One of several, as a list; options of one `group` stand together under its name. */
export interface Choice {
  readonly label: string;
  readonly options: readonly { readonly value: string; readonly label: string; readonly group?: string }[];
  /** What is chosen at first; the first option when absent. */
  readonly start?: string;
}

/** A value to write beside the record, such as a new price. */
export interface ValueField {
  readonly name: string;
  readonly label: string;
  readonly start: string;
}

/** A question before something that cannot be taken back. It holds the rows it showed; nothing replaces it while it is open. */
export interface Question {
  readonly title: string;
  /** The consequence, in sentences; of what is chosen, where something is. */
  readonly text: string | ((choice: string, also: string) => string);
  readonly evidence?: Evidence;
  /** The verb with its scope and count: `Resume 24 strategies`. */
  readonly verb: string | ((choice: string, also: string) => string);
  readonly cancel: string;
  readonly danger: boolean;
  /** For a bad minute: Enter on the focused verb confirms, and a window without an operator's name acts as `operator`. */
  readonly urgent?: boolean;
  /** Nothing of it is journaled, so no name is asked for. */
  readonly unsigned?: boolean;
  /** Sent to a console that does not respond, too: late it is as good as at once. */
  readonly waits?: boolean;
  readonly note: "required" | "optional" | "none";
  readonly choice?: Choice;
  /** How far it goes, as a few buttons beside the choice. */
  readonly also?: Choice;
  /** What the choice covers at the moment, kept up to date while the question is open. */
  readonly facts?: (choice: string, also: string) => ReactNode;
  readonly fields?: readonly ValueField[];
  /** What is missing in the fields, as a sentence; null where nothing is. */
  readonly check?: (fields: Readonly<Record<string, string>>) => string | null;
  /** A value to write, such as a limit's; empty at first. */
  readonly value?: { readonly label: string; readonly hint: string };
  readonly run: (answer: {
    operator: string;
    note: string;
    choice: string;
    value: string;
    also: string;
    fields: Readonly<Record<string, string>>;
  }) => Promise<ErrorShape | null>;
}

export interface Notice {
  readonly id: number;
  readonly text: string;
  readonly tone: "info" | "problem";
}

export type RestoreStart =
  | { readonly kind: "choose" }
  /** A file that is handed over: `share` of it is there. */
  | { readonly kind: "sending"; readonly name: string; readonly share: number }
  | { readonly kind: "upload"; readonly upload: string }
  | { readonly kind: "path"; readonly path: string }
  | { readonly kind: "session"; readonly id: string };

/** The tabs of Orders and fills. */
export const ORDER_TABS = ["working", "orders", "fills"] as const;
export type OrderTab = (typeof ORDER_TABS)[number];

/** What an order ticket opens with. */
export interface TicketStart {
  readonly symbol: string;
}

export interface Exporting {
  readonly job: number;
  readonly table: string;
  readonly rows: number;
  readonly total: number;
}

interface UiStore {
  readonly view: ViewName;
  readonly why: string | null;
  readonly question: Question | null;
  readonly palette: boolean;
  /** The list of alerts is open. */
  readonly alerts: boolean;
  /** The tour's step, from 0; null where it is not shown. */
  readonly tour: number | null;
  readonly restore: RestoreStart | null;
  readonly notices: readonly Notice[];
  /** A halt that was asked for here and that the host has not answered yet. */
  readonly haltRequested: boolean;
  /** Orders whose cancel was asked for here and that the host has not answered yet. */
  readonly cancelRequested: readonly string[];
  readonly ticket: TicketStart | null;
  readonly ordersTab: OrderTab;
  /** Ended flattens whose banner was put away. */
  readonly seenFlattens: readonly string[];
  /** A long list that the host is writing into a file. */
  readonly exporting: Exporting | null;
}

/** Notices that are shown at once; older ones go. */
const NOTICES_MAX = 4;

export const useUi = create<UiStore>(() => ({
  view: "desk",
  why: null,
  question: null,
  palette: false,
  alerts: false,
  tour: null,
  restore: null,
  notices: [],
  haltRequested: false,
  cancelRequested: [],
  ticket: null,
  ordersTab: "orders",
  seenFlattens: [],
  exporting: null,
}));

export function go(view: ViewName): void {
  useUi.setState((state) => (state.view === view ? state : { view, why: null }));
}

/** Remembers what is shown. The function goes to `view`, unless another view was opened meanwhile: a late answer takes none away. */
export function goUnlessLeft(view: ViewName): () => void {
  const from = useUi.getState().view;
  return () => {
    if (useUi.getState().view === from) go(view);
  };
}

export function explain(id: string | null): void {
  useUi.setState({ why: id });
}

/** Goes to a tab of Orders and fills. */
export function goToOrders(tab: OrderTab): void {
  useUi.setState({ ordersTab: tab });
  go("orders");
}

/** Asks a question, unless one is open already. */
export function question(next: Question): void {
  useUi.setState((state) => (state.question === null ? { question: next, palette: false } : state));
}

let noticeNumber = 0;

export function notify(text: string, tone: Notice["tone"] = "info"): void {
  noticeNumber += 1;
  const notice = { id: noticeNumber, text, tone };
  useUi.setState((state) => ({ notices: [...state.notices, notice].slice(-NOTICES_MAX) }));
}

export function dismissNotice(id: number): void {
  useUi.setState((state) => ({ notices: state.notices.filter((notice) => notice.id !== id) }));
}

/** Whether an answer is no error; an error becomes a notice. */
export function succeeded(answer: { readonly ok: boolean; readonly error?: ErrorShape }): boolean {
  if (!answer.ok && answer.error !== undefined) notify(answer.error.message, "problem");
  return answer.ok;
}
