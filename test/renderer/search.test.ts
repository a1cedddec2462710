/**
 * What the search finds and in which order.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { scoreOf } from "../../src/renderer/actions/search.ts";

describe("a match", () => {
  it("needs each word of the text, in any case and order", () => {
    const word = fc.stringMatching(/^[a-z]{1,5}$/);
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 4 }), fc.array(word, { maxLength: 3 }), (label, text) => {
        const name = label.join(" ");
        const found = scoreOf(name, text.join(" ").toUpperCase());
        expect(found !== null).toBe(text.every((one) => name.includes(one)));
      }),
      { seed: 16 },
    );
  });

  it("is better where the name begins with it, then where a word does", () => {
    const names = ["overstop", "show stop", "stop"];
    const ranked = names.toSorted((a, b) => (scoreOf(a, "stop") ?? 9) - (scoreOf(b, "stop") ?? 9));
    expect(ranked).toEqual(["stop", "show stop", "overstop"]);
    expect(scoreOf("mr-btc", "btc")).toBeLessThan(scoreOf("xbtc", "btc") ?? 0);
  });
});
