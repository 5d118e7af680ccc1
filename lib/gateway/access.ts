import { createHash, timingSafeEqual } from 'node:crypto';

/** Who may use the gateway. Tokens are kept as hashes. */
export interface Access {
  /** The hint of the matching token, or why there is none. Takes the same time whichever token it is. */
  check(header: (name: string) => string | undefined): AccessResult;
}

export type AccessResult =
  | { readonly ok: true; readonly tokenHint: string; readonly affinity: string }
  | { readonly ok: false; readonly reason: 'missing' | 'wrong' };

export interface AccessToken {
  readonly id: string;
  readonly value: string;
  readonly hint: string;
}

interface KnownToken {
  readonly id: string;
  readonly hash: Buffer;
  readonly hint: string;
  readonly affinity: string;
}

/** `onUse` is told the id of each token that let somebody in. */
export function createAccess(
  tokens: readonly AccessToken[],
  onUse: (id: string) => void = () => undefined,
): Access {
  const known: KnownToken[] = tokens.map(({ id, value, hint }) => {
    const hash = sha256(value);
    return { id, hash, hint, affinity: hash.toString('base64url', 0, 12) };
  });

  function find(presented: string): KnownToken | undefined {
    const hash = sha256(presented);
    let found: KnownToken | undefined;
    for (const token of known) if (timingSafeEqual(token.hash, hash)) found = token;
    return found;
  }

  return {
    check(header) {
      let isPresented = false;
      for (const presented of presentedTokens(header)) {
        isPresented = true;
        const token = find(presented);
        if (token === undefined) continue;
        onUse(token.id);
        return { ok: true, tokenHint: token.hint, affinity: token.affinity };
      }
      return { ok: false, reason: isPresented ? 'wrong' : 'missing' };
    },
  };
}

/** `Authorization: Bearer` (scheme in any case), `x-api-key` and `api-key`. */
export function presentedTokens(header: (name: string) => string | undefined): string[] {
  const bearer = /^bearer +(.+)$/i.exec(header('authorization')?.trim() ?? '')?.[1]?.trim();
  return [bearer, header('x-api-key')?.trim(), header('api-key')?.trim()].filter(
    (token): token is string => token !== undefined && token !== '',
  );
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
