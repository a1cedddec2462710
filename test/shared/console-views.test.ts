/**
 * The table of views.
 */
import { describe, expect, it } from "vitest";
import { isViewName, VIEW_NAMES, VIEWS } from "../../src/shared/views/console-views.ts";

const rows = VIEW_NAMES.map((name) => VIEWS[name]);
const unique = (values: readonly unknown[]): void => expect(new Set(values).size).toBe(values.length);

describe("the table of views", () => {
  it("has a title, a key and an accelerator of its own for each view", () => {
    unique(rows.map(({ title }) => title));
    unique(rows.map(({ key }) => key));
    unique(rows.flatMap(({ accelerator }) => (accelerator === null ? [] : [accelerator])));
  });

  it("gives the digits to the views in the rail's order", () => {
    const digits = rows.map(({ key }) => key).filter((key) => /\d/.test(key));
    expect(digits).toEqual(["1", "2", "3", "4", "5", "6", "7", "8", "9", "0"]);
  });

  it("has the session's views before the workspace's, and a sentence for each", () => {
    const groups = rows.map(({ group }) => group);
    expect(groups.lastIndexOf("Session")).toBeLessThan(groups.indexOf("Workspace"));
    for (const { shows } of rows) expect(shows).toMatch(/^[A-Z].*\.$/);
  });

  it("knows its own names only", () => {
    expect(VIEW_NAMES.every(isViewName)).toBe(true);
    for (const name of ["", "Desk", "toString", "__proto__"]) expect(isViewName(name), name).toBe(false);
  });
});
