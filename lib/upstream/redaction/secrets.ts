import { SECRET_LENGTH_MIN } from '../../balancer/attribution/redaction';
import type { UpstreamKey } from '../target';

/** A credential. It must not appear in an answer. */
export interface Secret {
  readonly value: string;
  /** What may be shown of it: `sk-abc...wxyz`. */
  readonly hint?: string | undefined;
  /** It may be quoted within what was made of it for Basic authentication. */
  readonly isInBase64?: boolean;
}

/** What a request to a provider is made with. */
export interface SecretSources {
  readonly key: UpstreamKey;
  readonly baseUrl: string;
  readonly customHeaders: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>> | undefined;
  /** With user and password. */
  readonly egressUrl?: string | undefined;
}

/** Headers whose names say that their values are credentials. */
const CREDENTIAL_WORD =
  /(^|[-_])(auth|token|jwt|key|apikey|session|sid|signature|credentials?|pass|passwd|pwd)([-_]|$)/;
const CREDENTIAL_PART = /authori[sz]ation|secret|password|passphrase/;
/** Headers that name a client, a version or an owner, in values that answers have reason to hold. */
const HARMLESS_NAME =
  /^(openai-|anthropic-|accept|content-|cache-|user-agent$|referer$|http-referer$|origin$|x-title$)/;
const HARMLESS_WORD = /(^|[-_])(model|models|version|region|zone|timezone|language|locale|format)([-_]|$)/;
/** `production`, `Some Company`: masked wherever an answer holds it, a word would damage the answer. */
const WORDS = /^[a-z]{1,11}( [a-z]{1,11})*$/i;
/** Of a header whose name says nothing of its value. */
const VALUE_LENGTH_MIN = 8;
/** Shorter ones would be found by accident in what is base64. */
const BASE64_LENGTH_MIN = 13;
const SCHEME = /^([a-z][a-z\d-]*) +(\S.*)$/i;

/**
 * The secrets of a request, each once. Texts shorter than six characters do not count: they would be found anywhere.
 */
export function secretsOf({ key, baseUrl, customHeaders, query, egressUrl }: SecretSources): Secret[] {
  const secrets = new Map<string, Secret>();
  const add = (secret: Secret): void => {
    const { value } = secret;
    if (value.length >= SECRET_LENGTH_MIN && !secrets.has(value)) secrets.set(value, secret);
  };
  add({ value: key.secret, hint: key.hint, isInBase64: true });
  for (const value of headerSecrets(customHeaders)) {
    add({ value, ...(value.length >= BASE64_LENGTH_MIN && { isInBase64: true }) });
  }
  for (const value of querySecrets(query ?? {})) add({ value });
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
    else if (!isHarmless(lower, value)) yield value;
  }
}

/** Parameters such as `api-version` are told by their names. */
function* querySecrets(query: Readonly<Record<string, string>>): Generator<string> {
  for (const [name, value] of Object.entries(query)) {
    const lower = name.toLowerCase();
    if (CREDENTIAL_WORD.test(lower) || CREDENTIAL_PART.test(lower) || lower === 'code') yield value;
  }
}

function isHarmless(name: string, value: string): boolean {
  if (value.length < VALUE_LENGTH_MIN || WORDS.test(value)) return true;
  return HARMLESS_NAME.test(name) || HARMLESS_WORD.test(name);
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
