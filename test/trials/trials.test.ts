/**
 * The short form of every trial, and its canary. `npm run trials` runs the long ones.
 */
import { describe, expect, it } from "vitest";
import { TRIALS } from "./index.ts";

describe.each(TRIALS)("$name", (trial) => {
  const missing = trial.missing?.() ?? null;
  if (missing !== null) return it.skip(`is skipped: ${missing}`, () => undefined);

  it(`holds: ${trial.holds}`, async () => {
    const { cases, broken } = await trial.run(trial.short, "short", () => undefined);
    expect(broken).toEqual([]);
    expect(cases).toBe(trial.short);
  });

  it("its canary is noticed", async () => {
    expect(await trial.canary()).toBe(true);
  });
});
