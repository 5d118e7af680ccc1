import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import Provider from 'oidc-provider';
import { Agent, fetch } from 'undici';
import { freePort } from './free-port';
import type { TlsFiles } from './tls';

export const OIDC_CLIENT = { id: 'gateway-of-the-tests', secret: 'the-secret-of-the-oidc-client-0123456789' };

/** What the provider knows of somebody, by what they enter as their login there. */
export type Accounts = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

interface Options {
  readonly redirectUri: string;
  readonly accounts: Accounts;
  /** A public client has no secret. */
  readonly isPublic?: boolean;
  /** Claims are in the ID token already, and not only in what the provider answers about its user. */
  readonly inIdToken?: boolean;
  /** Instead of RS256. */
  readonly algorithm?: string;
  /** With HTTPS. */
  readonly tls?: TlsFiles;
}

/** `oidc-provider`, an OpenID provider of others, with a page to sign in at that takes any password. */
export class TestOidcProvider {
  /** Answers a request instead of the provider, if it returns true. */
  intercept: (req: IncomingMessage, res: ServerResponse) => boolean = () => false;
  /** Method and path of each request, in order. */
  readonly asked: string[] = [];

  private constructor(
    private readonly server: Server,
    readonly issuer: string,
  ) {}

  static async start(options: Options): Promise<TestOidcProvider> {
    const port = await freePort();
    const issuer = `${options.tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`;
    const answer = new Provider(issuer, configurationOf(options)).callback();
    const handle = (req: IncomingMessage, res: ServerResponse): void => {
      provider.asked.push(`${req.method} ${new URL(req.url ?? '/', issuer).pathname}`);
      if (!provider.intercept(req, res)) void answer(req, res);
    };
    const server = options.tls === undefined ? createServer(handle) : createTlsServer(options.tls, handle);
    const provider = new TestOidcProvider(server, issuer);
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return provider;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }
}

/** A server that answers anything alike, with or without TLS. */
export async function startImpostor(
  answer: (req: IncomingMessage, res: ServerResponse) => void,
  tls?: TlsFiles,
): Promise<{ readonly issuer: string; readonly stop: () => Promise<void> }> {
  const server = tls === undefined ? createServer(answer) : createTlsServer(tls, answer);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { readonly port: number };
  return {
    issuer: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function configurationOf({ redirectUri, accounts, isPublic, inIdToken, algorithm }: Options): object {
  const methods =
    isPublic === true ? { token_endpoint_auth_method: 'none' } : { client_secret: OIDC_CLIENT.secret };
  return {
    clients: [
      {
        client_id: OIDC_CLIENT.id,
        ...methods,
        redirect_uris: [redirectUri],
        grant_types: ['authorization_code'],
        response_types: ['code'],
        id_token_signed_response_alg: algorithm ?? 'RS256',
      },
    ],
    ...(algorithm === 'ES256' && {
      jwks: { keys: [EC_KEY] },
      enabledJWA: { idTokenSigningAlgValues: ['ES256'] },
    }),
    claims: {
      openid: ['sub'],
      email: ['email', 'email_verified'],
      profile: ['name'],
      groups: ['groups', 'realm_access'],
    },
    scopes: ['openid', 'email', 'profile', 'groups'],
    conformIdTokenClaims: inIdToken !== true,
    pkce: { required: () => true },
    cookies: { keys: ['a key of the tests'] },
    findAccount: (_context: unknown, sub: string) =>
      accounts[sub] && {
        accountId: sub,
        claims: () => ({ sub, ...accounts[sub] }),
      },
  };
}

/** Of nobody: made for these tests. */
const EC_KEY = {
  kty: 'EC',
  crv: 'P-256',
  kid: 'ec',
  x: 'b3Lzl-IPKh5fU4hKLFcbg2gqHKrphKfb3aFGJSBydSE',
  y: 'TrwCqkqmPt88siUt66Py5-s_6XOf-R8Xh4cXUMY9WSU',
  d: 'rl_auXzdKPItC1flMpS8fhXsRE9B0W9KTWopByAdJ0k',
};

/**
 * Goes through the provider's pages as a browser would that trusts `ca`. Gives the address that the provider leads back
 * to.
 */
export async function visitProvider(url: string, login: string, ca?: Buffer): Promise<URL> {
  const dispatcher = new Agent({ connect: ca === undefined ? {} : { ca } });
  const cookies = new Map<string, string>();
  const { origin } = new URL(url);
  let next = new URL(url);
  let form: URLSearchParams | undefined;
  for (let step = 0; step < 12; step++) {
    const response = await fetch(next, {
      dispatcher,
      method: form === undefined ? 'GET' : 'POST',
      redirect: 'manual',
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
      ...(form !== undefined && { body: form }),
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      cookies.set(name, value);
    }
    form = undefined;
    const location = response.headers.get('location');
    if (location !== null) {
      next = new URL(location, next);
      if (next.origin !== origin) return next;
      continue;
    }
    const page = await response.text();
    const prompt = /name="prompt" value="(\w+)"/.exec(page)?.[1];
    if (prompt === undefined)
      throw new Error(`the provider has no form: ${response.status} ${page.slice(0, 500)}`);
    form = new URLSearchParams({ prompt, ...(prompt === 'login' && { login, password: 'any' }) });
  }
  throw new Error('the provider leads nowhere');
}
