/** What a client lets itself in with, here or elsewhere, is nobody else's to know. */

const TOKEN_HEADERS: ReadonlySet<string> = new Set([
  'authorization',
  'x-api-key',
  'api-key',
  'x-goog-api-key',
]);
const QUERY_NAMES: ReadonlySet<string> = new Set([
  'key',
  'api_key',
  'api-key',
  'apikey',
  'access_token',
  'auth_token',
]);
const SCHEME = /^[a-z][a-z\d-]* +/i;
/** Shorter ones would be found in any value. */
const LENGTH_MIN = 8;
/** As OpenAI's realtime API takes a key from a browser. */
const SUBPROTOCOL_KEY = /openai-insecure-api-key\./i;

/** The tokens in a request's headers (names and values in turn); a client may repeat them elsewhere. */
export function presentedCredentials(rawHeaders: readonly string[]): string[] {
  const credentials: string[] = [];
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    addCredential(credentials, rawHeaders[at]?.toLowerCase() ?? '', rawHeaders[at + 1] ?? '');
  }
  return credentials;
}

/** Adds the token of a header, if that is one for tokens. `name` in lower case. */
export function addCredential(credentials: string[], name: string, value: string): void {
  if (!TOKEN_HEADERS.has(name)) return;
  const token = value.trim().replace(SCHEME, '');
  if (token.length >= LENGTH_MIN) credentials.push(token);
}

/** Whether a header that may hold more than credentials holds one of a realtime client. `name` in lower case. */
export function holdsSubprotocolKey(name: string, value: string): boolean {
  return name === 'sec-websocket-protocol' && SUBPROTOCOL_KEY.test(value);
}

/** The headers (names and values in turn) without those whose values hold one of these tokens. */
export function withoutCredentials(headers: string[], credentials: readonly string[]): string[] {
  const isHeld = (value: string): boolean =>
    credentials.some((one) => value.length >= one.length && value.includes(one));
  for (let at = 1; at < headers.length; at += 2) {
    if (isHeld(headers[at] ?? '')) return headers.filter((_, index) => !isHeld(headers[index | 1] ?? ''));
  }
  return headers;
}

/** A path with its query, without the parameters that credentials ride in. All else stays as it is, byte for byte. */
export function withoutQueryCredentials(path: string, credentials: readonly string[]): string {
  const mark = path.indexOf('?');
  if (mark === -1) return path;
  const parameters = path.slice(mark + 1).split('&');
  const kept = parameters.filter((parameter) => !isCredential(parameter, credentials));
  if (kept.length === parameters.length) return path;
  return kept.length === 0 ? path.slice(0, mark) : `${path.slice(0, mark)}?${kept.join('&')}`;
}

function isCredential(parameter: string, credentials: readonly string[]): boolean {
  const equals = parameter.indexOf('=');
  if (equals === -1) return false;
  if (QUERY_NAMES.has(decoded(parameter.slice(0, equals)).toLowerCase())) return true;
  const value = decoded(parameter.slice(equals + 1));
  return credentials.some((one) => value.includes(one));
}

function decoded(text: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
