/** The parts of a desk that a question may name: everything, a group, a strategy, a symbol; and how a list of them is written. */
import { scopeText, strategiesIn, type Scope } from "../../shared/scope.ts";
import type { OpenSession } from "../../shared/contract/views.ts";
import type { Choice } from "../stores/ui.ts";
import { plural } from "../lib/format.ts";

export type WholeOrPart = Scope | { readonly kind: "all"; readonly name: "all" };

export const ALL: WholeOrPart = { kind: "all", name: "all" };
export const EVERYTHING = "everything";

export const strategiesOf = (count: number): string => plural(count, "strategy", "strategies");

export const valueOf = ({ kind, name }: WholeOrPart): string => (kind === "all" ? EVERYTHING : `${kind}:${name}`);

/** The scope that a choice stands for; null for everything. */
export function scopeOf(choice: string): Scope | null {
  const [, kind, name] = /^(strategy|group|symbol):(.+)$/s.exec(choice) ?? [];
  return kind === undefined || name === undefined ? null : { kind: kind as Scope["kind"], name };
}

export const wholeOf = (choice: string): WholeOrPart => scopeOf(choice) ?? ALL;

/** `everything`, `group momentum`, `strategy mr-aapl`, `symbol AAPL`. */
export const wholeText = (scope: WholeOrPart): string => (scope.kind === "all" ? EVERYTHING : scopeText(scope));

/** How many strategies a scope stops; of a symbol it is not known here. */
export const sizeOf = (open: Pick<OpenSession, "groups">, scope: Scope): number =>
  scope.kind === "group" ? (open.groups[scope.name]?.length ?? 0) : 1;

/** `momentum: 6 strategies`. */
export function labelOf(open: Pick<OpenSession, "groups">, scope: Scope): string {
  return scope.kind === "group" ? `${scope.name}: ${strategiesOf(sizeOf(open, scope))}` : scope.name;
}

const GROUP_NAMES = { group: "A group", strategy: "One strategy", symbol: "One symbol" } as const;

/** Groups, strategies and symbols as options, each kind under its name; `keeps` leaves some out. */
export function partOptions(open: OpenSession, keeps: (scope: Scope) => boolean = () => true): Choice["options"] {
  const scopes: Scope[] = [
    ...Object.keys(open.groups).map((name): Scope => ({ kind: "group", name })),
    ...Object.values(open.groups)
      .flat()
      .map((name): Scope => ({ kind: "strategy", name })),
    ...open.symbolNames.map((name): Scope => ({ kind: "symbol", name })),
  ];
  return scopes
    .filter(keeps)
    .map((scope) => ({ value: valueOf(scope), label: labelOf(open, scope), group: GROUP_NAMES[scope.kind] }));
}

/** Whether an owner's symbol lies within a scope. */
export function insideScope(
  groups: OpenSession["groups"],
  scope: WholeOrPart,
): (held: { readonly strategy: string; readonly symbol: string }) => boolean {
  if (scope.kind === "all") return () => true;
  if (scope.kind === "symbol") return ({ symbol }) => symbol === scope.name;
  const members = Object.entries(groups).flatMap(([group, names]) =>
    names.map((name) => ({ name, group, symbols: [] })),
  );
  const names = new Set(strategiesIn(members, scope));
  return ({ strategy }) => names.has(strategy);
}
