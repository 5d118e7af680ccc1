import type { z } from 'zod';

/** What the settings form shows for a value. */
export type SettingInput =
  | { readonly kind: 'boolean' }
  | { readonly kind: 'number'; readonly min: number; readonly max: number; readonly isWhole: boolean }
  | { readonly kind: 'text' }
  | { readonly kind: 'choice'; readonly choices: readonly string[] }
  | { readonly kind: 'list' }
  | { readonly kind: 'json' };

/**
 * One kind of value. Decoding the schema reads raw text, encoding it writes the canonical text, and reading the
 * canonical text again gives an equal value.
 */
export interface ValueType<T> {
  readonly schema: z.ZodType<T, string>;
  readonly input: SettingInput;
}

/** What a message shows instead of a secret. */
export const hidden = '(hidden)';

const shownCharsMax = 80;

/** Quotes a value for a message: on one line and cut at 80 characters. */
export function quote(value: string): string {
  return JSON.stringify(value.length > shownCharsMax ? `${value.slice(0, shownCharsMax)}...` : value);
}
