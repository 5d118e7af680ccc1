/** The credentials of a client, for us or for others. They are never passed on. */

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
  'authorization',
]);
const SCHEME = /^[a-z][a-z\d-]* +/i;
const QUERY_SCHEME = /^bearer[ +]+/i;
/** Shorter ones would be found in any value. */
const LENGTH_MIN = 8;
const ESCAPE = /%([0-9a-f]{2})/gi;
const DECODINGS_MAX = 3;
const BASE64_RUN = /[\w+/-]{11,}/g;
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

/** What the parameters of a query hold that credentials ride in; a client may repeat it elsewhere. */
export function queryCredentials(query: string): string[] {
  const credentials: string[] = [];
  for (const parameter of query.slice(1).split('&')) {
    const equals = parameter.indexOf('=');
    if (equals === -1 || !QUERY_NAMES.has(decoded(parameter.slice(0, equals)).toLowerCase())) continue;
    const value = decoded(parameter.slice(equals + 1)).replace(QUERY_SCHEME, '');
    if (value.length >= LENGTH_MIN) credentials.push(value);
  }
  return credentials;
}

/** Whether a header that may hold more than credentials holds one of a realtime client. `name` in lower case. */
export function holdsSubprotocolKey(name: string, value: string): boolean {
  return name === 'sec-websocket-protocol' && SUBPROTOCOL_KEY.test(value);
}

/** The headers (names and values in turn) without those that hold one of these tokens, in the name or in the value. */
export function withoutCredentials(headers: string[], credentials: readonly string[]): string[] {
  if (credentials.length === 0) return headers;
  const isHeld = (at: number): boolean =>
    holdsCredential(headers[at | 1] ?? '', credentials) ||
    namesCredential(headers[at & ~1] ?? '', credentials);
  for (let at = 1; at < headers.length; at += 2) {
    if (isHeld(at)) return headers.filter((_, index) => !isHeld(index));
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
  if (equals !== -1 && QUERY_NAMES.has(decoded(parameter.slice(0, equals)).toLowerCase())) return true;
  return holdsCredential(parameter, credentials);
}

/** Names of headers have no case. */
function namesCredential(name: string, credentials: readonly string[]): boolean {
  return credentials.some(
    (one) => name.length >= one.length && name.toLowerCase().includes(one.toLowerCase()),
  );
}

/** Whether a text holds a token: as it is, percent-encoded up to three times, or in base64 of either alphabet. */
function holdsCredential(text: string, credentials: readonly string[]): boolean {
  const lengthMin = credentials.reduce((least, { length }) => Math.min(least, length), Infinity);
  let view = text;
  for (let decodings = 0; view.length >= lengthMin; decodings += 1) {
    if (credentials.some((one) => view.includes(one)) || holdsInBase64(view, credentials, lengthMin))
      return true;
    if (decodings === DECODINGS_MAX) return false;
    const next = decoded(view);
    if (next === view) return false;
    view = next;
  }
  return false;
}

function holdsInBase64(text: string, credentials: readonly string[], lengthMin: number): boolean {
  const charactersMin = Math.ceil((lengthMin * 4) / 3);
  if (text.length < charactersMin) return false;
  for (const [run] of text.matchAll(BASE64_RUN)) {
    if (run.length < charactersMin) continue;
    const plain = Buffer.from(run, 'base64').toString('latin1');
    if (credentials.some((one) => plain.includes(one))) return true;
  }
  return false;
}

/** Byte by byte, as headers are read: what is no escape, or no UTF-8, keeps nothing else from being decoded. */
function decoded(text: string): string {
  if (!text.includes('%')) return text;
  return text.replace(ESCAPE, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
}
