/** Durations as people read them; units are the same in all our languages. */

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const WHOLE_CENTS = new Intl.NumberFormat('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 });

const two = (value: number) => String(value).padStart(2, '0');

/** A measured time: `38 ms`, `1.24 s`, `2 m 05 s`. What rounds up to the next unit is told in it: never `60.0 s`. */
export function formatDuration(ms: number): string {
  if (Math.round(ms) < SECOND) return `${Math.round(ms)} ms`;
  const [hundredths, tenths, seconds] = [Math.round(ms / 10), Math.round(ms / 100), Math.round(ms / SECOND)];
  if (hundredths < 1_000) return `${(hundredths / 100).toFixed(2)} s`;
  if (tenths < 600) return `${(tenths / 10).toFixed(1)} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} m ${two(seconds % 60)} s`;
  const minutes = Math.round(ms / MINUTE);
  return `${Math.floor(minutes / 60)} h ${two(minutes % 60)} m`;
}

/** What is left of a wait, never less than it is: `42 s`, `3:05`, `1 h 02 m`, `2 d 3 h`. Empty when it is over. */
export function formatCountdown(ms: number): string {
  if (ms <= 0) return '';
  const seconds = Math.ceil(ms / SECOND);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}:${two(seconds % 60)}`;
  const minutes = Math.ceil(seconds / 60);
  if (minutes < 24 * 60) return `${Math.floor(minutes / 60)} h ${two(minutes % 60)} m`;
  const hours = Math.ceil(minutes / 60);
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** How long something lasted, in whole units: `9 s`, `2 m 05 s`, `1 h 02 m`, `2 d 3 h`. */
export function formatLasted(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / SECOND));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} m ${two(seconds % 60)} s`;
  const hours = Math.floor(minutes / 60);
  return hours < 24 ? `${hours} h ${two(minutes % 60)} m` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** The whole units that have passed, for "… ago". */
export function elapsed(ms: number): { readonly value: number; readonly unit: 's' | 'm' | 'h' | 'd' } {
  const passed = Math.max(0, ms);
  if (passed < MINUTE) return { value: Math.floor(passed / SECOND), unit: 's' };
  if (passed < HOUR) return { value: Math.floor(passed / MINUTE), unit: 'm' };
  if (passed < DAY) return { value: Math.floor(passed / HOUR), unit: 'h' };
  return { value: Math.floor(passed / DAY), unit: 'd' };
}

/** The three digits that matter, counted after rounding: 9.996 is `10.0`. */
function threeDigits(value: number): string {
  const size = Math.abs(value);
  return value.toFixed(size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2);
}

/** `1.5 KB`: powers of 1024, three digits that matter, and never 1024 of a unit that has a greater one. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (Math.round(value) >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${unit === 0 ? Math.round(value) : threeDigits(value)} ${units[unit] ?? 'B'}`;
}

/** `12.3k`, `4.56M`: for figures that change while one looks, so always of about the same width. */
export function formatCount(value: number): string {
  if (Math.abs(Math.round(value)) < 10_000) return String(Math.round(value));
  const units = [
    [1e12, 'T'],
    [1e9, 'G'],
    [1e6, 'M'],
    [1e3, 'k'],
  ] as const;
  // What rounds up to a thousand of one unit is one of the next.
  const [size, unit] = units.find(([limit]) => Math.abs(value) >= 0.9995 * limit) ?? [1, ''];
  return `${threeDigits(value / size)}${unit}`;
}

/** `$12.34`, `$0.00123`, `$1,234.50`, `$12.3k`: three digits that matter, and whole cents from a dollar on. */
export function formatUsd(value: number): string {
  return Number(value.toFixed(2)) >= 10_000 ? `$${formatCount(value)}` : formatPrice(value);
}

/** The same for what is set and has to be told whole: `$12,345.00`. */
export function formatPrice(value: number): string {
  if (value >= 999.995) return `$${WHOLE_CENTS.format(value)}`;
  if (value >= 1 || value === 0) return `$${value.toFixed(2)}`;
  const digits = Math.min(12, 2 - Math.floor(Math.log10(value)));
  return `$${Number(value.toFixed(digits)) >= 1 ? '1.00' : value.toFixed(digits)}`;
}

/** A share as a percentage; never rounded up to 100 nor down to 0 where it is neither. */
export function formatShare(part: number, whole: number): string {
  if (whole <= 0) return '–';
  const percent = (part / whole) * 100;
  if (percent === 0 || percent === 100) return `${percent} %`;
  const rounded = percent >= 98.95 || percent < 0.995 ? percent.toFixed(2) : percent.toFixed(1);
  if (Number(rounded) >= 100) return '> 99.99 %';
  return Number(rounded) === 0 ? '< 0.01 %' : `${rounded} %`;
}
