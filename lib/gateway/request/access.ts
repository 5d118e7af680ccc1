import { hash } from 'node:crypto';

/** Who may use the gateway. */
export interface Access {
  /**
   * The id and the hint of the matching token, or why there is none. How long it takes says nothing of any token: they
   * are found by their SHA-256, and nobody can make a guess whose hash comes close to another. `query`: '' or `?...`,
   * as it came.
   */
  check(header: (name: string) => string | undefined, query?: string): AccessResult;
  /** The same question about a request that is under way, which counts as no new use. */
  stillKnows(header: (name: string) => string | undefined, query?: string): boolean;
}

export type AccessResult =
  | { readonly ok: true; readonly tokenId: string; readonly tokenHint: string; readonly affinity: string }
  /** How many tokens were presented, all of them wrong. */
  | { readonly ok: false; readonly wrongTokens: number };

export interface AccessToken {
  readonly id: string;
  readonly value: string;
  readonly hint: string;
}

const AFFINITY_CHARACTERS = 16;

interface KnownToken {
  readonly id: string;
  readonly hint: string;
  readonly affinity: string;
}

/** `onUse` is called with the id of each token that was accepted. */
export function createAccess(
  tokens: readonly AccessToken[],
  onUse: (id: string) => void = () => undefined,
): Access {
  const known = new Map<string, KnownToken>();
  for (const { id, value, hint } of tokens) {
    const digest = sha256(value);
    known.set(digest, { id, hint, affinity: digest.slice(0, AFFINITY_CHARACTERS) });
  }

  return {
    check(header, query = '') {
      let wrongTokens = 0;
      for (const presented of presentedIn(header, query)) {
        wrongTokens += 1;
        const token = known.get(sha256(presented));
        if (token === undefined) continue;
        onUse(token.id);
        return { ok: true, tokenId: token.id, tokenHint: token.hint, affinity: token.affinity };
      }
      return { ok: false, wrongTokens };
    },
    stillKnows: (header, query = '') => presentedIn(header, query).some((token) => known.has(sha256(token))),
  };
}

/** `Authorization: Bearer` (scheme in any case), and the headers that the clients of other providers send. */
export function presentedTokens(header: (name: string) => string | undefined): string[] {
  const tokens: string[] = [];
  const authorization = header('authorization')?.trim() ?? '';
  const bearer = authorization === '' ? undefined : /^bearer +(.+)$/i.exec(authorization)?.[1];
  for (const given of [bearer, header('x-api-key'), header('api-key'), header('x-goog-api-key')]) {
    const token = given?.trim() ?? '';
    if (token !== '') tokens.push(token);
  }
  return tokens;
}

function presentedIn(header: (name: string) => string | undefined, query: string): string[] {
  const inHeaders = presentedTokens(header);
  return query.includes('key=') ? [...inHeaders, ...keyInQuery(query)] : inHeaders;
}

/** `?key=`, as Google's clients may send it; the first of several. */
function keyInQuery(query: string): string[] {
  const key = new URLSearchParams(query).get('key')?.trim();
  return key === undefined || key === '' ? [] : [key];
}

function sha256(text: string): string {
  return hash('sha256', text, 'base64url');
}
