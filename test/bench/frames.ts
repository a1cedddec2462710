/**
 * The distances between animation frames of a page.
 *
 * 1. The first distance is left out: it begins before the measuring.
 */
import type { Page } from "@playwright/test";

/** Frames' distances in milliseconds, for so many milliseconds. */
export function framesOf(page: Page, lengthMs: number): Promise<number[]> {
  return page.evaluate(
    (length) =>
      new Promise<number[]>((resolve) => {
        const distances: number[] = [];
        let last = performance.now();
        const began = last;
        const frame = (now: number): void => {
          distances.push(now - last);
          last = now;
          if (now - began < length) requestAnimationFrame(frame);
          else resolve(distances.slice(1));
        };
        requestAnimationFrame(frame);
      }),
    lengthMs,
  );
}
