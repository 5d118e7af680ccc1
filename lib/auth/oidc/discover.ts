import { once } from 'node:events';
import { get as getHttp, type IncomingMessage } from 'node:http';
import { get as getHttps } from 'node:https';
import { z } from 'zod';
import { boundedAgent, QUESTION_MS_MAX } from './bounded-agent';
import { OidcError } from './failure';
import { isSafeAddress } from './safe-address';
import { issuerOf } from './settings';

const metadataSchema = z.object({
  issuer: z.string(),
  authorization_endpoint: z.string(),
  token_endpoint: z.string(),
  jwks_uri: z.string(),
  userinfo_endpoint: z.string().optional(),
  id_token_signing_alg_values_supported: z.array(z.string()).default(['RS256']),
  token_endpoint_auth_methods_supported: z.array(z.string()).default(['client_secret_basic']),
});
/** What a provider says of itself (OpenID Connect Discovery 1.0, section 3). */
export type ProviderMetadata = z.infer<typeof metadataSchema>;

const KEPT_MS = 60_000;

/** Asks providers who they are, each once a minute at most, and one question at a time. */
export class Discovery {
  #issuer = '';
  #askedAt = 0;
  #answer: Promise<ProviderMetadata> | undefined;

  constructor(
    private readonly now: () => number,
    private readonly questionMs = QUESTION_MS_MAX,
  ) {}

  /** Rejects with an OidcError or the error of the connection; a failure is not kept. */
  of(issuer: string): Promise<ProviderMetadata> {
    const now = this.now();
    const isKept = this.#issuer === issuer && Math.abs(now - this.#askedAt) < KEPT_MS;
    if (isKept && this.#answer !== undefined) return this.#answer;
    const answer = discover(issuer, this.questionMs);
    this.#issuer = issuer;
    this.#askedAt = now;
    this.#answer = answer;
    answer.catch(() => {
      if (this.#answer === answer) this.#answer = undefined;
    });
    return answer;
  }
}

async function discover(issuer: string, ms: number): Promise<ProviderMetadata> {
  const text = await textAt(new URL(`${issuer}/.well-known/openid-configuration`), ms);
  const read = metadataSchema.safeParse(jsonOf(text));
  if (!read.success) throw new OidcError('unfit', 'no_description');
  const { issuer: told, authorization_endpoint, token_endpoint, jwks_uri, userinfo_endpoint } = read.data;
  if (issuerOf(told) !== issuer) throw new OidcError('unfit', 'other_issuer');
  const addresses = [authorization_endpoint, token_endpoint, jwks_uri, userinfo_endpoint ?? jwks_uri];
  const isHttps = issuer.startsWith('https:');
  if (!addresses.every((one) => isSafeAddress(one) && (!isHttps || one.startsWith('https:')))) {
    throw new OidcError('unfit', 'endpoint_not_https');
  }
  return read.data;
}

async function textAt(url: URL, ms: number): Promise<string> {
  const { protocol } = url;
  const request = (protocol === 'https:' ? getHttps : getHttp)(url, {
    agent: boundedAgent(protocol, ms),
    headers: { accept: 'application/json' },
  });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  const { statusCode = 0 } = response;
  if (statusCode !== 200) {
    response.destroy();
    const failure = statusCode >= 500 ? 'unreachable' : 'unfit';
    throw new OidcError(failure, `status_${statusCode}`);
  }
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
