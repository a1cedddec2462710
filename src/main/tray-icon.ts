/**
 * The icons of the tray, one for each state, drawn here so that no file can be missing.
 *
 * 1. Each state has a shape of its own, not only a color: a ring, a triangle, a diamond, as in the icon of the page.
 * 2. An icon is a PNG file of `ICON_PIXELS` squared, and the same bytes each time.
 */
import { crc32, deflateSync } from "node:zlib";

export type TrayState = "calm" | "warning" | "critical";

/** Width and height in pixels; shown at half of it, so that it is sharp on a dense display. */
export const ICON_PIXELS = 32;

/** Samples of one pixel along each axis, for smooth edges. */
const SAMPLES = 4;

interface Look {
  readonly rgb: readonly [red: number, green: number, blue: number];
  /** True where the shape covers the point; both axes run from -1 to 1, down and to the right. */
  readonly covers: (x: number, y: number) => boolean;
}

const LOOKS: Readonly<Record<TrayState, Look>> = {
  calm: {
    rgb: [0x6c, 0xb6, 0xff],
    covers: (x, y) => {
      const radius = Math.hypot(x, y);
      return radius <= 0.85 && radius >= 0.5;
    },
  },
  warning: { rgb: [0xf2, 0xb8, 0x4b], covers: (x, y) => y <= 0.8 && Math.abs(x) <= (y + 0.9) * 0.55 },
  critical: { rgb: [0xff, 0x63, 0x69], covers: (x, y) => Math.abs(x) + Math.abs(y) <= 0.95 },
};

/** How much of a pixel a shape covers, from 0 to 255. */
function coverage(look: Look, column: number, row: number): number {
  const along = (pixel: number, sample: number): number => ((pixel + (sample + 0.5) / SAMPLES) / ICON_PIXELS) * 2 - 1;
  let inside = 0;
  for (let v = 0; v < SAMPLES; v += 1)
    for (let h = 0; h < SAMPLES; h += 1) if (look.covers(along(column, h), along(row, v))) inside += 1;
  return Math.round((inside * 255) / (SAMPLES * SAMPLES));
}

function chunk(name: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(name, "latin1"), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, check]);
}

/** The icon of a state as a PNG file: 8 bits a channel, with transparency. */
export function trayIcon(state: TrayState): Buffer {
  const look = LOOKS[state];
  // Each row opens with its filter, here none.
  const stride = 1 + ICON_PIXELS * 4;
  const pixels = Buffer.alloc(ICON_PIXELS * stride);
  for (let row = 0; row < ICON_PIXELS; row += 1)
    for (let column = 0; column < ICON_PIXELS; column += 1)
      pixels.set([...look.rgb, coverage(look, column, row)], row * stride + 1 + column * 4);
  const head = Buffer.alloc(13);
  head.writeUInt32BE(ICON_PIXELS, 0);
  head.writeUInt32BE(ICON_PIXELS, 4);
  head.set([8, 6], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature,
    chunk("IHDR", head),
    chunk("IDAT", deflateSync(pixels)),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}
