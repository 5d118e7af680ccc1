import { createHash, hkdfSync, timingSafeEqual } from 'node:crypto';
import type { ClientAddress } from './client-address';
import type { GuessLimiter } from './guess-limiter';
import type { OidcIdentity } from './oidc/identity';
import { roleOf } from './oidc/role-of';
import type { OidcSettings } from './oidc/settings';
import type { Role } from './role';
import { SignedOutSessions, type SignedOut } from './signed-out';

export type SignInResult =
  | { readonly ok: true }
  /** Nothing is said about what was wrong. */
  | { readonly ok: false; readonly waitSeconds: number };

/** Access to the dashboard and the admin API. */
export class AdminAuth {
  readonly #signedOut: SignedOutSessions;

  constructor(
    private readonly parts: {
      readonly encryptionKey: Buffer;
      readonly adminToken: () => string;
      /** Length of a session in seconds. */
      readonly sessionSeconds: () => number;
      /** Of the moment. */
      readonly oidc: () => OidcSettings;
      readonly limiter: Pick<GuessLimiter, 'wrong'>;
      readonly now: () => number;
      /** Makes a sign-out outlive a restart. */
      readonly saveSignedOut: (session: SignedOut) => Promise<void>;
    },
  ) {
    this.#signedOut = new SignedOutSessions(parts.now);
  }

  get sessionSeconds(): number {
    return this.parts.sessionSeconds();
  }

  get oidc(): OidcSettings {
    return this.parts.oidc();
  }

  /** By the settings of the moment; undefined if they let them do nothing. The admin token makes an admin. */
  roleOf(identity: OidcIdentity | undefined): Role | undefined {
    return identity === undefined ? 'admin' : roleOf(identity, this.oidc);
  }

  /** What sessions are encrypted with. Another admin token makes another secret, which ends all sessions of before. */
  get sessionSecret(): string {
    const { encryptionKey, adminToken } = this.parts;
    const purpose = Buffer.concat([Buffer.from('openai-balance/session/v1'), sha256(adminToken())]);
    return Buffer.from(hkdfSync('sha256', encryptionKey, '', purpose, 32)).toString('base64url');
  }

  /**
   * Lets in whoever presents the admin token, among others or not, in a time that tells nothing. Wrong ones are
   * counted: whoever sends too many has to wait before another is looked at, but the right one is let in all the same.
   */
  check(presented: string | readonly string[], address: ClientAddress): SignInResult {
    const tokens = typeof presented === 'string' ? [presented] : presented;
    const adminToken = this.parts.adminToken();
    const digest = sha256(adminToken);
    const matches = tokens.filter((token) => timingSafeEqual(sha256(token), digest));
    if (matches.length > 0 && adminToken !== '') return { ok: true };
    return { ok: false, waitSeconds: this.parts.limiter.wrong(address, 'admin', tokens.length) };
  }

  /**
   * Ends a session at once, wherever its cookie is. `endsAt`: milliseconds since the epoch. Settles as `saveSignedOut`
   * does; the session is ended whether or not that was possible.
   */
  revoke(sessionId: string, endsAt: number): Promise<void> {
    const session = { id: sessionId, endsAt };
    this.#signedOut.add([session]);
    return this.parts.saveSignedOut(session);
  }

  /** Sessions that were signed out of before the start, or from another instance. */
  learnSignedOut(sessions: readonly SignedOut[]): void {
    this.#signedOut.add(sessions);
  }

  isRevoked(sessionId: string): boolean {
    return this.#signedOut.has(sessionId);
  }
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
