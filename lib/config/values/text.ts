import { z } from 'zod';
import { withoutOuterQuotes } from '../raw-text';
import { normalizeSlug, reasonAgainstSlug } from '../slug';
import { isTimeZone } from '../time-zone';
import type { ValueType } from '../value-type';

const controlCharacter = /[\u0000-\u001f\u007f]/;
const tokenPattern = /^[\x21-\x7e]+$/;
const hostPattern = /^(\[[0-9a-f:.%]+\]|[0-9a-z._:%-]+)$/i;
const tokenMessage =
  'must be printable ASCII without spaces, because it is sent in a header, and 4096 characters at most';

/** One line of text of at most 1024 characters, without control characters. */
export const lineSchema = z
  .string({ error: 'must be text' })
  .max(1024, { error: 'must be 1024 characters at most' })
  .refine((text) => !controlCharacter.test(text), { error: 'must be one line without control characters' });

/** What groups the keys of one account: one line of at most 191 characters. */
export const accountSchema = lineSchema.max(191, { error: 'must be 191 characters at most' });

/** A key or token as it is sent in a header: printable ASCII without spaces, 4096 characters at most. */
export const tokenSchema = z
  .string({ error: 'must be text' })
  .min(1, { error: 'must not be empty' })
  .max(4096, { error: tokenMessage })
  .regex(tokenPattern, { error: tokenMessage });

/** Text that `schema` accepts once outer blanks and quotes are gone. */
export function text(schema: z.ZodType<string, string> = lineSchema): ValueType<string> {
  return {
    schema: z.codec(z.string(), schema, { decode: withoutOuterQuotes, encode: (value) => value }),
    input: { kind: 'text' },
  };
}

/** A header-safe secret, or nothing. */
export const token = text(
  z.string().refine((value) => value === '' || tokenSchema.safeParse(value).success, { error: tokenMessage }),
);

/** A host name or an IP address to listen on or connect to. */
export const host = text(
  z.string().regex(hostPattern, { error: 'must be a host name or an IP address without a scheme' }),
);

/** A host to connect to, or the folder that a socket lies in. */
export const hostOrFolder = text(
  z.string().refine((value) => hostPattern.test(value) || /^\/[\w./-]*$/.test(value), {
    error: 'must be a host name or an IP address without a scheme, or a folder',
  }),
);

/** The secret that encrypts keys at rest: any passphrase long enough, 64 hex digits or 32 bytes in base64. */
export const passphrase = text(
  lineSchema.refine((value) => value === '' || value.length >= 16, {
    error: 'must be 64 hex digits, 32 bytes in base64, or a passphrase of at least 16 characters',
  }),
);

/** A name of the IANA time zone database that this Node knows. */
export const timeZone = text(
  z
    .string()
    .refine(isTimeZone, { error: 'must be an IANA time zone such as Europe/Berlin, Asia/Shanghai or UTC' }),
);

/** The slug of a provider; lower-cased. */
export const slug: ValueType<string> = {
  schema: z.codec(z.string(), z.string().superRefine(refuseBadSlug), {
    decode: (raw) => normalizeSlug(withoutOuterQuotes(raw)),
    encode: (value) => value,
  }),
  input: { kind: 'text' },
};

function refuseBadSlug(value: string, context: z.RefinementCtx): void {
  const message = reasonAgainstSlug(value);
  if (message !== undefined) context.addIssue({ code: 'custom', message });
}

/** One of a few words, in any case; the result is spelt as in `choices`. */
export function choice<const T extends string>(choices: readonly T[]): ValueType<T> {
  const byLowerCase = new Map<string, T>(choices.map((word) => [word.toLowerCase(), word]));
  return {
    schema: z.codec(z.string(), z.custom<T>(), {
      decode: (raw, context) => {
        const found = byLowerCase.get(withoutOuterQuotes(raw).toLowerCase());
        if (found !== undefined) return found;
        context.issues.push({ code: 'custom', input: raw, message: `must be one of ${choices.join(', ')}` });
        return z.NEVER;
      },
      encode: (value) => value,
    }),
    input: { kind: 'choice', choices },
  };
}
