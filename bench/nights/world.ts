import type { Random } from '../../lib/balancer/ports';
import type { Allowance } from './allowance';

/** What a client asks for, and how long a healthy provider takes for it. */
export interface NightRequest {
  readonly arrivesAt: number;
  readonly model: string;
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** The most that its client lets it write; 0 if it does not say. */
  readonly askedTokens: number;
  readonly firstByteMs: number;
  readonly restMs: number;
}

/** Keys of one organisation share one. */
export interface NightAccount {
  /** That of an organisation of several keys. */
  readonly name: string | undefined;
  readonly requests: Allowance;
  readonly tokens: Allowance;
  readonly day: Allowance | undefined;
  /** Says in headers what is left. */
  readonly hasHeaders: boolean;
  /** When its credit ends. */
  readonly emptyAt: number;
}

export interface NightKey {
  readonly keyId: string;
  readonly account: NightAccount;
  readonly models: ReadonlySet<string>;
  /** When it is revoked. */
  readonly diesAt: number;
}

export interface Span {
  readonly from: number;
  readonly to: number;
}

export interface Troubles {
  /** Nothing is answered but 503. */
  readonly outages: readonly Span[];
  /** Three of ten requests are answered 500. */
  readonly brownouts: readonly Span[];
  /** Share of the requests whose first byte takes half a minute. */
  readonly slowShare: number;
}

export interface WorldAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** How long the answer is in coming. */
  readonly afterMs: number;
}

const BROWNOUT_SHARE = 0.3;
const SLOW_MS = 30_000;
const REFUSAL_MS = 80;

const within = (spans: readonly Span[], now: number) => spans.some(({ from, to }) => now >= from && now < to);
const seconds = (ms: number) => `${(ms / 1000).toFixed(3)}s`;

export function tokensOf({ promptTokens, completionTokens }: NightRequest): number {
  return promptTokens + completionTokens;
}

/** The provider: knows what is true of each key, and answers as real providers do. */
export class World {
  drawn429 = 0;

  constructor(
    private readonly troubles: Troubles,
    private readonly random: Random,
  ) {}

  isOut(now: number): boolean {
    return within(this.troubles.outages, now);
  }

  /** Its account has credit and it is not revoked. */
  isAlive({ diesAt, account }: NightKey, now: number): boolean {
    return now < diesAt && now < account.emptyAt;
  }

  /** Milliseconds until the key could answer; Infinity if it never will. */
  waitMs(key: NightKey, request: NightRequest, now: number): number {
    if (!this.isAlive(key, now) || !key.models.has(request.model)) return Infinity;
    const { requests, tokens, day } = key.account;
    return Math.max(
      requests.waitMs(1, now),
      tokens.waitMs(tokensOf(request), now),
      day === undefined ? 0 : day.waitMs(1, now),
    );
  }

  /** Draws what the request uses, as an accepted one does. */
  take({ account }: NightKey, request: NightRequest, now: number): void {
    account.requests.take(1, now);
    account.tokens.take(tokensOf(request), now);
    account.day?.take(1, now);
  }

  answer(key: NightKey, request: NightRequest, now: number): WorldAnswer {
    const refusal = this.#refusal(key, request, now);
    if (refusal !== undefined) return refusal;
    this.take(key, request, now);
    if (within(this.troubles.brownouts, now) && this.random.next() < BROWNOUT_SHARE)
      return failure(500, 'server_error', 'The server had an error while processing your request');
    const slowMs = this.random.next() < this.troubles.slowShare ? SLOW_MS : 0;
    return {
      status: 200,
      headers: this.#headers(key, now),
      body: '',
      afterMs: request.firstByteMs + slowMs,
    };
  }

  #refusal(key: NightKey, request: NightRequest, now: number): WorldAnswer | undefined {
    if (this.isOut(now))
      return failure(
        503,
        'service_unavailable',
        'The engine is currently overloaded, please try again later',
      );
    if (now >= key.diesAt) return failure(401, 'invalid_api_key', 'Incorrect API key provided');
    if (now >= key.account.emptyAt)
      return failure(429, 'insufficient_quota', 'You exceeded your current quota, please check your plan');
    if (!key.models.has(request.model))
      return failure(
        404,
        'model_not_found',
        `The model \`${request.model}\` does not exist or you do not have access to it`,
      );
    const waitMs = this.waitMs(key, request, now);
    if (waitMs === 0) return undefined;
    this.drawn429 += 1;
    const { hasHeaders } = key.account;
    return {
      ...failure(429, 'rate_limit_exceeded', 'Rate limit reached'),
      headers: hasHeaders
        ? { ...this.#headers(key, now), 'retry-after': String(Math.ceil(waitMs / 1000)) }
        : {},
    };
  }

  #headers({ account }: NightKey, now: number): Record<string, string> {
    if (!account.hasHeaders) return {};
    return {
      ...(account.name !== undefined && { 'openai-organization': account.name }),
      ...rateHeaders('requests', account.requests, now),
      ...rateHeaders('tokens', account.tokens, now),
    };
  }
}

/** As OpenAI does: the reset is when all of it is back. */
function rateHeaders(of: string, allowance: Allowance, now: number): Record<string, string> {
  return {
    [`x-ratelimit-limit-${of}`]: String(Math.floor(allowance.most)),
    [`x-ratelimit-remaining-${of}`]: String(Math.max(0, Math.floor(allowance.left(now)))),
    [`x-ratelimit-reset-${of}`]: seconds(allowance.fullMs(now)),
  };
}

function failure(status: number, code: string, message: string): WorldAnswer {
  return { status, headers: {}, body: JSON.stringify({ error: { code, message } }), afterMs: REFUSAL_MS };
}
