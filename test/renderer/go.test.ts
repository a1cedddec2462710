/** What a late answer does to the view: nothing, where another one was opened meanwhile. */
import { describe, expect, it } from "vitest";
import { go, goUnlessLeft, useUi } from "../../src/renderer/stores/ui.ts";

describe("a view that is opened once something has begun", () => {
  it("opens where the reader stayed", () => {
    go("editor");
    const toDesk = goUnlessLeft("desk");
    toDesk();
    expect(useUi.getState().view).toBe("desk");
  });

  it("takes no view away that was opened meanwhile", () => {
    go("editor");
    const toDesk = goUnlessLeft("desk");
    go("orders");
    toDesk();
    expect(useUi.getState().view).toBe("orders");
  });
});
