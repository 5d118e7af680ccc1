/** What a colour looks like, in OKLab, to people who see all colours, and to those who lack one kind of cone. */
export const EYES = {
  all: [1, 0, 0, 0, 1, 0, 0, 0, 1],
  // Machado, Oliveira and Fernandes (2009), for a kind of cone that is missing, on linear RGB.
  protanopia: [0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998],
  deuteranopia: [0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.01182, 0.04294, 0.968881],
} as const;
export type Eyes = keyof typeof EYES;
type Three = readonly [number, number, number];

function times(m: readonly number[], [x, y, z]: Three): Three {
  const row = (i: number) => (m[i] ?? 0) * x + (m[i + 1] ?? 0) * y + (m[i + 2] ?? 0) * z;
  return [row(0), row(3), row(6)];
}
const each = (three: Three, change: (value: number) => number): Three => [
  change(three[0]),
  change(three[1]),
  change(three[2]),
];
const clip = (three: Three) => each(three, (value) => Math.min(1, Math.max(0, value)));

/** Of an `oklch()` with lightness 0 to 1, chroma and hue in degrees. */
function linearRgb([lightness, chroma, hue]: Three): Three {
  const angle = (hue * Math.PI) / 180;
  const lab: Three = [lightness, chroma * Math.cos(angle), chroma * Math.sin(angle)];
  const roots = times(
    [1, 0.3963377774, 0.2158037573, 1, -0.1055613458, -0.0638541728, 1, -0.0894841775, -1.291485548],
    lab,
  );
  return times(
    [
      4.0767416621, -3.3077115913, 0.2309699292, -1.2684380046, 2.6097574011, -0.3413193965, -0.0041960863,
      -0.7034186147, 1.707614701,
    ],
    each(roots, (root) => root ** 3),
  );
}

function oklab(rgb: Three): Three {
  const cones = times(
    [
      0.4122214708, 0.5363325363, 0.0514459929, 0.2119034982, 0.6806995451, 0.1073969566, 0.0883024619,
      0.2817188376, 0.6299787005,
    ],
    rgb,
  );
  return times(
    [
      0.2104542553, 0.793617785, -0.0040720468, 1.9779984951, -2.428592205, 0.4505937099, 0.0259040371,
      0.7827717662, -0.808675766,
    ],
    each(cones, Math.cbrt),
  );
}

const seen = (color: Three, eyes: Eyes) => oklab(clip(times(EYES[eyes], clip(linearRgb(color)))));

/** How different two look: 0 is the same, 0.02 just noticed side by side, 1 black and white. */
export function distance(one: Three, other: Three, eyes: Eyes): number {
  const [a, b] = [seen(one, eyes), seen(other, eyes)];
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
}

/** The colours that a style sheet names in a block, by name. */
export function colorsOf(css: string, selector: string): ReadonlyMap<string, Three> {
  const from = css.indexOf(`${selector} {`);
  const block = css.slice(from, css.indexOf('\n}', from));
  const found = block.matchAll(/--([\w-]+): oklch\(([\d.]+) ([\d.]+) ([\d.]+)\)/g);
  return new Map([...found].map(([, name = '', l, c, h]) => [name, [Number(l), Number(c), Number(h)]]));
}
