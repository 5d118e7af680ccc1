import { z } from 'zod';
import { withoutOuterQuotes } from '../raw-text';
import type { ValueType } from '../value-type';

const truths = new Set(['true', '1', 'yes', 'on']);
const falsehoods = new Set(['false', '0', 'no', 'off']);

/** true, 1, yes, on and their opposites, in any case. */
export const boolean: ValueType<boolean> = {
  schema: z.codec(z.string(), z.boolean(), {
    decode: (raw, context) => {
      const word = withoutOuterQuotes(raw).toLowerCase();
      if (truths.has(word)) return true;
      if (falsehoods.has(word)) return false;
      context.issues.push({ code: 'custom', input: raw, message: 'must be true or false' });
      return z.NEVER;
    },
    encode: String,
  }),
  input: { kind: 'boolean' },
};
