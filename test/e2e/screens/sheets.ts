/**
 * Sheets of small screens, and how a screen is compared with an approved one.
 *
 * 1. A sheet holds one state in one theme and width, a tile for each view, at a quarter of the size: small enough to keep, large enough
 *    to be looked at.
 * 2. Screens are compared as eyes from afar do: brightness, blurred over some 24 points. So another version of the browser, which draws
 *    the edges of letters a little differently, changes nothing, and a button that moved or a column that is gone does.
 * 3. Sheets are WebP, packed and read by the browser itself.
 */
import type { Page } from "@playwright/test";

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A page's points for each point of a tile. */
export const SHRUNK = 4;
/** At less than half the size letters are put on whole points, and a shift that no eye sees moves them by one. */
const TAKEN = 0.5;
const COLUMNS = 4;
const QUALITY = 0.5;
/** Points of a tile that make one cell, and cells on each side that are blurred into it. */
const CELL = 2;
const BLUR = 1;
/** A cell differs from here on, of 255; so many cells may. */
const CELL_TOLERANCE = 9;
export const CELLS_MAX = 8;

export interface Difference {
  /** Cells that differ. */
  readonly cells: number;
  /** The largest difference of a cell, of 255. */
  readonly most: number;
}

/** The page as it is shown, shrunk, as PNG in base64. */
export async function tileOf(page: Page, { width, height }: Size): Promise<string> {
  const session = await sessionOf(page);
  const clip = { x: 0, y: 0, width, height, scale: TAKEN };
  const { data } = await session.send("Page.captureScreenshot", { format: "png", clip, optimizeForSpeed: true });
  return data;
}

const sessions = new WeakMap<Page, Awaited<ReturnType<ReturnType<Page["context"]>["newCDPSession"]>>>();

async function sessionOf(page: Page): Promise<NonNullable<ReturnType<typeof sessions.get>>> {
  const known = sessions.get(page);
  if (known !== undefined) return known;
  const made = await page.context().newCDPSession(page);
  sessions.set(page, made);
  return made;
}

/** Puts tiles into a sheet, in order. `desk` is a blank page that draws. Answers with the sheet as WebP in base64. */
export function sheetOf(desk: Page, tiles: readonly string[], size: Size): Promise<string> {
  return desk.evaluate(
    async ({ tiles, width, height, columns, quality }) => {
      const canvas = new OffscreenCanvas(width * columns, height * Math.ceil(tiles.length / columns));
      const context = canvas.getContext("2d");
      if (context !== null) context.imageSmoothingQuality = "high";
      for (const [index, tile] of tiles.entries()) {
        const bytes = Uint8Array.from(atob(tile), (letter) => letter.charCodeAt(0));
        const image = await createImageBitmap(new Blob([bytes]));
        context?.drawImage(image, (index % columns) * width, Math.floor(index / columns) * height, width, height);
      }
      const blob = await canvas.convertToBlob({ type: "image/webp", quality });
      const bytes = new Uint8Array(await blob.arrayBuffer());
      return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
    },
    { tiles, width: size.width / SHRUNK, height: size.height / SHRUNK, columns: COLUMNS, quality: QUALITY },
  );
}

/** Gives the drawing page an approved sheet, by name, to compare with. */
export async function hang(desk: Page, name: string, sheet: string): Promise<void> {
  await desk.evaluate(
    async ([key, text]) => {
      const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
      const hung = window as unknown as { sheets?: Map<string, ImageBitmap> };
      hung.sheets ??= new Map();
      hung.sheets.set(key, await createImageBitmap(new Blob([bytes])));
    },
    [name, sheet] as const,
  );
}

/** Compares a tile with its place on a sheet that hangs. A sheet that does not hang, or is of another size, differs everywhere. */
export function compare(desk: Page, tile: string, name: string, index: number, size: Size): Promise<Difference> {
  return desk.evaluate(
    async ({ tile, name, index, width, height, columns, cell, blur, tolerance }) => {
      const [across, down] = [Math.floor(width / cell), Math.floor(height / cell)];
      /** Brightness by cell, of the image's part that begins at a point. */
      const cellsOf = (image: ImageBitmap, left: number, top: number, wide: number, high: number): Float64Array => {
        const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
        if (context !== null) context.imageSmoothingQuality = "high";
        context?.drawImage(image, left, top, wide, high, 0, 0, width, height);
        const { data } = context?.getImageData(0, 0, width, height) ?? { data: new Uint8ClampedArray() };
        const sums = new Float64Array(across * down);
        for (let y = 0; y < down * cell; y += 1)
          for (let x = 0; x < across * cell; x += 1) {
            const at = (y * width + x) * 4;
            const bright = 0.2126 * (data[at] ?? 0) + 0.7152 * (data[at + 1] ?? 0) + 0.0722 * (data[at + 2] ?? 0);
            const place = Math.floor(y / cell) * across + Math.floor(x / cell);
            sums[place] = (sums[place] ?? 0) + bright / (cell * cell);
          }
        return sums;
      };
      const blurred = (cells: Float64Array): Float64Array =>
        cells.map((_, place) => {
          const [x, y] = [place % across, Math.floor(place / across)];
          let [sum, count] = [0, 0];
          for (let v = Math.max(0, y - blur); v <= Math.min(down - 1, y + blur); v += 1)
            for (let h = Math.max(0, x - blur); h <= Math.min(across - 1, x + blur); h += 1) {
              sum += cells[v * across + h] ?? 0;
              count += 1;
            }
          return sum / count;
        });
      const sheet = (window as unknown as { sheets?: Map<string, ImageBitmap> }).sheets?.get(name);
      const [left, top] = [(index % columns) * width, Math.floor(index / columns) * height];
      if (sheet === undefined || sheet.width !== width * columns || sheet.height < top + height)
        return { cells: across * down, most: 255 };
      const bytes = Uint8Array.from(atob(tile), (letter) => letter.charCodeAt(0));
      const image = await createImageBitmap(new Blob([bytes]));
      const shown = blurred(cellsOf(image, 0, 0, image.width, image.height));
      const approved = blurred(cellsOf(sheet, left, top, width, height));
      const differences = Array.from(shown, (value, place) => Math.abs(value - (approved[place] ?? 0)));
      return { cells: differences.filter((one) => one > tolerance).length, most: Math.max(0, ...differences) };
    },
    {
      tile,
      name,
      index,
      width: size.width / SHRUNK,
      height: size.height / SHRUNK,
      columns: COLUMNS,
      cell: CELL,
      blur: BLUR,
      tolerance: CELL_TOLERANCE,
    },
  );
}

/** A sheet as PNG, for eyes that read no WebP. */
export async function pngOf(desk: Page, sheet: string): Promise<Buffer> {
  const text = await desk.evaluate(async (webp) => {
    const image = await createImageBitmap(new Blob([Uint8Array.from(atob(webp), (letter) => letter.charCodeAt(0))]));
    const canvas = new OffscreenCanvas(image.width, image.height);
    canvas.getContext("2d")?.drawImage(image, 0, 0);
    const bytes = new Uint8Array(await (await canvas.convertToBlob()).arrayBuffer());
    return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
  }, sheet);
  return Buffer.from(text, "base64");
}
