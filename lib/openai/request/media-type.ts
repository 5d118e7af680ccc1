/** So much is looked at in one step; about a millisecond, seldom more. */
export const SLICE_BYTES = 64 * 1024;

/** The media type alone, in lower case; '' if there is none. */
export function mediaType(contentType: string | undefined): string {
  if (contentType === undefined || contentType === 'application/json') return contentType ?? '';
  const semicolon = contentType.indexOf(';');
  return (semicolon === -1 ? contentType : contentType.slice(0, semicolon)).trim().toLowerCase();
}

export function isJson(type: string): boolean {
  return type.endsWith('/json') || type.endsWith('+json');
}

/** Many JSON texts one after the other: begins like JSON, but is not one text. */
export function isJsonLines(type: string): boolean {
  return type.endsWith('ndjson') || type.endsWith('jsonl') || type.endsWith('json-seq');
}

/** ASCII means the same in all of them. */
const CHARSETS = /^(utf-?8|us-ascii|ascii|iso-?8859-1|latin-?1)$/;

/** Whether a content type tells one charset, one in which ASCII is what it is everywhere. */
export function charsetOf(contentType: string): 'none' | 'clear' | 'unclear' {
  if (!/charset/i.test(contentType)) return 'none';
  if (/charset\s*\*/i.test(contentType)) return 'unclear';
  const charsets = [...contentType.matchAll(/charset\s*=\s*["']?([^"';,\s]*)/gi)];
  const [, charset = ''] = charsets[0] ?? [];
  return charsets.length === 1 && CHARSETS.test(charset.toLowerCase()) ? 'clear' : 'unclear';
}
