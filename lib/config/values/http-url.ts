import { z } from 'zod';
import { withoutOuterQuotes } from '../raw-text';
import { redactUrl } from '../redact-url';
import { quote, type ValueType } from '../value-type';

/** An http or https address; a refusal shows it without user, password, query and fragment. */
export const httpUrl = addressThat(reasonAgainstHttpUrl);

/** The same, or empty for none. */
export const httpUrlOrNone = addressThat((value) => (value === '' ? undefined : reasonAgainstHttpUrl(value)));

function addressThat(reasonAgainst: (value: string) => string | undefined): ValueType<string> {
  return {
    schema: z.codec(
      z.string(),
      z.string().superRefine((value, context) => {
        const message = reasonAgainst(value);
        const shown = /[@?#]/.test(value) ? redactUrl(value) : quote(value);
        if (message !== undefined) context.addIssue({ code: 'custom', message, params: { shown } });
      }),
      { decode: (raw) => normalizeHttpUrl(withoutOuterQuotes(raw)), encode: (value) => value },
    ),
    input: { kind: 'text' },
  };
}

/** The form in which addresses are compared and joined: lower-case host, no default port, no trailing slashes. */
export function normalizeHttpUrl(raw: string): string {
  if (reasonAgainstHttpUrl(raw) !== undefined) return raw;
  const url = new URL(raw);
  return url.origin + url.pathname.replace(/\/+$/, '');
}

/** undefined for an http or https address without user, password, query and fragment, else the reason why not. */
export function reasonAgainstHttpUrl(value: string): string | undefined {
  if (/[\s\\]/.test(value)) return 'must be an address without spaces and backslashes';
  // The URL class would take "https:host" and "https:///host" too.
  if (!/^https?:\/\/[^/]/i.test(value)) return 'must start with http:// or https:// and a host';
  if (!URL.canParse(value)) return 'must be a valid http:// or https:// address';
  const url = new URL(value);
  if (url.username !== '' || url.password !== '') return 'must not contain a user or password';
  // Looked for in the text: the URL class drops an empty query or fragment.
  if (/[?#]/.test(value)) return 'must not contain a query or fragment (? or #)';
  return undefined;
}
