/** Texts without enough contrast, in every theme and palette at once. */
import type { Page } from "@playwright/test";

const THEMES = ["light", "contrast", "contrast-light", "dark"] as const;
const COLOURS = ["red-green", "blue-yellow", "standard"] as const;

/**
 * Texts without enough contrast in the last element that a selector finds, in every theme and palette. axe looks at the whole page each
 * time, which takes too long for twelve of them; this looks at the texts alone: 4.5 to 1, and 3 to 1 where they are large. The page is
 * left in the dark theme and the standard palette.
 */
export function paleTexts(page: Page, where: string): Promise<string[]> {
  return page.evaluate(
    ({ themes, colours, where }) => {
      type Colour = readonly [red: number, green: number, blue: number, alpha: number];
      const root = [...document.querySelectorAll(where)].at(-1);
      const brush = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
      if (root === undefined || brush === null) return [];
      const known = new Map<string, Colour>();
      const colourOf = (text: string): Colour => {
        const found = known.get(text);
        if (found !== undefined) return found;
        brush.clearRect(0, 0, 1, 1);
        brush.fillStyle = text;
        brush.fillRect(0, 0, 1, 1);
        const [red = 0, green = 0, blue = 0, alpha = 0] = brush.getImageData(0, 0, 1, 1).data;
        const colour: Colour = [red, green, blue, alpha / 255];
        known.set(text, colour);
        return colour;
      };
      const laid = (top: Colour, ground: Colour): Colour => {
        const mixed = ([0, 1, 2] as const).map((at) => top[at] * top[3] + ground[at] * (1 - top[3]));
        return [mixed[0] ?? 0, mixed[1] ?? 0, mixed[2] ?? 0, 1];
      };
      const groundOf = (element: Element | null): Colour => {
        if (element === null) return [255, 255, 255, 1];
        const own = colourOf(getComputedStyle(element).backgroundColor);
        return own[3] === 1 ? own : laid(own, groundOf(element.parentElement));
      };
      const light = (colour: Colour): number => {
        const [red = 0, green = 0, blue = 0] = colour.slice(0, 3).map((part) => {
          const share = part / 255;
          return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
      };
      const wrong: string[] = [];
      const page = document.documentElement.dataset;
      for (const theme of themes)
        for (const palette of colours) {
          page["theme"] = theme;
          page["colours"] = palette;
          const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
          for (let text = texts.nextNode(); text !== null; text = texts.nextNode()) {
            const element = text.parentElement;
            const said = text.textContent?.trim() ?? "";
            if (
              element === null ||
              said === "" ||
              !element.checkVisibility() ||
              element.getBoundingClientRect().width <= 1
            )
              continue;
            if (element.closest(":disabled, [aria-disabled=true], [data-disabled]") !== null) continue;
            const { color, fontSize } = getComputedStyle(element);
            const ground = groundOf(element);
            const [one, two] = [light(laid(colourOf(color), ground)), light(ground)];
            const ratio = (Math.max(one, two) + 0.05) / (Math.min(one, two) + 0.05);
            if (ratio < (Number.parseFloat(fontSize) >= 24 ? 3 : 4.5))
              wrong.push(`${theme}, ${palette}: ${said.slice(0, 40)} has ${ratio.toFixed(2)}`);
          }
        }
      return wrong;
    },
    { themes: THEMES, colours: COLOURS, where },
  );
}
