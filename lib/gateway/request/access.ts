import { hash } from 'node:crypto';

/** Who may use the gateway. */
export interface Access {
  /**
   * The hint of the matching token, or why there is none. How long it takes says nothing of any token: they are found
   * by their SHA-256, and nobody can make a guess whose hash comes close to another.
   */
  check(header: (name: string) => string | undefined): AccessResult;
  /** The same question about a request that is under way, which counts as no new use. */
  stillKnows(header: (name: string) => string | undefined): boolean;
}

export type AccessResult =
  | { readonly ok: true; readonly tokenHint: string; readonly affinity: string }
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
    check(header) {
      let wrongTokens = 0;
      for (const presented of presentedTokens(header)) {
        wrongTokens += 1;
        const token = known.get(sha256(presented));
        if (token === undefined) continue;
        onUse(token.id);
        return { ok: true, tokenHint: token.hint, affinity: token.affinity };
      }
      return { ok: false, wrongTokens };
    },
    stillKnows: (header) => presentedTokens(header).some((token) => known.has(sha256(token))),
  };
}

/** `Authorization: Bearer` (scheme in any case), `x-api-key` and `api-key`. */
export function presentedTokens(header: (name: string) => string | undefined): string[] {
  const bearer = /^bearer +(.+)$/i.exec(header('authorization')?.trim() ?? '')?.[1]?.trim();
  return [bearer, header('x-api-key')?.trim(), header('api-key')?.trim()].filter(
    (token): token is string => token !== undefined && token !== '',
  );
}

function sha256(text: string): string {
  return hash('sha256', text, 'base64url');
}
