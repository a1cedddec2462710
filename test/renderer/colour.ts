/**
 * How far apart two colours are to an eye, and to eyes that lack a kind of cones.
 *
 * 1. Distances are CIEDE2000, of CIELAB under the daylight of screens (D65): 1 is barely seen, 10 is seen at a glance.
 * 2. Missing cones are simulated by two models, that of Machado et al. (2009) and that of Brettel et al. (1997), both in linear light:
 *    they disagree most where blue cones lack, and a palette has to hold in both.
 */

/** Red, green and blue in linear light, from 0 to 1 each. */
export type Light = readonly [red: number, green: number, blue: number];
type Lab = readonly [lightness: number, a: number, b: number];
type Matrix = readonly [number, number, number, number, number, number, number, number, number];

/** The light of `#rrggbb`. Throws for any other text. */
export function lightOf(hex: string): Light {
  if (!/^#[0-9a-f]{6}$/.test(hex)) throw new Error(`"${hex}" is no colour as #rrggbb.`);
  const part = (at: number): number => {
    const share = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  };
  return [part(1), part(3), part(5)];
}

/** How bright, as WCAG measures it. */
const luminance = ([red, green, blue]: Light): number => 0.2126 * red + 0.7152 * green + 0.0722 * blue;

/** The contrast of two colours as WCAG measures it, from 1 to 21. */
export function contrast(one: string, two: string): number {
  const [a, b] = [luminance(lightOf(one)), luminance(lightOf(two))];
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}

const times = (matrix: Matrix, [red, green, blue]: Light): Light => [
  matrix[0] * red + matrix[1] * green + matrix[2] * blue,
  matrix[3] * red + matrix[4] * green + matrix[5] * blue,
  matrix[6] * red + matrix[7] * green + matrix[8] * blue,
];

const TO_XYZ: Matrix = [
  0.4124564, 0.3575761, 0.1804375, 0.2126729, 0.7151522, 0.072175, 0.0193339, 0.119192, 0.9503041,
];

export function labOf(light: Light): Lab {
  const [x, y, z] = times(TO_XYZ, light);
  const root = (share: number): number =>
    share > 216 / 24_389 ? Math.cbrt(share) : ((24_389 / 27) * share + 16) / 116;
  const [fx, fy, fz] = [root(x / 0.95047), root(y), root(z / 1.08883)];
  return [116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)];
}

const radians = (degrees: number): number => (degrees * Math.PI) / 180;
const hueOf = (a: number, b: number): number =>
  a === 0 && b === 0 ? 0 : ((Math.atan2(b, a) * 180) / Math.PI + 360) % 360;

/** CIEDE2000 of two colours. */
export function difference([l1, a1, b1]: Lab, [l2, a2, b2]: Lab): number {
  const mean = (Math.hypot(a1, b1) + Math.hypot(a2, b2)) / 2;
  const grey = 0.5 * (1 - Math.sqrt(mean ** 7 / (mean ** 7 + 25 ** 7)));
  const [x1, x2] = [a1 * (1 + grey), a2 * (1 + grey)];
  const [c1, c2] = [Math.hypot(x1, b1), Math.hypot(x2, b2)];
  const [h1, h2] = [hueOf(x1, b1), hueOf(x2, b2)];
  const apart = h2 - h1;
  const turn = c1 * c2 === 0 ? 0 : apart > 180 ? apart - 360 : apart < -180 ? apart + 360 : apart;
  const hue = 2 * Math.sqrt(c1 * c2) * Math.sin(radians(turn / 2));
  const [l, c] = [(l1 + l2) / 2, (c1 + c2) / 2];
  const sum = h1 + h2;
  const h = c1 * c2 === 0 ? sum : Math.abs(apart) <= 180 ? sum / 2 : sum < 360 ? sum / 2 + 180 : sum / 2 - 180;
  const t =
    1 -
    0.17 * Math.cos(radians(h - 30)) +
    0.24 * Math.cos(radians(2 * h)) +
    0.32 * Math.cos(radians(3 * h + 6)) -
    0.2 * Math.cos(radians(4 * h - 63));
  const weights = {
    l: 1 + (0.015 * (l - 50) ** 2) / Math.sqrt(20 + (l - 50) ** 2),
    c: 1 + 0.045 * c,
    h: 1 + 0.015 * c * t,
  };
  const rotation =
    -2 * Math.sqrt(c ** 7 / (c ** 7 + 25 ** 7)) * Math.sin(radians(60 * Math.exp(-(((h - 275) / 25) ** 2))));
  const [dl, dc, dh] = [(l2 - l1) / weights.l, (c2 - c1) / weights.c, hue / weights.h];
  return Math.sqrt(dl ** 2 + dc ** 2 + dh ** 2 + rotation * dc * dh);
}

const seen = (matrix: Matrix, light: Light): Light => {
  const [red, green, blue] = times(matrix, light);
  const within = (value: number): number => Math.min(1, Math.max(0, value));
  return [within(red), within(green), within(blue)];
};

const machado =
  (matrix: Matrix) =>
  (light: Light): Light =>
    seen(matrix, light);

/** Two half planes of what is seen, and the plane that divides them. */
const brettel =
  (above: Matrix, below: Matrix, plane: Light) =>
  (light: Light): Light => {
    const side = plane[0] * light[0] + plane[1] * light[1] + plane[2] * light[2];
    return seen(side >= 0 ? above : below, light);
  };

/** How eyes see a light, by what they lack. */
export const EYES: Readonly<Record<string, (light: Light) => Light>> = {
  "all cones": (light) => light,
  "protanopia (Machado)": machado([
    0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998,
  ]),
  "deuteranopia (Machado)": machado([
    0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.01182, 0.04294, 0.968881,
  ]),
  "tritanopia (Machado)": machado([
    1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.3039,
  ]),
  "protanopia (Brettel)": brettel(
    [0.1498, 1.19548, -0.34528, 0.10764, 0.84864, 0.04372, 0.00384, -0.0054, 1.00156],
    [0.1457, 1.16172, -0.30742, 0.10816, 0.85291, 0.03892, 0.00386, -0.00524, 1.00139],
    [0.00048, 0.00393, -0.00441],
  ),
  "deuteranopia (Brettel)": brettel(
    [0.36477, 0.86381, -0.22858, 0.26294, 0.64245, 0.09462, -0.02006, 0.02728, 0.99278],
    [0.37298, 0.88166, -0.25464, 0.25954, 0.63506, 0.1054, -0.0198, 0.02784, 0.99196],
    [-0.00281, -0.00611, 0.00892],
  ),
  "tritanopia (Brettel)": brettel(
    [1.01277, 0.13548, -0.14826, -0.01243, 0.86812, 0.14431, 0.07589, 0.805, 0.11911],
    [0.93678, 0.18979, -0.12657, 0.06154, 0.81526, 0.1232, -0.37562, 1.12767, 0.24796],
    [0.03901, -0.02788, -0.01113],
  ),
};
