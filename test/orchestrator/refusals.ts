/** What a broken `router_state.json` is refused with. */
import { expect } from "vitest";
import { readRouterState } from "../../src/orchestrator/index.ts";
import { CodedError } from "../../src/shared/errors.ts";

export const FILE = "sessions/s1/router_state.json";

export function faultOf(read: () => unknown): CodedError {
  try {
    read();
  } catch (error) {
    if (error instanceof CodedError) return error;
    throw error;
  }
  throw new Error("The broken file was read.");
}

/** The text is refused at this place with this rule, in the error's fields and in its words. */
export function refused(text: string, place: string, rule: RegExp): void {
  const error = faultOf(() => readRouterState(text, { fileName: FILE }));
  expect(error.code).toBe("snapshot_invalid");
  expect(error.detail).toMatchObject({ file: FILE, place });
  expect(String(error.detail?.["rule"])).toMatch(rule);
  expect(error.message).toContain(FILE);
  expect(error.message).toContain(`at ${place}, ${String(error.detail?.["rule"])}`);
  expect(error.message).toContain("Nothing was changed");
}
