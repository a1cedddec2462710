/** Halting and resuming: everything, one group, one strategy. Each question names what it stops, and how many. */
import { scopeText, type Scope } from "../../shared/scope.ts";
import type { OpenSession } from "../../shared/views.ts";
import { ask, useLive } from "../stores/live.ts";
import { notify, question, useUi } from "../stores/ui.ts";
import type { Choice } from "../stores/ui.ts";
import { plural } from "./format.ts";
import { errorOf, strategiesOf } from "./session-actions.ts";

const session = (): OpenSession | null => useLive.getState().streams.session?.session ?? null;

const EVERYTHING = "everything";
const valueOf = (scope: Scope): string => `${scope.kind}:${scope.name}`;

/** The scope that a choice stands for; null for everything. */
function scopeOf(choice: string): Scope | null {
  const [, kind, name] = /^(strategy|group):(.+)$/.exec(choice) ?? [];
  return kind === undefined || name === undefined ? null : { kind: kind as Scope["kind"], name };
}

const sizeOf = (open: OpenSession, scope: Scope): number =>
  scope.kind === "strategy" ? 1 : (open.groups[scope.name]?.length ?? 0);

/** `group momentum: 6 strategies`. */
function labelOf(open: OpenSession, scope: Scope): string {
  return scope.kind === "strategy" ? scope.name : `${scope.name}: ${strategiesOf(sizeOf(open, scope))}`;
}

const isHalted = (open: OpenSession, scope: Scope): boolean =>
  open.haltedScopes.some(({ kind, name }) => kind === scope.kind && name === scope.name);

/** The groups and the strategies that are not halted by themselves. */
function partsOf(open: OpenSession): Choice["options"] {
  const scopes: Scope[] = [
    ...Object.keys(open.groups).map((name): Scope => ({ kind: "group", name })),
    ...Object.values(open.groups)
      .flat()
      .map((name): Scope => ({ kind: "strategy", name })),
  ];
  return scopes
    .filter((scope) => !isHalted(open, scope))
    .map((scope) => ({
      value: valueOf(scope),
      label: labelOf(open, scope),
      group: scope.kind === "group" ? "A group" : "One strategy",
    }));
}

/** Halting is one key and one confirm. Begins with everything, or with the scope that is named. */
export function askHalt(first: Scope | null = null): void {
  const open = session();
  if (open === null) return;
  const shut = open.state === "halted";
  const all = strategiesOf(open.strategies);
  const everything = shut ? [] : [{ value: EVERYTHING, label: `Everything: ${all}` }];
  const options = [...everything, ...partsOf(open)];
  const start = options.find(({ value }) => first !== null && value === valueOf(first)) ?? options[0];
  if (start === undefined) return;
  const flight = open.counts.inflight;
  const staying =
    flight === 0
      ? "No order is in flight."
      : `${plural(flight, "order")} in flight ${flight === 1 ? "stays" : "stay"} at the broker.`;
  question({
    title: shut ? `Halt a part of ${open.desk}?` : `Halt ${open.desk}?`,
    choice: { label: "What", options, start: start.value },
    text: (choice) => {
      const scope = scopeOf(choice);
      if (scope === null) return `None of the ${all} sends another order until an operator resumes. ${staying}`;
      const rest = shut ? "It stays halted when the session is resumed." : "All others continue.";
      const who =
        scope.kind === "group"
          ? `None of the ${strategiesOf(sizeOf(open, scope))} of ${scope.name} sends`
          : `${scope.name} does not send`;
      return `${who} another order until an operator resumes the ${scope.kind}. ${rest} Orders in flight stay at the broker.`;
    },
    verb: (choice) => {
      const scope = scopeOf(choice);
      if (scope === null) return `Halt ${all}`;
      return scope.kind === "strategy"
        ? `Halt ${scope.name}`
        : `Halt ${strategiesOf(sizeOf(open, scope))} of ${scope.name}`;
    },
    cancel: "Cancel",
    danger: true,
    urgent: true,
    note: "optional",
    run: async ({ operator, note, choice }) => {
      const scope = scopeOf(choice);
      if (scope === null) useUi.setState({ haltRequested: true });
      const answer = await ask("session.halt", { operator, note, ...(scope === null ? {} : { scope }) });
      useUi.setState({ haltRequested: false });
      return errorOf(answer);
    },
  });
}

/** Halts several strategies that were marked, one after the other; the list is the one that the question showed. */
export function askHaltEach(names: readonly string[]): void {
  const [only] = names;
  if (names.length === 1 && only !== undefined) return askHalt({ kind: "strategy", name: only });
  question({
    title: `Halt ${strategiesOf(names.length)}?`,
    text: "None of these sends another order until an operator resumes it. All others continue. Orders in flight stay at the broker.",
    evidence: { columns: ["Strategy"], rows: names.map((name) => [name]) },
    verb: `Halt ${strategiesOf(names.length)}`,
    cancel: "Cancel",
    danger: true,
    urgent: true,
    note: "optional",
    run: async ({ operator, note }) => {
      const asked = names.map((name) => ask("session.halt", { operator, note, scope: { kind: "strategy", name } }));
      const answers = await Promise.all(asked);
      return answers.map(errorOf).find((error) => error !== null) ?? null;
    },
  });
}

/** Lifting a part's halt: it shows since when and by whom it is halted, and starts on "Stay halted". */
export function askResumePart(first: Scope | null = null): void {
  const open = session();
  const halted = open?.haltedScopes ?? [];
  const start = halted.find(({ kind, name }) => kind === first?.kind && name === first.name) ?? halted[0];
  if (open === null || start === undefined) return;
  question({
    title: `Resume a part of ${open.desk}?`,
    choice: {
      label: "What",
      options: halted.map((scope) => ({ value: valueOf(scope), label: `${scope.kind} ${labelOf(open, scope)}` })),
      start: valueOf(start),
    },
    text: (choice) => {
      const found = halted.find((scope) => valueOf(scope) === choice);
      if (found === undefined) return "";
      const note = found.note === null || found.note === "" ? "" : ` “${found.note}”`;
      const shut = open.state === "halted" ? " The session as a whole is halted, too, and stays so." : "";
      const again = `Resuming lets ${strategiesOf(sizeOf(open, found))} send orders again.`;
      return `The ${scopeText(found)} is halted. ${found.message}${note} ${again}${shut}`;
    },
    verb: (choice) => {
      const scope = scopeOf(choice);
      return scope === null ? "Resume" : `Resume ${scopeText(scope)}`;
    },
    cancel: "Stay halted",
    danger: false,
    note: "required",
    run: async ({ operator, note, choice }) => {
      const scope = scopeOf(choice);
      if (scope === null) return null;
      const error = errorOf(await ask("session.resume", { operator, note, scope }));
      if (error === null) notify(`Resumed: ${scopeText(scope)}.`);
      return error;
    },
  });
}
