/**
 * The colours of every theme and palette, read from the style sheet: states that are shown beside each other stay apart for every eye,
 * and texts and marks have enough contrast on every ground they are drawn on.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { contrast, difference, EYES, labOf, lightOf } from "./colour.ts";

const THEMES = ["dark", "light", "contrast", "contrast-light"] as const;
const PALETTES = ["standard", "red-green", "blue-yellow"] as const;
const APART_MIN = 10;

/** The rules of a style sheet in their order: the selectors of each, and its custom properties. */
function rulesOf(css: string): readonly { readonly selectors: readonly string[]; readonly set: [string, string][] }[] {
  const plain = css.replaceAll(/\/\*[\s\S]*?\*\//g, "");
  return [...plain.matchAll(/([^{}]+)\{([^{}]*)\}/g)].map(([, selectors = "", body = ""]) => ({
    selectors: selectors.split(",").map((one) => one.trim()),
    set: [...body.matchAll(/--([\w-]+):\s*([^;]+);/g)].map(([, name = "", value = ""]) => [name, value.trim()]),
  }));
}

/** Whether `:root[data-a="b"][data-c="d"]` is the root with these attributes. Throws for a selector of another form. */
function isRoot(selector: string, attributes: Readonly<Record<string, string>>): boolean {
  if (!/^:root(?:\[data-[a-z]+="[a-z-]+"\])*$/.test(selector)) throw new Error(`${selector} is not read by this test.`);
  return [...selector.matchAll(/\[data-([a-z]+)="([a-z-]+)"\]/g)].every(
    ([, name = "", value]) => attributes[name] === value,
  );
}

const sheet = rulesOf(readFileSync(join(import.meta.dirname, "../../src/renderer/styles/tokens.css"), "utf8"));

/** A theme's colours by name. The theme's own rules come before those of its palettes, as their selectors weigh less. */
function coloursOf(theme: string, palette: string): (name: string) => string {
  const set = new Map<string, string>();
  for (const { selectors, set: values } of sheet)
    if (selectors.some((one) => isRoot(one, { theme, colours: palette })))
      for (const [name, value] of values) set.set(name, value);
  return (name) => {
    const value = set.get(name);
    if (value === undefined) throw new Error(`No --${name} in ${theme}, ${palette}.`);
    return value;
  };
}

/** The colours that states have; any two of them may be in one list. */
const STATES = ["ok", "warning", "critical", "accent", "off"];
/** What else is shown beside each other: gains, losses and states in one row; runs in a lane of the timeline; lines of a chart. */
const BESIDE: readonly (readonly [string, string])[] = [
  ...STATES.flatMap((one, at) => STATES.slice(at + 1).map((other) => [one, other] as const)),
  ...["ok", "warning", "accent", "off"].map((other) => ["bad", other] as const),
  ["accent-bar", "warning"],
  ["accent-bar", "critical"],
  ["ink-3", "accent"],
  ["ink-3", "warning"],
  ["ink-3", "critical"],
];

const GROUNDS = ["ground", "panel", "raised"];
const TEXTS: readonly (readonly [text: string, ground: string])[] = [
  ...["ink", "ink-2", "ink-3", "accent", "ok", "bad", "warning", "critical", "off"].flatMap((text) =>
    GROUNDS.map((ground) => [text, ground] as const),
  ),
  // Selected rows and buttons, banners, counts.
  ...["ink", "ink-2", "accent"].map((text) => [text, "on-accent"] as const),
  ...["ink", "ink-2", "warning"].map((text) => [text, "warning-ground"] as const),
  ...["ink", "ink-2", "critical"].map((text) => [text, "critical-ground"] as const),
];
/** Marks that are no text: states in a selected row, bars and meters on their tracks. */
const MARKS: readonly (readonly [mark: string, ground: string])[] = [
  ...["ok", "bad", "warning", "critical", "off"].map((mark) => [mark, "on-accent"] as const),
  ...GROUNDS.map((ground) => ["accent-bar", ground] as const),
];

const hex = fc.integer({ min: 0, max: 0xffffff }).map((value) => `#${value.toString(16).padStart(6, "0")}`);

describe("distances between colours", () => {
  it("are 0 to itself, the same both ways, and never below 0", () => {
    fc.assert(
      fc.property(hex, hex, (one, other) => {
        const [a, b] = [labOf(lightOf(one)), labOf(lightOf(other))];
        expect(difference(a, a)).toBe(0);
        expect(difference(a, b)).toBeCloseTo(difference(b, a), 9);
        expect(difference(a, b) > 0).toBe(one !== other);
      }),
    );
  });

  it("are as published by those who test implementations of CIEDE2000", () => {
    const pairs: readonly (readonly [Parameters<typeof difference>[0], Parameters<typeof difference>[1], number])[] = [
      [[50, 2.6772, -79.7751], [50, 0, -82.7485], 2.0425],
      [[50, 3.1571, -77.2803], [50, 0, -82.7485], 2.8615],
      [[50, -1.3802, -84.2814], [50, 0, -82.7485], 1],
      [[50, 0, 0], [50, -1, 2], 2.3669],
      [[50, 2.49, -0.001], [50, -2.49, 0.0009], 7.1792],
      [[50, 2.49, -0.001], [50, -2.49, 0.0011], 7.2195],
      [[50, 2.5, 0], [73, 25, -18], 27.1492],
      [[60.2574, -34.0099, 36.2677], [60.4626, -34.1751, 39.4387], 1.2644],
      [[22.7233, 20.0904, -46.694], [23.0331, 14.973, -42.5619], 2.0373],
      [[2.0776, 0.0795, -1.135], [0.9033, -0.0636, -0.5514], 0.9082],
    ];
    for (const [one, other, distance] of pairs) expect(difference(one, other)).toBeCloseTo(distance, 4);
  });

  it("leave greys as they are for every eye, and take red from green where cones lack", () => {
    const far = (one: string, other: string, eyes: string): number => {
      const see = EYES[eyes];
      if (see === undefined) throw new Error(`No eyes ${eyes}.`);
      return difference(labOf(see(lightOf(one))), labOf(see(lightOf(other))));
    };
    for (const eyes of Object.keys(EYES)) {
      expect(far("#808080", "#c0c0c0", eyes)).toBeCloseTo(far("#808080", "#c0c0c0", "all cones"), 1);
      expect(far("#000000", "#ffffff", eyes)).toBeCloseTo(100, 1);
    }
    for (const model of ["Machado", "Brettel"]) {
      expect(far("#b08000", "#7f9500", `deuteranopia (${model})`)).toBeLessThan(10);
      expect(far("#b08000", "#7f9500", "all cones")).toBeGreaterThan(20);
      expect(far("#0072a0", "#00784f", `tritanopia (${model})`)).toBeLessThan(10);
    }
  });

  it("and contrasts are as the accessibility guidelines define them", () => {
    expect(contrast("#000000", "#ffffff")).toBe(21);
    expect(contrast("#777777", "#ffffff")).toBeCloseTo(4.48, 2);
    expect(() => contrast("red", "#ffffff")).toThrow('"red" is no colour as #rrggbb.');
  });
});

describe.each(THEMES.flatMap((theme) => PALETTES.map((palette) => [theme, palette] as const)))(
  "colours, %s, %s",
  (theme, palette) => {
    const colour = coloursOf(theme, palette);

    it.each(Object.entries(EYES))("keep states apart that are shown beside each other: %s", (_eyes, see) => {
      const near = BESIDE.map(([one, other]) => ({
        pair: `${one} and ${other}`,
        apart: difference(labOf(see(lightOf(colour(one)))), labOf(see(lightOf(colour(other))))),
      })).filter(({ apart }) => apart <= APART_MIN);
      expect(near).toEqual([]);
    });

    it("have contrast on every ground: 4.5 for texts, 7 for the inks of high contrast, 3 for marks", () => {
      const high = theme.startsWith("contrast");
      const pale = [
        ...TEXTS.map(([text, ground]) => ({ text, ground, least: high && text.startsWith("ink") ? 7 : 4.5 })),
        ...MARKS.map(([text, ground]) => ({ text, ground, least: 3 })),
      ]
        .map((one) => ({ ...one, has: contrast(colour(one.text), colour(one.ground)) }))
        .filter(({ has, least }) => has < least);
      expect(pale).toEqual([]);
    });
  },
);
