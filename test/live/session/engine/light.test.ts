/**
 * Light runs: they decide what a durable run decides, leave results and a summary, and refuse everything that needs a journal.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { recordFixture } from "../../../../src/harness/regress/record.ts";
import { verifySession } from "../../../../src/harness/verify.ts";
import { compactSession } from "../../../../src/live/session/recovery/compact.ts";
import { readStatus, statusOf } from "../../../../src/live/status/index.ts";
import { readReview } from "../../../../src/live/status/review.ts";
import { readTicks } from "../../../../src/live/status/ticks.ts";
import { HOUR } from "../../../../src/shared/time.ts";
import { findSession, nodeFileSystem, readRecord } from "../../../../src/store/index.ts";
import { OPTIONS } from "../../../harness/regress/stage.ts";
import { deskOf, NO_FAULTS, VARIED_DESKS, withBroker } from "../desks.ts";
import { create, EQUAL_FILES, finish, makeWorkspace, minutes, reopen } from "../stage.ts";

const RESULTS = EQUAL_FILES.filter((file) => file !== "router_state.json");
const read = (folder: string, file: string): string => readFileSync(join(folder, file), "utf8");

describe("a light run", () => {
  it.each(VARIED_DESKS)("decides byte for byte as a durable one: %s", async (_name, desk) => {
    const durable = await finish(await create(desk, { length: minutes(8) }));
    const light = await finish(await create(desk, { length: minutes(8), light: true }));
    expect(light.failure).toBeNull();
    expect(light.orders).toBeGreaterThan(0);
    for (const file of RESULTS) expect(read(light.folder, file), file).toBe(read(durable.folder, file));
    const { id: _id, folder: _folder, files: _files, light: _light, realMs: _realMs, ...figures } = light;
    expect(durable).toMatchObject(figures);
  });

  it("keeps results and a summary, and says what it is", async () => {
    const workspace = makeWorkspace();
    const session = await create(deskOf(), { workspace, light: true });
    expect(session.probe()).toMatchObject({ light: true, snapshot: { at: null } });
    const summary = await finish(session);
    const kept = ["session.md", "session.json", ...RESULTS];
    expect(summary).toMatchObject({ light: true, files: kept });
    const there = readdirSync(summary.folder).filter((name) => !/lock|writer|control/.test(name));
    expect(there.toSorted()).toEqual([...kept].toSorted());
    expect(readRecord(nodeFileSystem, join(summary.folder, "session.json")).light).toBe(true);
    expect(read(summary.folder, "session.md")).toMatch(/a light run: results and this summary, no journal/);
    const { light, health, orders, equity, positions } = readStatus(workspace, summary.id);
    expect({ light, health, equity }).toEqual({ light: true, health: "stopped", equity: summary.equityEnd });
    expect(orders).toMatchObject({ accepted: summary.orders, fills: summary.fills });
    const held = session.probe().positions.map(({ symbol, quantity }) => [symbol, quantity]);
    expect(positions).toEqual(Object.fromEntries(held));
  });

  it("refuses what needs a journal with a sentence that says why, and changes nothing", async () => {
    const workspace = makeWorkspace();
    const { id, folder } = await finish(await create(deskOf(), { workspace, light: true }));
    const files = findSession(workspace, id);
    const before = readdirSync(folder);
    const refused = {
      code: "wrong_state",
      message: expect.stringMatching(/is a light run: .* no journal\./) as string,
    };
    await expect(reopen(workspace, id)).rejects.toMatchObject(refused);
    await expect(verifySession(workspace, id)).rejects.toMatchObject(refused);
    await expect(compactSession(workspace, id, HOUR)).rejects.toMatchObject(refused);
    await expect(recordFixture({ workspace, session: id, ...OPTIONS })).rejects.toMatchObject(refused);
    expect(() => readReview(files)).toThrow(expect.objectContaining(refused));
    expect(() => readTicks(files, {}, () => undefined)).toThrow(expect.objectContaining(refused));
    expect(readdirSync(folder)).toEqual(before);
  });

  it("halts like a durable run, and its report says so", async () => {
    const session = await create(withBroker({ faults: { ...NO_FAULTS, unknownFill: 0.05 } }), { light: true });
    const summary = await finish(session);
    expect(summary.halts.length).toBeGreaterThan(0);
    expect(read(summary.folder, "session.md")).toMatch(/\*\*halted\*\*/);
    expect(existsSync(join(summary.folder, "router_state.json"))).toBe(false);
    expect(statusOf(summary.folder)).toMatchObject({ light: true, state: "stopped" });
  });
});
