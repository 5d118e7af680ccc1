import { egressHint, egressUrlSchema, normalizeEgressUrl } from '../../config/values/egress-url';
import { redactUrl } from '../../config/redact-url';

export interface ParsedProxy {
  readonly line: number;
  /** In the form in which addresses are compared. */
  readonly url: string;
  readonly hint: string;
}

export interface InvalidProxy {
  readonly line: number;
  readonly reason: string;
  /** As much of it as is safe to show. */
  readonly address: string;
}

/** Takes a text apart: one address a line, or several with blanks, commas or semicolons between. */
export function parseProxies(text: string): {
  readonly proxies: ParsedProxy[];
  readonly invalid: InvalidProxy[];
} {
  const proxies: ParsedProxy[] = [];
  const invalid: InvalidProxy[] = [];
  for (const [index, lineText] of text.split('\n').entries()) {
    for (const piece of lineText.split(/[\s,;]+/)) {
      const address = piece.replace(/^["'[\]]+|["'[\]]+$/g, '');
      if (address === '') continue;
      const parsed = parseProxy(address);
      if ('reason' in parsed) invalid.push({ line: index + 1, ...parsed });
      else proxies.push({ line: index + 1, ...parsed });
    }
  }
  return { proxies, invalid };
}

export function parseProxy(
  address: string,
): { readonly url: string; readonly hint: string } | { readonly reason: string; readonly address: string } {
  const read = egressUrlSchema.safeParse(address);
  if (!read.success) {
    const reason = read.error.issues[0]?.message ?? 'is not an address';
    return { reason, address: redactUrl(address).slice(1, -1) };
  }
  const url = normalizeEgressUrl(read.data);
  return { url, hint: egressHint(url) };
}
