/**
 * Positions: sums equal a naive count of the journal's fills, and a day's profit is exact or null. Flattens: under way and left open.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FlattensProjection } from "../../../src/console/projections/flattens.ts";
import { PositionsProjection } from "../../../src/console/projections/positions.ts";
import { Precisions } from "../../../src/console/projections/precision.ts";
import type { SessionProbe } from "../../../src/live/session/state/api.ts";
import { plain, decimal, ZERO } from "../../../src/shared/decimal.ts";
import { moment } from "../../../src/shared/time.ts";
import type { JournalEntry } from "../../../src/store/journal/entries.ts";
import { fill } from "../../store/journal/entries.ts";
import { entriesOf, journals, START, STRATEGIES } from "../sim/journal.ts";
import { DESK, probe } from "../sim/probe.ts";

const DAY = 86_400_000_000;

const projection = () => new PositionsProjection(new Precisions(DESK), undefined);

interface Fact {
  readonly day: number;
  readonly owner?: string;
  readonly symbol?: string;
  readonly quantity: string;
  readonly realized?: string;
}

/** Booked fills, each on a day counted from the start. */
function fills(facts: readonly Fact[]): JournalEntry[] {
  const bodies = facts.map(({ owner = "alpha", symbol = "AAPL", quantity, realized = "0" }, index) =>
    fill(index + 1, { strategy: owner, symbol, quantity, realized, fee: "1", verdict: "booked" }),
  );
  return entriesOf(bodies).map((entry, index) => ({ ...entry, at: moment(START + (facts[index]?.day ?? 0) * DAY) }));
}

type Held = SessionProbe["ownerPositions"][number];

const held = (owner: string, symbol: string, quantity: string, unrealized: string): Held => ({
  owner,
  symbol,
  quantity,
  averagePrice: "100",
  mark: 101,
  unrealized,
});

function viewOf(facts: readonly Fact[], day: number, positions: readonly Held[], dayProfit = "0", more = {}) {
  const positionsOf = projection();
  for (const entry of fills(facts)) positionsOf.apply(entry);
  const now = moment(START + day * DAY);
  return positionsOf.value(
    probe({ now, ownerPositions: positions, ownerDays: [{ owner: "alpha", dayProfit }], ...more }),
  );
}

describe("positions", () => {
  it("sum what the journal's booked fills realized and paid, by owner and symbol", () => {
    fc.assert(
      fc.property(journals(), (entries) => {
        const positions = projection();
        for (const entry of entries) positions.apply(entry);
        const { rows } = positions.value(probe());
        for (const owner of [...STRATEGIES, "unattributed"])
          for (const { symbol, realized, fees } of Object.values(rows).filter((row) => row.owner === owner)) {
            const own = entries.filter(
              (entry) =>
                entry.kind === "fill" &&
                entry.verdict === "booked" &&
                entry.strategy === owner &&
                entry.symbol === symbol,
            );
            const adopted = entries.some((entry) => entry.kind === "review" && entry.realized !== null);
            if (adopted) continue;
            const sum = (name: "realized" | "fee") =>
              plain(own.reduce((total, entry) => total.plus(decimal((entry as never)[name] ?? "0")), ZERO));
            expect([realized, fees]).toEqual([sum("realized"), sum("fee")]);
          }
      }),
      { seed: 16, numRuns: 60 },
    );
  });

  it("have the whole profit as the day's where nothing was held before the day", () => {
    const { rows } = viewOf([{ day: 0, quantity: "5" }], 0, [held("alpha", "AAPL", "5", "7.5")], "6.5");
    expect(rows["alpha/AAPL"]).toMatchObject({ realized: "0", fees: "1", unrealized: "7.5", dayProfit: "6.5" });
  });

  it("count from the day's start where the position was flat then", () => {
    const facts = [
      { day: 0, quantity: "5" },
      { day: 0, quantity: "-5", realized: "40" },
      { day: 1, quantity: "3" },
    ];
    const { rows } = viewOf(facts, 1, [held("alpha", "AAPL", "3", "2")]);
    expect(rows["alpha/AAPL"]).toMatchObject({ realized: "40", fees: "3", dayProfit: "1" });
  });

  it("give one position that was held overnight the rest of its owner's day, and two of them none", () => {
    const one = [
      { day: 0, quantity: "5" },
      { day: 1, symbol: "MSFT", quantity: "2" },
    ];
    const both = [held("alpha", "AAPL", "5", "20"), held("alpha", "MSFT", "2", "4")];
    const { rows } = viewOf(one, 1, both, "10");
    expect(rows["alpha/MSFT"]?.dayProfit).toBe("3");
    expect(rows["alpha/AAPL"]?.dayProfit).toBe("7");
    const traded = viewOf([one[0] as Fact, { day: 1, quantity: "-2", realized: "9" }], 1, [both[0] as Held], "4");
    expect(traded.rows["alpha/AAPL"]?.dayProfit).toBe("4");
    const two = viewOf([one[0] as Fact, { day: 0, symbol: "MSFT", quantity: "2" }], 1, both, "10");
    expect(Object.values(two.rows).map(({ dayProfit }) => dayProfit)).toEqual([null, null]);
    expect(two.symbols["AAPL"]?.dayProfit).toBeNull();
  });

  it("add up by symbol; an average is said only where all owners hold one side", () => {
    const facts = [
      { day: 0, quantity: "5" },
      { day: 0, owner: "beta", quantity: "-2" },
    ];
    const { symbols } = viewOf(facts, 0, [held("alpha", "AAPL", "5", "3"), held("beta", "AAPL", "-2", "-1")]);
    expect(symbols["AAPL"]).toMatchObject({ owners: 2, quantity: "3", averagePrice: null, unrealized: "2", fees: "2" });
    const same = viewOf(facts, 0, [
      held("alpha", "AAPL", "5", "3"),
      { ...held("beta", "AAPL", "5", "1"), averagePrice: "110" },
    ]);
    expect(same.symbols["AAPL"]).toMatchObject({ quantity: "10", averagePrice: "105" });
  });

  it("are in the account's currency", () => {
    const facts = [{ day: 0, quantity: "5", realized: "10" }];
    const { rows } = viewOf(facts, 0, [], "0", { foreignRates: { AAPL: "1.5" } });
    expect(rows["alpha/AAPL"]).toMatchObject({ realized: "15", fees: "1.5" });
  });
});

const STARTED = {
  kind: "flatten",
  event: "started",
  flatten: "FLATTEN-1",
  scope: { kind: "all", name: "all" },
  owner: null,
  shutsGate: true,
  operator: "tr1",
  note: "",
} as const;
const LEFT = [{ owner: "alpha", symbol: "AAPL", quantity: "5", reason: "rejected" }];

describe("flattens", () => {
  it("say how far they are, and what they left open, until another one of the scope begins", () => {
    const flattens = new FlattensProjection();
    const [started, ended, again] = entriesOf([
      STARTED,
      { ...STARTED, event: "ended", closed: 2, left: LEFT },
      { ...STARTED, flatten: "FLATTEN-2" },
    ]) as [JournalEntry, JournalEntry, JournalEntry];
    flattens.apply(started);
    const { flatten, scope, owner, operator } = STARTED;
    const underWay = probe({
      flattens: [{ flatten, scope, owner, operator, at: START, closed: 1, sent: 1 }],
      ownerPositions: [held("alpha", "AAPL", "5", "0"), held("manual", "MSFT", "1", "0")],
    });
    expect(flattens.value(underWay, DESK)["FLATTEN-1"]).toMatchObject({ ended: false, closed: 1, open: 2, left: [] });
    flattens.apply(ended);
    expect(flattens.value(probe(), DESK)["FLATTEN-1"]).toMatchObject({ ended: true, closed: 2, open: 1, left: LEFT });
    flattens.apply(again);
    expect(flattens.value(probe(), DESK)).toEqual({});
  });

  it("that closed everything are gone", () => {
    const flattens = new FlattensProjection();
    const entries = entriesOf([STARTED, { ...STARTED, event: "ended", closed: 2, left: [] }]);
    for (const entry of entries) flattens.apply(entry);
    expect(flattens.value(probe(), DESK)).toEqual({});
  });
});
