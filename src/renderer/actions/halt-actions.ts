/** Halting and resuming: everything, a group, a strategy, a symbol. Each question names what it stops, and what rests at the broker. */
import { createElement } from "react";
import { ScopeFacts } from "./scope-facts.tsx";
import { readableSentence } from "../../shared/text/sentence-text.ts";
import { scopeText, type Scope } from "../../shared/scope.ts";
import type { OpenSession } from "../../shared/contract/views.ts";
import { ask, useLive } from "../stores/live.ts";
import { notify, question, useUi } from "../stores/ui.ts";
import type { Choice } from "../stores/ui.ts";
import { EVERYTHING, labelOf, partOptions, scopeOf, sizeOf, strategiesOf, valueOf, wholeOf } from "./scopes.ts";
import { errorOf } from "./session-actions.ts";

const session = (): OpenSession | null => useLive.getState().streams.session?.session ?? null;

const isHalted = (open: OpenSession, scope: Scope): boolean =>
  open.haltedScopes.some(({ kind, name }) => kind === scope.kind && name === scope.name);

/** How far a halt goes. */
const ALSO: Choice = {
  label: "How far",
  options: [
    { value: "only", label: "Only halt" },
    { value: "cancel", label: "And cancel working orders" },
    { value: "flatten", label: "And flatten" },
  ],
  start: "only",
};

const alsoOf = (also: string): { also?: "cancel" | "flatten" } =>
  also === "cancel" || also === "flatten" ? { also } : {};

const AFTERWARDS: Readonly<Record<string, string>> = {
  only: "Working orders stay at the broker and may fill; positions stay open.",
  cancel: "Working orders are canceled; positions stay open.",
  flatten: "Working orders are canceled, and market orders close the positions.",
};

/** Who sends no order under a halt of a scope, and until when. */
function stopText(open: OpenSession, choice: string, shut: boolean): string {
  const scope = scopeOf(choice);
  if (scope === null)
    return `None of the ${strategiesOf(open.strategies)} sends another order until an operator resumes.`;
  const who =
    scope.kind === "group"
      ? `None of the ${strategiesOf(sizeOf(open, scope))} of ${scope.name} sends another order`
      : scope.kind === "symbol"
        ? `No strategy sends another order in ${scope.name}`
        : `${scope.name} does not send another order`;
  const rest = shut ? "It stays halted when the session is resumed." : "All others continue.";
  return `${who} until an operator resumes the ${scope.kind}. ${rest}`;
}

function haltVerb(open: OpenSession, choice: string, also: string): string {
  const scope = scopeOf(choice);
  const what =
    scope === null
      ? strategiesOf(open.strategies)
      : scope.kind === "group"
        ? `${strategiesOf(sizeOf(open, scope))} of ${scope.name}`
        : scope.name;
  return `Halt ${what}${also === "cancel" ? ", cancel orders" : also === "flatten" ? " and flatten" : ""}`;
}

/** Halting is one key and one confirm. Begins with everything, or with the scope that is named. */
export function askHalt(first: Scope | null = null): void {
  const open = session();
  if (open === null) return;
  const shut = open.state === "halted";
  const everything = shut ? [] : [{ value: EVERYTHING, label: `Everything: ${strategiesOf(open.strategies)}` }];
  const options = [...everything, ...partOptions(open, (scope) => !isHalted(open, scope))];
  const start = options.find(({ value }) => first !== null && value === valueOf(first)) ?? options[0];
  if (start === undefined) return;
  question({
    title: shut ? `Halt a part of ${open.desk}?` : `Halt ${open.desk}?`,
    choice: { label: "What", options, start: start.value },
    also: ALSO,
    text: (choice, also) => `${stopText(open, choice, shut)} ${AFTERWARDS[also] ?? ""}`,
    facts: (choice, also) => createElement(ScopeFacts, { scope: wholeOf(choice), positions: also === "flatten" }),
    verb: (choice, also) => haltVerb(open, choice, also),
    cancel: "Cancel",
    danger: true,
    urgent: true,
    waits: true,
    note: "optional",
    run: async ({ operator, note, choice, also }) => {
      const scope = scopeOf(choice);
      if (scope === null) useUi.setState({ haltRequested: true });
      const answer = await ask("session.halt", {
        operator,
        note,
        ...(scope === null ? {} : { scope }),
        ...alsoOf(also),
      });
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
    text: (_choice, also) =>
      `None of these sends another order until an operator resumes it. All others continue. ${AFTERWARDS[also] ?? ""}`,
    also: ALSO,
    evidence: { columns: ["Strategy"], rows: names.map((name) => [name]) },
    verb: `Halt ${strategiesOf(names.length)}`,
    cancel: "Cancel",
    danger: true,
    urgent: true,
    waits: true,
    note: "optional",
    run: async ({ operator, note, also }) => {
      const asked = names.map((name) =>
        ask("session.halt", { operator, note, scope: { kind: "strategy", name }, ...alsoOf(also) }),
      );
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
      const shut = open.state === "halted" ? " The whole session is halted too and stays halted." : "";
      const who =
        found.kind === "symbol"
          ? `all strategies send orders in ${found.name}`
          : `${strategiesOf(sizeOf(open, found))} send orders`;
      const again = `Resuming lets ${who} again.`;
      return `The ${scopeText(found)} is halted. ${readableSentence(found.message)}${note} ${again}${shut}`;
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
