import { createHash, hkdfSync, timingSafeEqual } from 'node:crypto';
import { networkOf, type ClientAddress } from './client-address';
import { SignInLimiter, type LimitedBy } from './sign-in-limiter';

/** Failures in a minute until an address has to wait; one that may stand for many people gets more of them. */
const FAILURES_MAX = { address: 5, socket: 50 };
const REVOKED_MAX = 10_000;

export type SignInResult =
  | { readonly ok: true }
  /** Nothing is said about what was wrong. */
  | { readonly ok: false; readonly waitSeconds: number };

/** Who may open the dashboard and the admin API. */
export class AdminAuth {
  readonly #limiter: SignInLimiter;
  /** Ids of sessions that were signed out of, with the time they would have ended. */
  readonly #revoked = new Map<string, number>();

  constructor(
    private readonly parts: {
      readonly encryptionKey: Buffer;
      readonly adminToken: () => string;
      /** Length of a session in seconds. */
      readonly sessionSeconds: () => number;
      readonly now: () => number;
    },
  ) {
    this.#limiter = new SignInLimiter(parts.now);
  }

  get sessionSeconds(): number {
    return this.parts.sessionSeconds();
  }

  /** What sessions are encrypted with. Another admin token makes another secret, which ends all sessions of before. */
  get sessionSecret(): string {
    const { encryptionKey, adminToken } = this.parts;
    const purpose = Buffer.concat([Buffer.from('openai-balance/session/v1'), sha256(adminToken())]);
    return Buffer.from(hkdfSync('sha256', encryptionKey, '', purpose, 32)).toString('base64url');
  }

  /** In a time that tells nothing. Counts failures: whoever has too many has to wait, with the right token as well. */
  check(presented: string, address: ClientAddress): SignInResult {
    const limits = limitsOf(address);
    const waitSeconds = this.#limiter.waitSeconds(limits);
    if (waitSeconds > 0) return { ok: false, waitSeconds };
    const adminToken = this.parts.adminToken();
    const isRight = timingSafeEqual(sha256(presented), sha256(adminToken)) && adminToken !== '';
    if (isRight) {
      this.#limiter.succeeded(limits);
      return { ok: true };
    }
    this.#limiter.failed(limits);
    return { ok: false, waitSeconds: this.#limiter.waitSeconds(limits) };
  }

  /** Ends a session at once, wherever its cookie is. `endsAt`: milliseconds since the epoch. */
  revoke(sessionId: string, endsAt: number): void {
    const now = this.parts.now();
    for (const [id, until] of this.#revoked) if (until <= now) this.#revoked.delete(id);
    const [oldest] = this.#revoked.keys();
    if (this.#revoked.size >= REVOKED_MAX && oldest !== undefined) this.#revoked.delete(oldest);
    this.#revoked.set(sessionId, endsAt);
  }

  isRevoked(sessionId: string): boolean {
    return this.#revoked.has(sessionId);
  }
}

function limitsOf({ address, socketAddress }: ClientAddress): LimitedBy[] {
  const own = { id: networkOf(address), failuresMax: FAILURES_MAX.address };
  if (address === socketAddress) return [own];
  // Whoever may write X-Forwarded-For could otherwise be somebody else each time.
  return [own, { id: `via ${networkOf(socketAddress)}`, failuresMax: FAILURES_MAX.socket }];
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
