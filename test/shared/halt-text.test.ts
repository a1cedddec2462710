/** What a halt is called where it is listed. */
import { expect, it } from "vitest";
import { haltText } from "../../src/shared/text/halt-text.ts";

it("says once that it is a halt, whatever its origin", () => {
  expect(haltText("the feed is stale.")).toBe("Halted: the feed is stale.");
  expect(haltText("Halted by Ada.")).toBe("Halted by Ada.");
});
