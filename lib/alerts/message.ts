import type { AlertRule } from '../config/alert-rules';

/** What a receiver gets to read, whatever its form. */
export interface AlertMessage {
  /** The same each time it is tried. */
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly state: 'begin' | 'over' | 'test';
  /** Undefined for a test. */
  readonly incident:
    | {
        readonly key: string;
        readonly rule: AlertRule;
        readonly severity: 'high' | 'medium' | 'low';
        readonly since: number | null;
      }
    | undefined;
  /** A few words of the program's own: `OpenAI Balance: Urgent`. */
  readonly title: string;
  /** One line, in which names from outside may stand. */
  readonly text: string;
}

const MARKS = { high: '🔴', medium: '🟠', low: '🟡' } as const;

/** A sign of how bad it is. */
export function markOf({ state, incident }: AlertMessage): string {
  if (state === 'over') return '🟢';
  return incident === undefined ? '🔵' : MARKS[incident.severity];
}

/** One line without control characters, and without those that turn the rest of a message around. */
export function oneLine(text: string): string {
  return text
    .replace(/[\u202a-\u202e\u2066-\u2069\u200e\u200f]/g, '')
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim();
}

/** As many whole characters as `fits` takes, with an ellipsis where something is left out. */
export function cutTo(text: string, fits: (text: string) => boolean): string {
  if (fits(text)) return text;
  const characters = [...text];
  let [low, high] = [0, characters.length];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (fits(`${characters.slice(0, middle).join('')}…`)) low = middle;
    else high = middle - 1;
  }
  return `${characters.slice(0, low).join('')}…`;
}
