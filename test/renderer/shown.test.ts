/** What the views decide without a screen: states, colours, the timeline, kept preferences, files handed over. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { orderOf } from "../../src/renderer/components/grid.tsx";
import type { Column } from "../../src/renderer/components/grid.tsx";
import { compareAmounts } from "../../src/renderer/lib/format.ts";
import {
  draw,
  lanesOf,
  LABELS,
  LANE,
  placeX,
  tickStep,
  whatIsAt,
} from "../../src/renderer/components/timeline-draw.ts";
import type { Palette, Scene } from "../../src/renderer/components/timeline-draw.ts";
import { haltSentence, ORDER_LOOKS, SESSION_LOOKS, STRATEGY_LOOKS, worst } from "../../src/renderer/lib/status.ts";
import { DEFAULT_PREFS, parsePrefs, textOf } from "../../src/renderer/stores/prefs.ts";
import { OrderStateSchema, SessionStateSchema, StrategyStateSchema } from "../../src/shared/contract/views.ts";
import { scene } from "./fake/scene.ts";

const TOKENS = readFileSync(join(import.meta.dirname, "../../src/renderer/styles/tokens.css"), "utf8");

function tokensOf(theme: string): Record<string, string> {
  const block = new RegExp(`data-theme="${theme}"\\] \\{([^}]*)\\}`).exec(TOKENS)?.[1] ?? "";
  return Object.fromEntries([...block.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6})/g)].map((match) => [match[1], match[2]]));
}

/** The tokens that a palette changes in a theme; contrast themes share those of dark and light. */
function paletteOf(colours: string, theme: string): Record<string, string> {
  const block =
    new RegExp(`data-colours="${colours}"\\]:is\\([^)]*data-theme="${theme}"[^)]*\\) \\{([^}]*)\\}`).exec(
      TOKENS,
    )?.[1] ?? "";
  return Object.fromEntries([...block.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6})/g)].map((match) => [match[1], match[2]]));
}

const PALETTES = ["dark", "light", "contrast", "contrast-light"].flatMap((theme) =>
  ["standard", "red-green", "blue-yellow"].map((colours) => ({
    name: `${theme}, ${colours}`,
    colours,
    tokens: { ...tokensOf(theme), ...paletteOf(colours, theme) },
  })),
);

/** Relative luminance as WCAG 2 defines it. */
function luminance(colour: string): number {
  const channel = (from: number): number => {
    const value = Number.parseInt(colour.slice(from, from + 2), 16) / 255;
    return value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
}

function contrast(a: string, b: string): number {
  const [low, high] = [luminance(a), luminance(b)].toSorted((x, y) => x - y) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

describe("colours", () => {
  it("reach 4.5 to 1 for every ink on every ground of every theme", () => {
    for (const { name: theme, tokens } of PALETTES) {
      const pairs = ["ink", "ink-2", "ink-3", "accent", "ok", "bad", "warning", "critical", "off"].flatMap((ink) =>
        ["ground", "panel", "raised"].map((ground) => [ink, ground] as const),
      );
      const more = [
        ["accent", "on-accent"],
        ["ink-2", "on-accent"],
        ["warning", "warning-ground"],
        ["critical", "critical-ground"],
        ["ink-2", "critical-ground"],
      ] as const;
      for (const [ink, ground] of [...pairs, ...more]) {
        const ratio = contrast(tokens[ink] ?? "#000000", tokens[ground] ?? "#000000");
        expect(ratio, `${theme}: ${ink} on ${ground}`).toBeGreaterThanOrEqual(4.5);
      }
    }
  });
});

/** Linear red, green and blue as a dichromat sees them (Viénot 1999 for red and green, Brettel's plane for blue and yellow). */
const SEEN = {
  standard: [1, 0, 0, 0, 1, 0, 0, 0, 1],
  "red-green": [0.29275, 0.70725, 0, 0.29275, 0.70725, 0, -0.02234, 0.02234, 1],
  "blue-yellow": [1.01277, 0.13548, -0.14826, -0.01243, 0.86812, 0.14431, 0.07589, 0.805, 0.11911],
} as const;

function labOf(colour: string, seen: readonly number[]): readonly [number, number, number] {
  const linear = [1, 3, 5].map((from) => {
    const value = Number.parseInt(colour.slice(from, from + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  const rgb = [0, 3, 6].map((row) =>
    Math.min(
      1,
      Math.max(
        0,
        linear.reduce((sum, value, index) => sum + value * (seen[row + index] ?? 0), 0),
      ),
    ),
  );
  const [r = 0, g = 0, b = 0] = rgb;
  const root = (t: number): number => (t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116);
  const x = root((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.95047);
  const y = root(0.2126 * r + 0.7152 * g + 0.0722 * b);
  const z = root((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.08883);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

const apart = (a: string, b: string, seen: readonly number[]): number => {
  const [left, right] = [labOf(a, seen), labOf(b, seen)];
  return Math.hypot(left[0] - right[0], left[1] - right[1], left[2] - right[2]);
};

describe("neighbouring states", () => {
  it("stay apart for the eyes that a palette is for", () => {
    const close: string[] = [];
    for (const { name, colours, tokens } of PALETTES)
      for (const [a, b] of [
        ["ok", "bad"],
        ["ok", "warning"],
        ["ok", "critical"],
        ["warning", "critical"],
      ] as const) {
        const distance = apart(tokens[a] ?? "", tokens[b] ?? "", SEEN[colours as keyof typeof SEEN]);
        if (!(distance > 12)) close.push(`${name}: ${a} and ${b} ${distance.toFixed(1)}`);
      }
    expect(close).toEqual([]);
  });
});

describe("states", () => {
  it("have a look each, and no two of one kind share shape and word", () => {
    const kinds = [
      [STRATEGY_LOOKS, StrategyStateSchema.options],
      [ORDER_LOOKS, OrderStateSchema.options],
      [SESSION_LOOKS, SessionStateSchema.options],
    ] as const;
    for (const [looks, states] of kinds) {
      expect(Object.keys(looks).toSorted()).toEqual([...states].toSorted());
      const seen = Object.values(looks).map((look) => `${look.shape} ${look.word}`);
      expect(new Set(seen).size).toBe(seen.length);
    }
  });

  it("show requested, accepted and confirmed as three shapes", () => {
    const shapes = [ORDER_LOOKS.pending_new, ORDER_LOOKS.accepted, ORDER_LOOKS.filled].map((look) => look.shape);
    expect(new Set(shapes).size).toBe(3);
  });

  it("roll up to the worst", () => {
    expect(worst([STRATEGY_LOOKS.waiting, STRATEGY_LOOKS.late, STRATEGY_LOOKS.paused])).toBe(STRATEGY_LOOKS.late);
    expect(worst([])).toBeNull();
  });

  it("say why a session is halted, with the value and its limit", () => {
    const reason = {
      source: "breaker" as const,
      code: "drawdown",
      message: "the session lost more than it may.",
      at: 0,
      value: "0.06",
      limit: "0.05",
      operator: null,
      note: null,
    };
    expect(haltSentence([reason])).toBe(
      "The session lost more than it may (0.06 against 0.05). The cause is a breaker.",
    );
    const asked = { ...reason, source: "operator" as const, value: null, operator: "desk-1", note: "lunch" };
    expect(haltSentence([asked, reason])).toBe(
      "The session lost more than it may. Halted by desk-1. “lunch” 1 other reason holds, too.",
    );
  });
});

describe("the timeline", () => {
  const view = scene("running").schedule;
  const drawing: Scene = {
    lanes: lanesOf(view),
    now: view.now,
    span: { past: 60e6, future: 30e6 },
    width: 1_000,
    height: 400,
    scroll: 0,
    palette: {} as Palette,
  };

  it("has a lane for each strategy, in the desk's order, with all its runs and skips", () => {
    const { lanes } = drawing;
    expect(lanes.map((lane) => lane.name)).toEqual(Object.keys(view.rows));
    expect(lanes.reduce((sum, lane) => sum + lane.runs.length, 0)).toBe(Object.keys(view.runs).length);
    expect(lanes.reduce((sum, lane) => sum + lane.skips.length, 0)).toBe(Object.keys(view.skipped).length);
  });

  it("places now at two thirds of a window of 60 s and 30 s", () => {
    const left = placeX(drawing, view.now - 60e6);
    const right = placeX(drawing, view.now + 30e6);
    expect(left).toBe(LABELS);
    expect((placeX(drawing, view.now) - left) / (right - left)).toBeCloseTo(2 / 3, 9);
  });

  it("says in words what lies under the pointer", () => {
    const lane = drawing.lanes.findIndex((entry) => entry.skips.some((skip) => skip.at > view.now - 60e6));
    const skip = drawing.lanes[lane]?.skips.findLast((entry) => entry.at > view.now - 60e6);
    const y = 8 + lane * LANE + LANE / 2;
    expect(whatIsAt(drawing, placeX(drawing, skip?.at ?? 0), y)).toMatch(/slot skipped .* ago, overrun$/);
    expect(whatIsAt(drawing, 10, y)).toBe(drawing.lanes[lane]?.name);
    expect(whatIsAt(drawing, 500, 10_000)).toBeNull();
  });

  /** What a lane with one run under way is drawn as: the colours that fill bars, and whether an outline of dashes is drawn. */
  function drawn(state: "running" | "over_budget" | "stopped", reached: boolean) {
    const [name, row] = Object.entries(view.rows)[0] ?? [];
    if (name === undefined || row === undefined) throw new Error("The scene has no strategy.");
    const run = {
      ...Object.values(view.runs)[0],
      strategy: name,
      started: view.now - 30e6,
      finished: null,
      outcome: null,
    };
    const one = { ...view, rows: { [name]: { ...row, state, budget: 5e6 } }, runs: { run }, skipped: {}, next: {} };
    const palette = {
      line: "line",
      ink: "ink",
      quiet: "quiet",
      bar: "bar",
      live: "live",
      warning: "warning",
    } as Palette;
    const lanes = lanesOf(one as typeof view, reached);
    const fills: string[] = [];
    let dashed = false;
    const known = {
      fill(this: { fillStyle: string }) {
        fills.push(this.fillStyle);
      },
      setLineDash: (dashes: number[]) => (dashed ||= dashes.length > 0),
      measureText: () => ({ width: 10 }),
    };
    const ctx = new Proxy(known, {
      get: (target, key): unknown => (key in target ? Reflect.get(target, key) : () => undefined),
    });
    draw(ctx as unknown as CanvasRenderingContext2D, { ...drawing, palette, lanes });
    return { fills, dashed, said: whatIsAt({ ...drawing, lanes }, placeX(drawing, view.now - 15e6), 8 + LANE / 2) };
  }

  it("draws a run whose end was not reported as unknown, not as over its budget", () => {
    // Longer than its budget, and still it is the session that says whether it is over budget.
    expect(drawn("running", true)).toMatchObject({ fills: ["live"], dashed: false });
    expect(drawn("over_budget", true)).toMatchObject({ fills: ["warning"], dashed: false });
    expect(drawn("stopped", true)).toMatchObject({
      fills: [],
      dashed: true,
      said: expect.stringMatching(/its own end is not on record$/) as unknown,
    });
    for (const state of ["running", "over_budget"] as const)
      expect(drawn(state, false)).toMatchObject({
        fills: [],
        dashed: true,
        said: expect.stringMatching(/before the last update.*is not known$/) as unknown,
      });
  });

  it("draws four to eight marks, whatever the window", () => {
    for (const total of [90e6, 1_200e6, 2_100e6]) {
      const marks = total / tickStep(total);
      expect(marks).toBeGreaterThanOrEqual(3);
      expect(marks).toBeLessThanOrEqual(8);
    }
  });
});

describe("preferences", () => {
  it("come back as they were kept", () => {
    const prefs = {
      ...DEFAULT_PREFS,
      theme: "contrast",
      zone: "local",
      letterKeys: false,
      filters: { log: "x" },
    } as const;
    expect(parsePrefs(textOf(prefs))).toEqual(prefs);
  });

  it("fall back to their defaults where what is kept makes no sense", () => {
    for (const text of [null, "", "[]", "null", "{", '{"theme":"pink","zone":7,"operator":[],"filters":"x"}'])
      expect(parsePrefs(text)).toEqual(DEFAULT_PREFS);
  });
});

describe("a grid's order", () => {
  const column: Column<{ readonly pnl: string | null }> = {
    id: "pnl",
    header: "PnL",
    value: (row) => row.pnl,
    compare: (a, b) => compareAmounts(a.pnl, b.pnl),
  };

  it("is by value, with what is absent last both ways", () => {
    const rows = ["10", null, "9.5", "-3"].map((pnl) => ({ pnl }));
    const up = rows.toSorted((a, b) => orderOf(column, a, b, false)).map((row) => row.pnl);
    // A descending grid turns the comparator's answer around.
    const down = rows.toSorted((a, b) => -orderOf(column, a, b, true)).map((row) => row.pnl);
    expect(up).toEqual(["-3", "9.5", "10", null]);
    expect(down).toEqual(["10", "9.5", "-3", null]);
  });
});
