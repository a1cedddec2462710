/** The ledger by itself, over a journal in memory and real time that the test moves: groups, ages, limits, what broke. */
import { describe, expect, it } from "vitest";
import { Ledger, PENDING_MAX } from "../../../../src/live/session/state/ledger.ts";
import { ReadModel } from "../../../../src/live/session/state/read-model.ts";
import type { VenueDisk } from "../../../../src/shared/ports.ts";
import { at, note } from "../../../store/journal/entries.ts";
import { deskOf } from "../desks.ts";

type Options = ConstructorParameters<typeof Ledger>[0];

function bench() {
  const state = { nowMs: 1_000, commits: 0, position: 0, fails: false };
  const appended: object[] = [];
  const journal = {
    get position() {
      return state.position;
    },
    append: (body: object, moment: number) => {
      const entry = { ...body, seq: (state.position += 1), at: moment };
      appended.push(entry);
      return entry;
    },
    read: (from: number) => appended.slice(from - 1),
    commit: () => {
      if (state.fails) throw new Error("The disk is full.");
      state.commits += 1;
    },
  } as unknown as Options["journal"];
  const model = new ReadModel(deskOf());
  const ledger = new Ledger({ journal, model, project: () => undefined, monotonicMs: () => state.nowMs });
  return { ledger, state };
}

/** A venue that follows the journal; it notes whether it is to wait. */
function venueDisk() {
  const deferred: boolean[] = [];
  const disk = { defer: (waits: boolean) => deferred.push(waits), changes: () => null, settle: () => undefined };
  return { disk: disk as unknown as VenueDisk, deferred };
}

describe("the ledger", () => {
  it("is crowded from its limit on", () => {
    const { ledger } = bench();
    for (let count = 1; count < PENDING_MAX; count += 1) ledger.add(note("a"), at(1));
    expect(ledger.crowded).toBe(false);
    ledger.add(note("a"), at(1));
    expect(ledger.crowded).toBe(true);
    ledger.commit();
    expect(ledger.crowded).toBe(false);
  });

  it("says how long ago the last commit was, and nothing before the first", () => {
    const { ledger, state } = bench();
    expect(ledger.commitAgeMs).toBeNull();
    ledger.add(note("a"), at(1));
    ledger.commit();
    state.nowMs += 250;
    expect(ledger.commitAgeMs).toBe(250);
  });

  it("commits where commits begin or cease to be grouped, and not where that stays as it is", () => {
    const { ledger, state } = bench();
    const [one, other] = [venueDisk(), venueDisk()];
    const after = (change: () => void): number => {
      ledger.add(note("a"), at(1));
      change();
      return state.commits;
    };
    expect(after(() => ledger.group(null))).toBe(0);
    expect(after(() => ledger.group(one.disk))).toBe(1);
    expect(ledger.grouped).toBe(true);
    expect(after(() => ledger.group(one.disk))).toBe(1);
    expect(after(() => ledger.group(other.disk))).toBe(2);
    expect(after(() => ledger.group(null))).toBe(3);
    expect([ledger.grouped, one.deferred, other.deferred]).toEqual([false, [true, false], [true, false]]);
  });

  it("gives out the entries that are committed, and no later one", () => {
    const { ledger } = bench();
    for (const text of ["a", "b"]) ledger.add(note(text), at(1));
    ledger.commit();
    ledger.add(note("c"), at(1));
    expect([...ledger.entries()].map(({ seq }) => seq)).toEqual([1, 2]);
    expect([...ledger.entries(2)].map(({ seq }) => seq)).toEqual([2]);
  });

  it("notifies every listener of everything in order, though one commits and another one throws", () => {
    const { ledger } = bench();
    const received: Record<string, number[]> = { first: [], second: [] };
    const listens = (name: "first" | "second", then: () => void) =>
      ledger.subscribe((entries) => {
        received[name]?.push(...entries.map(({ seq }) => seq));
        then();
      });
    let more = 2;
    listens("first", () => {
      if ((more -= 1) < 0) return;
      ledger.add(note("more"), at(1));
      ledger.commit();
    });
    ledger.subscribe(() => {
      throw new Error("It does not listen.");
    });
    listens("second", () => undefined);
    ledger.add(note("a"), at(1));
    ledger.commit();
    expect(received).toEqual({ first: [1, 2, 3], second: [1, 2, 3] });
    expect(ledger.broken).toBeNull();
  });

  it("settles what waits where commits are grouped, and keeps what broke it for whatever comes next", () => {
    const { ledger, state } = bench();
    ledger.add(note("a"), at(1));
    ledger.settle();
    expect(state.commits).toBe(0);
    ledger.group(venueDisk().disk);
    ledger.add(note("b"), at(1));
    ledger.settle();
    expect([state.commits, ledger.pending]).toEqual([2, 0]);
    ledger.add(note("c"), at(1));
    state.fails = true;
    ledger.settle();
    state.fails = false;
    expect(ledger.broken?.message).toContain("The disk is full.");
    expect(ledger.broken).toMatchObject({ code: "io", detail: { entries: 1, committed: 2 } });
    expect(ledger.broken?.message).toMatch(/open the session again/);
    ledger.settle();
    expect(state.commits).toBe(2);
    expect(() => ledger.add(note("d"), at(1))).toThrow(/The disk is full/);
    expect(() => ledger.commit()).toThrow(/The disk is full/);
  });
});
