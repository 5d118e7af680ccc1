import { createHash } from 'node:crypto';

/** What the settings say about signing in at an OpenID provider. */
export interface OidcSettings {
  /** Without a slash at the end; empty for none. */
  readonly OIDC_ISSUER: string;
  readonly OIDC_CLIENT_ID: string;
  /** Empty for a public client, which has nothing but PKCE. */
  readonly OIDC_CLIENT_SECRET: string;
  readonly OIDC_NAME: string;
  readonly OIDC_SCOPES: string;
  readonly OIDC_ROLES_CLAIM: string;
  readonly OIDC_ADMINS: readonly string[];
  readonly OIDC_OPERATORS: readonly string[];
  readonly OIDC_VIEWERS: readonly string[];
}

/** Whether anybody can sign in at a provider. */
export function hasOidc({ OIDC_ISSUER, OIDC_CLIENT_ID }: OidcSettings): boolean {
  return OIDC_ISSUER !== '' && OIDC_CLIENT_ID !== '';
}

/** Issuers are compared without the slash at the end that some have. */
export function issuerOf(text: string): string {
  return text.replace(/\/+$/, '');
}

/** Stands for the issuer and this program's application there: another one may let in other people. */
export function providerOf({ OIDC_ISSUER, OIDC_CLIENT_ID }: OidcSettings): string {
  const digest = createHash('sha256')
    .update(JSON.stringify([OIDC_ISSUER, OIDC_CLIENT_ID]))
    .digest();
  return digest.subarray(0, 16).toString('base64url');
}
