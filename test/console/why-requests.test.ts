/**
 * The why of a request of which no order came: a cancel or a replace that names no open order, and an order that expired in its queue; read
 * from the whole journal and from the archive alike.
 */
import { describe, expect, it } from "vitest";
import { Archive } from "../../src/console/archive/archive.ts";
import { RejectionsProjection } from "../../src/console/projections/rejections.ts";
import { stepsOf, titleOf } from "../../src/console/why/steps.ts";
import { trailOf } from "../../src/console/why/trail.ts";
import { MILLISECOND, type Duration } from "../../src/shared/time.ts";
import type { JournalEntry } from "../../src/store/index.ts";
import { scripted, scriptedDesk, type Plan } from "../live/session/scripted.ts";
import { finish, journalOf } from "../live/session/stage.ts";

const because = { text: "a test", values: {} };
const buy = { symbol: "ABC", quantity: 1, because };
const bid = { ...buy, limitPrice: 90, clientOrderId: "bid" };
const plan: Plan = (run) => {
  if (run === 2) return [bid];
  if (run === 4) return [{ cancel: "bid" }];
  if (run === 6) return [{ cancel: "bid" }, { replace: "none", limitPrice: 91 }];
  if (run === 8) return [buy, { ...buy, clientOrderId: "late" }];
  return [];
};
const turn = (): Promise<void> => Promise.resolve();

async function played(): Promise<string> {
  const { orchestrator } = scriptedDesk({});
  const slow = { ...orchestrator, rateLimitPerSec: 1, queueFor: (500 * MILLISECOND) as Duration };
  const bars = Array.from({ length: 12 }, () => 100);
  const { session } = await scripted(bars, { one: plan }, { orchestrator: slow });
  await finish(session);
  expect(session.failure).toBeNull();
  return session.folder;
}

/** Title, steps and the run of what a row of Rejections is about. */
async function whyOf(folder: string, cause: string, named: string) {
  const entries: readonly JournalEntry[] = journalOf(folder);
  const rejections = new RejectionsProjection();
  for (const entry of entries) rejections.apply(entry);
  const row = [...rejections.rows.rows()].find((one) => one.cause === cause && one.clientOrderId === named);
  const id = `seq:${row?.seq ?? 0}`;
  const subject = { kind: "entry", seq: row?.seq ?? 0 } as const;
  const whole = await trailOf((from) => entries.filter(({ seq }) => seq >= from), subject, turn);
  const archive = new Archive(folder, scriptedDesk({}));
  while (archive.follow()) continue;
  const found = archive.entriesOf(subject) ?? [];
  archive.close();
  expect(await trailOf((from) => found.filter(({ seq }) => seq >= from), subject, turn)).toEqual(whole);
  if (whole === null) throw new Error(`Nothing is named ${id}.`);
  return { title: titleOf(whole, id), steps: stepsOf(whole), row };
}

describe("the why of a request of which no order came", () => {
  it("names the run, what was asked for, and why it was refused", async () => {
    const folder = await played();
    const { title, steps, row } = await whyOf(folder, "unknown_order", "bid");
    expect(title).toBe("one: cancel of bid, refused: No open order");
    expect(steps.map(({ step, text }) => `${step}: ${text}`)).toEqual([
      "tick: Run 6 of one started in its slot.",
      `broker: one requested a cancel of bid, and it was refused: No open order. ${row?.detail ?? ""}`,
    ]);
    expect(steps[0]?.values.map(({ name }) => name)).toEqual(expect.arrayContaining(["runtime", "outcome"]));
    const replace = await whyOf(folder, "unknown_order", "none");
    expect(replace.title).toBe("one: replace of none, refused: No open order");
    expect(replace.steps.at(-1)?.text).toMatch(/^one requested a replace to limitPrice 91 of none, and it was refused/);
  });

  it("of what expired in its queue names what waited, and since when", async () => {
    const { title, steps, row } = await whyOf(await played(), "queue_expired", "late");
    expect(row).toMatchObject({ symbol: "ABC", quantity: 1, because: "a test", severity: "warning" });
    expect(row?.detail).toMatch(
      /^It waited as Q-1 from 2026-01-05T14:38:\S+ for its rate window, and was never sent\.$/,
    );
    expect(title).toBe("Q-1 of one, queue expired");
    expect(steps.map(({ step }) => step)).toEqual(["tick", "broker"]);
    expect(steps[1]?.text).toMatch(/^The order waited in the queue of one for longer than it may/);
    expect(steps[1]?.values).toEqual(expect.arrayContaining([expect.objectContaining({ name: "late" })]));
  });
});
