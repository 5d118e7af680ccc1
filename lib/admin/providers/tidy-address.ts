/** What people copy along with the address: the whole URL of an example. */
const ENDPOINT = /\/(?:chat\/completions|completions|embeddings|responses|models)\/?$/i;
/** A machine of one's own, which seldom has a certificate. */
const NEAR =
  /^(?:localhost|\d+\.\d+\.\d+\.\d+|\[[\da-f:]+\]|[\w-]+|host\.docker\.internal|[\w.-]+\.local)(?::\d+)?(?:\/|$)/i;

/**
 * The base URL that was most likely meant: with a scheme, without a query, and without the path of an endpoint. Text
 * that is no address at all comes back as it is.
 */
export function tidyAddress(raw: string): string {
  const text = raw.trim().replace(/^["'`<]+|["'`>,;]+$/g, '');
  const [, scheme, rest = ''] = /^(https?)\s*[:;]?\/{1,3}(.*)$/is.exec(text) ?? [];
  const hasScheme = scheme !== undefined;
  if (!hasScheme && (/^[a-z][a-z\d+.-]*:\/\//i.test(text) || !/^[\w[]/.test(text))) return text;
  const address = (hasScheme ? rest : text).replace(/[?#].*$/s, '').replace(/\/+$/, '');
  const kind = hasScheme ? scheme.toLowerCase() : NEAR.test(address) ? 'http' : 'https';
  return `${kind}://${address.replace(ENDPOINT, '').replace(/\/+$/, '')}`;
}
