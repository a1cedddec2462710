/** The desk that is edited: its text, what is on disk, what is wrong with it, and what was asked of it. The text is the one truth. */
import { merge } from "node-diff3";
import { create } from "zustand";
import type { DeskCheck, DeskForm, DeskList, DeskTrial } from "../../shared/contract/contract-desks.ts";
import type { ErrorShape } from "../../shared/errors.ts";
import { ask } from "./live.ts";
import { go, goUnlessLeft, notify } from "./ui.ts";

/** A text as it is on disk. */
export interface OnDisk {
  readonly text: string;
  readonly digest: string;
}

export const SECTIONS = ["general", "market", "instruments", "account", "limits", "strategies", "clock"] as const;
export type SectionName = (typeof SECTIONS)[number];

interface DeskEditorStore {
  readonly form: DeskForm | null;
  readonly list: DeskList | null;
  readonly error: ErrorShape | null;
  /** The desk's place in the workspace; null for one that was not saved yet. */
  readonly desk: string | null;
  /** What is on disk, as far as this window has seen it; null for a new desk. */
  readonly base: OnDisk | null;
  readonly text: string;
  /** True once a desk, or a new one, is in the editor. */
  readonly open: boolean;
  readonly check: DeskCheck | null;
  /** The check before a start; null before it was asked for, and after a change. */
  readonly trial: DeskTrial | null;
  readonly trying: boolean;
  /** The file as another program has written it since; `digest` null where it was deleted. */
  readonly conflict: { readonly text: string; readonly digest: string | null } | null;
  readonly section: SectionName;
  /** A line of the text to show, from 0; `at` makes each wish a new one. */
  readonly reveal: { readonly line: number; readonly at: number } | null;
  readonly saving: boolean;
}

const CHECK_MS = 150;
export const FOLLOW_MS = 1_500;

export const useDeskEditor = create<DeskEditorStore>(() => ({
  form: null,
  list: null,
  error: null,
  desk: null,
  base: null,
  text: "",
  open: false,
  check: null,
  trial: null,
  trying: false,
  conflict: null,
  section: "general",
  reveal: null,
  saving: false,
}));

const { getState, setState } = useDeskEditor;

/** The place under which checks of a desk without one are reported. */
const placeOf = (): string => getState().desk ?? "desks/new.yaml";

export const isDirty = ({ base, text, open }: Pick<DeskEditorStore, "base" | "text" | "open">): boolean =>
  open && base?.text !== text;

let timer: ReturnType<typeof setTimeout> | null = null;
let checks = 0;

async function check(): Promise<void> {
  timer = null;
  const mine = ++checks;
  const answer = await ask("desk.check", { desk: placeOf(), text: getState().text });
  // A newer text is checked already.
  if (mine !== checks) return;
  setState(answer.ok ? { check: answer.value } : { error: answer.error });
}

function checkSoon(): void {
  if (timer !== null) clearTimeout(timer);
  timer = setTimeout(() => void check(), CHECK_MS);
}

/** Takes a text in place of the one before. */
export function setDeskText(text: string): void {
  if (text === getState().text) return;
  setState({ text, trial: null });
  checkSoon();
}

/** Shows a line of the text, counted from 0. */
export function revealLine(line: number): void {
  setState(({ reveal }) => ({ reveal: { line, at: (reveal?.at ?? 0) + 1 } }));
}

export function showSection(section: SectionName): void {
  setState({ section });
}

/** Reads the list of desks again, and with it the chosen desk where its file has changed. */
export async function followDesks(): Promise<void> {
  const list = await ask("desks.list", {});
  if (list.ok && JSON.stringify(list.value) !== JSON.stringify(getState().list)) setState({ list: list.value });
}

/** Reads form and list again: a strategy, a profile or a desk may have come. */
export async function refreshDesks(): Promise<void> {
  const [form] = await Promise.all([ask("desk.form", {}), followDesks()]);
  setState(form.ok ? { form: form.value } : { error: form.error });
}

function show(desk: string | null, base: OnDisk | null, text: string, line?: number): void {
  setState({ desk, base, text, open: true, check: null, trial: null, conflict: null, error: null });
  void check();
  if (line !== undefined) revealLine(line);
}

/** Opens a desk; one of the program's own is opened as a new one that is like it. `line`: counted from 0. */
export async function openDesk(desk: string, line?: number): Promise<void> {
  const answer = await ask("desk.read", { desk: desk });
  if (!answer.ok) return setState({ error: answer.error });
  const { text, digest } = answer.value;
  if (digest === null) show(null, null, text, line);
  else show(desk, { text, digest }, text, line);
}

/** Shows the editor with a desk, unless another is being changed. */
export function editDesk(desk: string, line?: number): void {
  go("editor");
  const state = getState();
  if (state.desk === desk && state.open) {
    if (line !== undefined) revealLine(line);
  } else if (isDirty(state)) notify("The editor holds changes that are not saved; save or drop them first.", "problem");
  else void openDesk(desk, line);
}

export function newDesk(text: string): void {
  show(null, null, text);
  setState({ section: "general" });
}

/** Drops what is not saved. */
export function dropChanges(): void {
  const { base, desk, list } = getState();
  if (base !== null) show(desk, base, base.text);
  else if (list !== null) void openDesk(list.chosen);
}

/** Saves under a place; answers whether it is there now. */
export async function saveDesk(place: string | null = getState().desk): Promise<ErrorShape | null> {
  const { base, desk, text } = getState();
  if (place === null) return { code: "invalid_input", message: "Name the desk first." };
  setState({ saving: true });
  const answer = await ask("desk.save", { desk: place, text, base: place === desk ? (base?.digest ?? null) : null });
  setState({ saving: false });
  if (!answer.ok) {
    if (answer.error.detail?.["rule"] === "changed") await follow();
    return answer.error;
  }
  setState({ desk: place, base: { text, digest: answer.value.digest }, conflict: null });
  void refreshDesks();
  return null;
}

/** Looks whether the file is still what this window has seen; what someone else wrote is taken over, or reported where both changed it. */
export async function follow(): Promise<void> {
  const { desk, base } = getState();
  if (desk === null || base === null) return;
  const found = await ask("desk.digest", { desk });
  if (!found.ok || getState().desk !== desk || getState().base?.digest !== base.digest) return;
  const { digest } = found.value;
  if (digest === base.digest) {
    if (getState().conflict !== null) setState({ conflict: null });
    return;
  }
  const read = digest === null ? null : await ask("desk.read", { desk });
  const state = getState();
  if (state.desk !== desk || state.base?.digest !== base.digest || (read !== null && !read.ok)) return;
  const text = read === null ? "" : read.value.text;
  const seen = read === null ? null : read.value.digest;
  if (seen !== null && (text === state.text || !isDirty(state))) {
    const changed = text !== state.text;
    setState({ base: { text, digest: seen }, text, conflict: null, trial: null });
    if (!changed) return;
    checkSoon();
    notify(`${desk} was changed on disk; the editor shows it.`);
  } else if (state.conflict?.digest !== seen) setState({ conflict: { text, digest: seen } });
}

export interface Merged {
  readonly text: string;
  /** Whether both changed the same lines. */
  readonly clash: boolean;
}

/** Both changes in one text, by lines. */
export function mergedText(mine: string, base: string, theirs: string): Merged {
  const { conflict, result } = merge(mine.split("\n"), base.split("\n"), theirs.split("\n"), {
    excludeFalseConflicts: true,
    stringSeparator: "\n",
  });
  return { text: result.join("\n"), clash: conflict };
}

/** Resolves a file that was changed elsewhere: by the file, by the editor's text, or by both. */
export function settle(by: "file" | "mine" | "both"): void {
  const { conflict, base, text, desk } = getState();
  if (conflict === null || base === null) return;
  const { digest } = conflict;
  // A file that is gone is written as a new one.
  const seen = digest === null ? null : { text: conflict.text, digest };
  const both = by === "both" ? mergedText(text, base.text, conflict.text).text : text;
  const next = by === "file" ? conflict.text : both;
  setState({ conflict: null, base: seen, text: next, trial: null, desk });
  checkSoon();
}

/** Reads the data and loads the strategies as a start does, and starts nothing; answers whether it would start. */
export async function tryDesk(): Promise<boolean> {
  const { text } = getState();
  setState({ trying: true, trial: null });
  const answer = await ask("desk.try", { desk: placeOf(), text });
  setState({ trying: false });
  if (!answer.ok) {
    notify(answer.error.message, "problem");
    return false;
  }
  if (getState().text === text) setState({ trial: answer.value });
  return answer.value.problems.length === 0;
}

/** Starts a session with the desk as it is saved. */
export async function startDesk(): Promise<void> {
  const { desk } = getState();
  const toDesk = goUnlessLeft("desk");
  if (desk === null || !(await tryDesk())) return;
  const answer = await ask("session.start", { desk });
  if (answer.ok) toDesk();
  else notify(answer.error.message, "problem");
}
