/**
 * The comparison of a restarted session with an uninterrupted one, at its ends and at the parting.
 */
import { describe, expect, it } from "vitest";
import { compare } from "../../src/harness/drill/compare.ts";

type Outcome = Parameters<typeof compare>[0];

const outcome = (change: Partial<Outcome> = {}): Outcome => ({
  decisions: ["a", "b", "c"],
  fills: ["f"],
  positions: [],
  equity: ["e"],
  router: ["r"],
  sentTwice: 0,
  parting: null,
  happened: { cancel: 0, replace: 0, child: 0 },
  ...change,
});
const decisions = (ours: Outcome, theirs: Outcome) => compare(ours, theirs).find((one) => one.what === "decisions");

describe("two sessions", () => {
  it("that say the same have no difference", () => {
    for (const one of compare(outcome(), outcome())) expect(one).toMatchObject({ same: true, difference: null });
  });

  it.each<[what: string, ours: readonly string[], theirs: readonly string[], sides: object]>([
    ["the restarted one", ["a"], ["a", "b"], { uninterrupted: "nothing: it has 1", restarted: "b" }],
    ["the uninterrupted one", ["a", "b"], ["a"], { uninterrupted: "b", restarted: "nothing: it has 1" }],
  ])("differ where %s is longer", (_what, ours, theirs, difference) => {
    const found = decisions(outcome({ decisions: ours }), outcome({ decisions: theirs }));
    expect(found).toMatchObject({ same: false, difference, explained: null });
  });

  // The order that was never placed is decision number 2, so the first two must agree.
  it.each<[at: number, theirs: readonly string[], explained: boolean]>([
    [1, ["a", "x", "c"], false],
    [2, ["a", "b", "x"], true],
  ])("that part behind decision 2 and differ at index %i: explained only behind it", (_at, theirs, explained) => {
    const restarted = outcome({ decisions: theirs, parting: { what: "ROUTER-00000002", decisions: 2 } });
    const found = decisions(outcome(), restarted);
    expect(found?.same).toBe(false);
    expect(found?.explained !== null).toBe(explained);
  });

  it("of which one ended while it asked about its last order differ in their books, and that is explained", () => {
    const parting = { what: "ROUTER-00000003", decisions: 3, asking: true };
    const found = compare(outcome(), outcome({ fills: [], router: ["r and one in flight"], parting }));
    expect(found.filter((one) => !one.same).map(({ what, explained }) => [what, explained])).toEqual(
      ["fills", "router"].map((what) => [
        what,
        "ROUTER-00000003 was journaled, and the session ended before the venue had been asked twice about it",
      ]),
    );
  });
});
