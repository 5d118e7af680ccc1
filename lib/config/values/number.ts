import { z } from 'zod';
import type { Limits } from '../limits';
import { withoutOuterQuotes } from '../raw-text';
import type { ValueType } from '../value-type';

const wholePattern = /^-?\d{1,15}$/;
// Six decimals: more would be written back as 1e-7, which is not read.
const decimalPattern = /^-?(\d{1,9}(\.\d{0,6})?|\.\d{1,6})$/;

/** A whole number between two inclusive bounds. */
export function wholeNumber(min: number, max: number): ValueType<number> {
  return numberType(wholePattern, true, { min, max });
}

/** A number between two inclusive bounds, with up to six decimals. */
export function decimalNumber(min: number, max: number): ValueType<number> {
  return numberType(decimalPattern, false, { min, max });
}

function numberType(pattern: RegExp, isWhole: boolean, { min, max }: Limits): ValueType<number> {
  const message = outOfRange(isWhole, { min, max });
  return {
    schema: z.codec(z.string(), z.number().min(min, { error: message }).max(max, { error: message }), {
      decode: (raw, context) => {
        const text = withoutOuterQuotes(raw);
        // Adding 0 turns -0 into 0.
        if (pattern.test(text)) return Number(text) + 0;
        context.issues.push({ code: 'custom', input: raw, message });
        return z.NEVER;
      },
      encode: String,
    }),
    input: { kind: 'number', min, max, isWhole },
  };
}

/** A number that is a number already, as in JSON. */
export function jsonNumberSchema(isWhole: boolean, { min, max }: Limits): z.ZodType<number> {
  const error = outOfRange(isWhole, { min, max });
  return z
    .number({ error })
    .min(min, { error })
    .max(max, { error })
    .refine((value) => !isWhole || Number.isInteger(value), { error });
}

function outOfRange(isWhole: boolean, { min, max }: Limits): string {
  return `must be a ${isWhole ? 'whole ' : ''}number from ${min} to ${max}`;
}
