import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ClientAddress } from '../auth/client-address';
import type { GuessLimiter } from '../auth/guess-limiter';
import { createAccess } from '../gateway/request/access';
import type { Settings } from '../config/settings';
import type { Metrics } from '../metrics/metrics';
import { errorBody } from '../openai/errors/errors';

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** GET /metrics, with the admin token or METRICS_TOKEN; the same through either way in. */
export class MetricsEndpoint {
  constructor(
    private readonly metrics: Pick<Metrics, 'contentType' | 'render'>,
    private readonly tokens: () => readonly string[],
    private readonly limiter: Pick<GuessLimiter, 'wrong'>,
    private readonly onBug: (error: unknown) => void,
  ) {}

  /** False, having touched nothing, if the path is another. */
  handle(req: IncomingMessage, res: ServerResponse, addressOf: () => ClientAddress): boolean {
    if (!/^\/metrics(\?|$)/.test(req.url ?? '')) return false;
    const header = (name: string): string | undefined => req.headers[name]?.toString();
    void this.#answer(req.method ?? 'GET', header, addressOf()).then(({ status, headers, body }) => {
      res.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) });
      res.end(req.method === 'HEAD' ? undefined : body);
    });
    return true;
  }

  async handleWeb({ method, headers: asked }: Request, address: ClientAddress): Promise<Response> {
    const header = (name: string): string | undefined => asked.get(name) ?? undefined;
    const { status, headers, body } = await this.#answer(method, header, address);
    return new Response(method === 'HEAD' ? null : body, { status, headers });
  }

  async #answer(
    method: string,
    header: (name: string) => string | undefined,
    address: ClientAddress,
  ): Promise<Answer> {
    if (method !== 'GET' && method !== 'HEAD') {
      return refusal(405, 'method_not_allowed', 'Ask for /metrics with GET.', { allow: 'GET, HEAD' });
    }
    try {
      // Made for each request: they come every few seconds at most, and the tokens may have changed.
      const tokens = this.tokens().map((value) => ({ id: '', value, hint: '' }));
      const access = createAccess(tokens).check(header);
      if (!access.ok) return this.#refuse(address, access.wrongTokens);
      const body = await this.metrics.render();
      const headers = { 'content-type': this.metrics.contentType, 'cache-control': 'no-store' };
      return { status: 200, headers, body };
    } catch (error) {
      this.onBug(error);
      return refusal(500, 'internal_error', 'The gateway made a mistake. Its log has the details.');
    }
  }

  #refuse(address: ClientAddress, wrongTokens: number): Answer {
    const waitSeconds = wrongTokens === 0 ? 0 : this.limiter.wrong(address, 'metrics', wrongTokens);
    if (waitSeconds > 0) {
      const message = `Too many wrong tokens. Wait ${waitSeconds} seconds, or send the right one.`;
      return refusal(429, 'too_many_wrong_tokens', message, { 'retry-after': String(waitSeconds) });
    }
    const message = 'Send the admin token or METRICS_TOKEN as `Authorization: Bearer <token>`.';
    const code = wrongTokens === 0 ? 'missing_token' : 'invalid_token';
    return refusal(401, code, message, { 'www-authenticate': 'Bearer' });
  }
}

/** The tokens that open /metrics. */
export function metricsTokens(adminToken: string, { METRICS_TOKEN }: Settings): readonly string[] {
  return METRICS_TOKEN === '' ? [adminToken] : [adminToken, METRICS_TOKEN];
}

const TYPES: Readonly<Record<number, string>> = { 401: 'authentication_error', 429: 'rate_limit_error' };

function refusal(status: number, code: string, message: string, more: Record<string, string> = {}): Answer {
  const type = TYPES[status] ?? 'invalid_request_error';
  const headers = { 'content-type': 'application/json', 'cache-control': 'no-store', ...more };
  return { status, headers, body: errorBody({ message, type, code }) };
}
