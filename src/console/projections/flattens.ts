/**
 * Flattens and closes for the frame: how far those under way are, and what the newest ones that ended left open.
 *
 * 1. What is under way is the probe's; what ended is the journal's.
 * 2. One that closed everything is dropped; at most `LEFT_MAX` that left something stay, the newest.
 */
import { strategiesIn } from "../../shared/scope.ts";
import type { Desk } from "../../shared/desk.ts";
import type { Moment } from "../../shared/time.ts";
import type { FlattenView } from "../../shared/contract/views.ts";
import type { SessionProbe } from "../../live/session/state/api.ts";
import type { FlattenEntry, JournalEntry } from "../../store/journal/entries.ts";
import { recordOf } from "./table.ts";

const LEFT_MAX = 3;
/** Positions that one of them names. */
const NAMED_MAX = 50;

type Begun = Pick<FlattenEntry, "shutsGate"> & { readonly at: Moment };

export interface FlattensState {
  readonly begun: readonly (readonly [string, Begun])[];
  readonly ended: readonly FlattenView[];
}

export class FlattensProjection {
  readonly #begun = new Map<string, Begun>();
  #ended: FlattenView[] = [];

  apply(entry: JournalEntry): void {
    if (entry.kind !== "flatten") return;
    const { flatten, scope, owner, shutsGate, operator, at, closed = 0, left = [] } = entry;
    if (entry.event === "started") {
      this.#begun.set(flatten, { shutsGate, at });
      // A newer one speaks for the positions that an older one of the same scope left.
      this.#ended = this.#ended.filter(({ scope: { kind, name } }) => kind !== scope.kind || name !== scope.name);
      return;
    }
    const begun = this.#begun.get(flatten)?.at ?? at;
    this.#begun.delete(flatten);
    if (left.length === 0) return;
    const known = { flatten, scope, owner, shutsGate, operator, at: begun, ended: true, closed, sent: 0 };
    const view = { ...known, open: left.length, working: 0, left: left.slice(0, NAMED_MAX).map((one) => ({ ...one })) };
    this.#ended = [...this.#ended, view].slice(-LEFT_MAX);
  }

  state(): FlattensState {
    return { begun: [...this.#begun], ended: this.#ended };
  }

  restore({ begun, ended }: FlattensState): void {
    for (const [flatten, one] of begun) this.#begun.set(flatten, one);
    this.#ended = [...ended];
  }

  value(probe: SessionProbe, desk: Pick<Desk, "strategies">): Record<string, FlattenView> {
    const running = probe.flattens.map((flatten): FlattenView => {
      const within = insideOf(flatten, desk);
      const open = probe.ownerPositions.filter(({ owner, symbol }) => within(owner, symbol)).length;
      const working = probe.router.orders.filter(({ strategy, symbol }) => within(strategy, symbol)).length;
      const { shutsGate = true } = this.#begun.get(flatten.flatten) ?? {};
      return { ...flatten, shutsGate, ended: false, open, working, left: [] };
    });
    return recordOf(
      [...running, ...this.#ended],
      ({ flatten }) => flatten,
      (view) => view,
    );
  }
}

/** Whether an owner's symbol is within a flatten. */
function insideOf(
  { scope, owner: only }: Pick<FlattenView, "scope" | "owner">,
  desk: Pick<Desk, "strategies">,
): (owner: string, symbol: string) => boolean {
  const { kind, name } = scope;
  const owners = kind === "all" || kind === "symbol" ? null : new Set(strategiesIn(desk.strategies, { kind, name }));
  return (owner, symbol) =>
    (only === null || only === owner) &&
    (kind !== "symbol" || symbol === name) &&
    (owners === null || owners.has(owner));
}
