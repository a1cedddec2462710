/**
 * Equal seeds, equal bytes: whatever the folder, the pace, the machine's lateness and the venue's faults.
 */
import { describe, expect, it } from "vitest";
import { createStream } from "../../../../src/orchestrator/index.ts";
import type { Desk } from "../../../../src/shared/desk.ts";
import type { Duration } from "../../../../src/shared/time.ts";
import { deskOf, VARIED_DESKS } from "../desks.ts";
import {
  create,
  entriesOf,
  filesOf,
  finish,
  finishByHand,
  handPorts,
  HandTimers,
  journalOf,
  minutes,
} from "../stage.ts";

async function filesAtFullSpeed(desk: Desk, length: Duration) {
  const session = await create(desk, { length });
  const summary = await finish(session);
  expect(summary.failure).toBeNull();
  return { files: filesOf(summary.folder), summary };
}

/** A machine that is late by a little now and then, and once in a while by seconds. */
function lateness(seed: string): () => number {
  const random = createStream(seed, "lateness");
  return () => (random.next() < 0.05 ? random.next() * 3_000 : random.next() < 0.3 ? random.next() * 40 : 0);
}

async function filesByHand(desk: Desk, speed: 1 | 10 | 60 | "max", length: Duration, late: () => number) {
  const timers = new HandTimers();
  const session = await create(desk, { speed, length, ports: handPorts(timers) });
  const summary = await finishByHand(session, timers, late);
  expect(summary.failure).toBeNull();
  return filesOf(summary.folder);
}

describe("two runs of one seed", () => {
  it.each(VARIED_DESKS)("write the same bytes: %s", async (_name, desk) => {
    const [one, two] = [await filesAtFullSpeed(desk, minutes(15)), await filesAtFullSpeed(desk, minutes(15))];
    expect(one.files).toEqual(two.files);
    expect(one.summary.runs).toBeGreaterThan(60);
    expect(one.summary.orders).toBeGreaterThan(3);
    expect(one.summary.fills).toBeGreaterThan(2);
  });

  it.each(VARIED_DESKS)("write the same bytes at every pace and on a late machine: %s", async (name, desk) => {
    const length = minutes(4);
    const { files } = await filesAtFullSpeed(desk, length);
    for (const speed of [60, 1] as const)
      expect(await filesByHand(desk, speed, length, () => 0), `at ${speed}`).toEqual(files);
    expect(await filesByHand(desk, 60, length, lateness(name)), "late at 60").toEqual(files);
    expect(await filesByHand(desk, 10, length, lateness(`${name} again`)), "late at 10").toEqual(files);
  });

  it("write other bytes for another seed", async () => {
    const one = await filesAtFullSpeed(deskOf(), minutes(10));
    const two = await filesAtFullSpeed(deskOf({ seed: "8" }), minutes(10));
    expect(one.files["orders.csv"]).not.toBe(two.files["orders.csv"]);
  });

  it("write the same bytes when one of them changes its speed, is looked at and is stopped for a while", async () => {
    const timers = new HandTimers();
    const length = minutes(6);
    const plain = await create(deskOf(), { length });
    plain.start();
    const { folder } = await plain.done;
    const session = await create(deskOf(), { speed: 60, length, ports: handPorts(timers) });
    session.start();
    await timers.pass(1_000);
    session.probe();
    session.setSpeed(10);
    await timers.pass(3_000);
    session.pause("ada");
    await timers.pass(60_000);
    session.continue("ada");
    session.setSpeed("max");
    session.probe();
    const result = await session.done;
    const { "router_state.json": _one, ...one } = filesOf(folder);
    const { "router_state.json": _two, ...two } = filesOf(result.folder);
    expect(two).toEqual(one);
    const said = entriesOf(journalOf(result.folder), "session").map((entry) => entry.event);
    expect(said).toEqual(["created", "started", "speed", "paused", "continued", "speed", "stopped"]);
  });
});
