/** Durations as people read them; units are the same in all our languages. */

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const two = (value: number) => String(value).padStart(2, '0');

/** A measured time: `38 ms`, `1.24 s`, `2 m 05 s`. */
export function formatDuration(ms: number): string {
  if (ms < SECOND) return `${Math.round(ms)} ms`;
  if (ms < 10 * SECOND) return `${(ms / SECOND).toFixed(2)} s`;
  if (ms < MINUTE) return `${(ms / SECOND).toFixed(1)} s`;
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} m ${two(Math.floor((ms % MINUTE) / SECOND))} s`;
  return `${Math.floor(ms / HOUR)} h ${two(Math.floor((ms % HOUR) / MINUTE))} m`;
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

/** The whole units that have passed, for "… ago". */
export function elapsed(ms: number): { readonly value: number; readonly unit: 's' | 'm' | 'h' | 'd' } {
  const passed = Math.max(0, ms);
  if (passed < MINUTE) return { value: Math.floor(passed / SECOND), unit: 's' };
  if (passed < HOUR) return { value: Math.floor(passed / MINUTE), unit: 'm' };
  if (passed < DAY) return { value: Math.floor(passed / HOUR), unit: 'h' };
  return { value: Math.floor(passed / DAY), unit: 'd' };
}

/** `1.5 KB`: powers of 1024, three digits that matter. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const digits = unit === 0 || value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return `${value.toFixed(digits)} ${units[unit] ?? 'B'}`;
}

/** `12.3k`, `4.56M`: for figures that change while one looks, so always of about the same width. */
export function formatCount(value: number): string {
  if (Math.abs(value) < 10_000) return String(Math.round(value));
  const units = [
    [1e12, 'T'],
    [1e9, 'G'],
    [1e6, 'M'],
    [1e3, 'k'],
  ] as const;
  const [size, unit] = units.find(([limit]) => Math.abs(value) >= limit) ?? [1, ''];
  const scaled = value / size;
  return `${scaled.toFixed(scaled >= 100 ? 0 : scaled >= 10 ? 1 : 2)}${unit}`;
}

/** A share as a percentage; never rounded up to 100 nor down to 0 where it is neither. */
export function formatShare(part: number, whole: number): string {
  if (whole <= 0) return '–';
  const percent = (part / whole) * 100;
  if (percent === 0 || percent === 100) return `${percent} %`;
  const rounded = percent >= 99 || percent < 1 ? percent.toFixed(2) : percent.toFixed(1);
  if (Number(rounded) >= 100) return '> 99.99 %';
  return Number(rounded) === 0 ? '< 0.01 %' : `${rounded} %`;
}
