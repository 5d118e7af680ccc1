import type { OAuthConfig } from 'next-auth/providers/oauth';
import { boundedAgent, QUESTION_MS_MAX } from './bounded-agent';
import { assertIssued, claimsOfBoth, nullAsAnswer, type Claims } from './claims';
import type { ProviderMetadata } from './discover';
import { OidcError } from './failure';
import type { OidcSettings } from './settings';

/** What next-auth calls it; stands in the callback address that is registered at the provider. */
export const OIDC = 'oidc';

/** Signed with a key that only the provider has. The first is what all have to know (OpenID Connect Core 1.0, 15.1). */
const ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA', 'ES384', 'ES512', 'RS384', 'RS512', 'PS384', 'PS512'];

/**
 * The provider as next-auth wants it: code flow with PKCE, state and nonce; the ID token is verified, and what the
 * provider answers about its user is laid over it. Throws an OidcError if it signs in no way that can be verified.
 */
export function oidcProvider(
  settings: OidcSettings,
  about: ProviderMetadata,
  now: () => number,
): OAuthConfig<Claims> {
  const { OIDC_CLIENT_ID, OIDC_CLIENT_SECRET, OIDC_NAME, OIDC_SCOPES } = settings;
  const algorithm = ALGORITHMS.find((one) => about.id_token_signing_alg_values_supported.includes(one));
  if (algorithm === undefined) throw new OidcError('unfit', 'no_known_algorithm');
  return {
    id: OIDC,
    name: OIDC_NAME,
    type: 'oauth',
    idToken: true,
    checks: ['pkce', 'state', 'nonce'],
    issuer: about.issuer,
    jwks_endpoint: about.jwks_uri,
    authorization: { url: about.authorization_endpoint, params: { scope: OIDC_SCOPES } },
    token: { url: about.token_endpoint },
    userinfo: {
      url: about.userinfo_endpoint ?? '',
      async request({ client, tokens }) {
        const claims = (tokens as { claims: () => Claims }).claims();
        assertIssued(claims, now());
        if (about.userinfo_endpoint === undefined) return claims;
        // The library refuses an answer about another subject.
        return claimsOfBoth(claims, await client.userinfo(tokens as never).catch(nullAsAnswer));
      },
    },
    clientId: OIDC_CLIENT_ID,
    ...(OIDC_CLIENT_SECRET !== '' && { clientSecret: OIDC_CLIENT_SECRET }),
    client: {
      id_token_signed_response_alg: algorithm,
      token_endpoint_auth_method: authMethod(OIDC_CLIENT_SECRET, about),
    },
    httpOptions: { timeout: QUESTION_MS_MAX, agent: boundedAgent(new URL(about.token_endpoint).protocol) },
    profile: (claims) => ({ id: String(claims.sub) }),
  };
}

function authMethod(
  secret: string,
  about: ProviderMetadata,
): 'none' | 'client_secret_basic' | 'client_secret_post' {
  if (secret === '') return 'none';
  const known = about.token_endpoint_auth_methods_supported;
  const isPostOnly = known.includes('client_secret_post') && !known.includes('client_secret_basic');
  return isPostOnly ? 'client_secret_post' : 'client_secret_basic';
}
