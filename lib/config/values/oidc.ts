import { z } from 'zod';
import { isSafeAddress } from '../../auth/oidc/safe-address';
import { httpUrlOrNone } from './http-url';
import { lineSchema, text } from './text';
import type { ValueType } from '../value-type';

/** The address of an OpenID provider, as its ID tokens name it, or empty for none. */
export const oidcIssuer: ValueType<string> = {
  ...httpUrlOrNone,
  schema: httpUrlOrNone.schema.refine((value) => value === '' || isSafeAddress(value), {
    error: 'must start with https://, but for a provider on this machine',
  }),
};

/** Scopes (RFC 6749, 3.3) with `openid` among them, which makes it OpenID. */
export const oidcScopes = text(
  z.string().regex(/^(?=.*(?:^| )openid(?: |$))[\x21\x23-\x5b\x5d-\x7e]+(?: [\x21\x23-\x5b\x5d-\x7e]+)*$/, {
    error: 'must be words with single spaces between them, and openid one of them',
  }),
);

/** Not the e-mail address: whether that is verified would not be asked then. */
export const oidcClaim = text(
  lineSchema.refine((value) => value !== '' && value !== 'email', {
    error: 'must be a claim other than email; addresses stand in the lists themselves',
  }),
);
