import { hash } from 'node:crypto';
import type { OutReason, TokenRules } from '../tokens/token-rules';

/** Who may use the gateway. */
export interface Access {
  /**
   * The id and the hint of the matching token, or why there is none. How long it takes says nothing of any token: they
   * are found by their SHA-256, and nobody can make a guess whose hash comes close to another. `query`: '' or `?...`,
   * as it came.
   */
  check(header: (name: string) => string | undefined, query?: string): AccessResult;
  /**
   * The rules that a request that is under way would be let in with, or why it would not be any more. Counts as no new
   * use.
   */
  standing(header: (name: string) => string | undefined, query?: string): Standing;
}

export type Standing =
  | { readonly ok: true; readonly rules: TokenRules | undefined }
  | { readonly ok: false; readonly why: OutReason | 'invalid_token' };

export type AccessResult =
  | {
      readonly ok: true;
      readonly tokenId: string;
      readonly tokenHint: string;
      readonly affinity: string;
      /** Undefined if it may do everything. */
      readonly rules?: TokenRules | undefined;
    }
  /** How many tokens were presented, all of them wrong; and of one that is known, why it is not let in. */
  | {
      readonly ok: false;
      readonly wrongTokens: number;
      readonly out?: { readonly reason: OutReason; readonly tokenHint: string } | undefined;
    };

export interface AccessToken {
  readonly id: string;
  readonly value: string;
  readonly hint: string;
  readonly rules?: TokenRules | undefined;
}

const AFFINITY_CHARACTERS = 16;

interface KnownToken extends Omit<AccessToken, 'value'> {
  readonly affinity: string;
}

/**
 * `onUse` is called with the id of each token that was accepted. `now` is the wall clock, in milliseconds since the
 * epoch.
 */
export function createAccess(
  tokens: readonly AccessToken[],
  onUse: (id: string) => void = () => undefined,
  now: () => number = Date.now,
): Access {
  const known = new Map<string, KnownToken>();
  for (const { id, value, hint, rules } of tokens) {
    const digest = sha256(value);
    known.set(digest, { id, hint, rules, affinity: digest.slice(0, AFFINITY_CHARACTERS) });
  }

  return {
    check(header, query = '') {
      let wrongTokens = 0;
      let out: Extract<AccessResult, { ok: false }>['out'];
      for (const presented of presentedIn(header, query)) {
        const token = known.get(sha256(presented));
        if (token === undefined) {
          wrongTokens += 1;
          continue;
        }
        const { rules } = token;
        const reason = rules?.outAt(now());
        if (reason !== undefined) {
          out ??= { reason, tokenHint: token.hint };
          continue;
        }
        onUse(token.id);
        return { ok: true, tokenId: token.id, tokenHint: token.hint, affinity: token.affinity, rules };
      }
      return { ok: false, wrongTokens, out };
    },
    standing(header, query = '') {
      let why: OutReason | 'invalid_token' = 'invalid_token';
      for (const presented of presentedIn(header, query)) {
        const token = known.get(sha256(presented));
        if (token === undefined) continue;
        const reason = token.rules?.outAt(now());
        if (reason === undefined) return { ok: true, rules: token.rules };
        why = reason;
      }
      return { ok: false, why };
    },
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
  return MAY_HAVE_TOKEN.test(query) ? [...inHeaders, ...tokensInQuery(query)] : inHeaders;
}

const MAY_HAVE_TOKEN = /key=|authorization=/i;

/**
 * `?key=`, as Google's clients may send it; `?api-key=` and `?Authorization=Bearer ...`, as Azure's do where they open
 * a WebSocket. The first of each.
 */
function tokensInQuery(query: string): string[] {
  const parameters = new URLSearchParams(query);
  const bearer = /^bearer +(.+)$/i.exec(parameters.get('Authorization')?.trim() ?? '')?.[1];
  return [parameters.get('key'), parameters.get('api-key'), bearer]
    .map((token) => token?.trim() ?? '')
    .filter((token) => token !== '');
}

function sha256(text: string): string {
  return hash('sha256', text, 'base64url');
}
