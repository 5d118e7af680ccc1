import { SECRET_LENGTH_MIN } from '../../balancer/redaction';
import type { UpstreamKey } from '../target';

/** Something that lets somebody in, and must not come back out of an answer. */
export interface Secret {
  readonly value: string;
  /** What may be shown of it: `sk-abc...wxyz`. */
  readonly hint?: string | undefined;
  /** A key may be quoted within what was made of it for Basic authentication. */
  readonly isKey?: boolean;
}

/** What a request to a provider is made with. */
export interface SecretSources {
  readonly key: UpstreamKey;
  readonly baseUrl: string;
  readonly customHeaders: Readonly<Record<string, string>>;
  /** With user and password. */
  readonly egressUrl?: string | undefined;
}

/** Headers whose names say that their values let somebody in. */
const CREDENTIAL_WORD =
  /(^|[-_])(auth|token|jwt|key|apikey|session|sid|signature|credentials?|passwd|pwd)([-_]|$)/;
const CREDENTIAL_PART = /authori[sz]ation|secret|password/;
/** Headers that name a client, a version or an owner, in values that may look like a token. */
const HARMLESS_NAME =
  /^(openai-|anthropic-|accept|content-|user-agent$|referer$|http-referer$|origin$|x-title$)/;
/** Letters and digits mixed at random, as no word, date or model's name has them. */
const TOKEN_PART = /(?=[a-z]*\d)(?=\d*[a-z])[a-z\d]{12,}/i;
const SCHEME = /^([a-z][a-z\d-]*) +(\S.*)$/i;

/** The secrets of a request, each once. What is shorter than six characters is none: it would be found in any text. */
export function secretsOf({ key, baseUrl, customHeaders, egressUrl }: SecretSources): Secret[] {
  const secrets = new Map<string, Secret>();
  const add = (secret: Secret): void => {
    const { value } = secret;
    if (value.length >= SECRET_LENGTH_MIN && !secrets.has(value)) secrets.set(value, secret);
  };
  add({ value: key.secret, hint: key.hint, isKey: true });
  for (const value of headerSecrets(customHeaders)) add({ value });
  for (const value of urlSecrets(baseUrl)) add({ value });
  if (egressUrl !== undefined) for (const value of urlSecrets(egressUrl)) add({ value });
  return [...secrets.values()];
}

function* headerSecrets(headers: Readonly<Record<string, string>>): Generator<string> {
  for (const [name, given] of Object.entries(headers)) {
    const lower = name.toLowerCase();
    const value = given.trim();
    if (lower.includes('cookie')) yield* cookieValues(value);
    else if (CREDENTIAL_WORD.test(lower) || CREDENTIAL_PART.test(lower)) yield* credentials(value);
    else if (!HARMLESS_NAME.test(lower) && !value.includes('://') && TOKEN_PART.test(value)) yield value;
  }
}

function* cookieValues(header: string): Generator<string> {
  for (const pair of header.split(';')) yield pair.slice(pair.indexOf('=') + 1).trim();
}

/** `Bearer x` is x, and `Basic x` the password in it as well. */
function* credentials(value: string): Generator<string> {
  const [, scheme = '', rest = value] = SCHEME.exec(value) ?? [];
  yield rest;
  if (scheme.toLowerCase() !== 'basic') return;
  const plain = Buffer.from(rest, 'base64').toString('utf8');
  yield plain;
  yield plain.slice(plain.indexOf(':') + 1);
}

/** The password of an address, also with its user and as that is sent; the user alone is shown everywhere. */
function* urlSecrets(address: string): Generator<string> {
  if (!address.includes('@')) return;
  const { username, password } = new URL(address);
  if (password === '') return;
  const [user, word] = [decoded(username), decoded(password)];
  yield word;
  yield `${user}:${word}`;
  yield Buffer.from(`${user}:${word}`).toString('base64');
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
