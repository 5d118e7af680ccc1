import { decode } from 'next-auth/jwt';
import { z } from 'zod';

const stateSchema = z.object({ value: z.string().min(1), provider: z.literal('oidc') });

/** Whether `state` is that of a sign-in that this browser has begun here: next-auth keeps it in a cookie. */
export async function hasBegun(
  state: string | null,
  cookieOf: (name: string) => string | undefined,
  { secret, isSecure }: { readonly secret: string; readonly isSecure: boolean },
): Promise<boolean> {
  const name = isSecure ? '__Secure-next-auth.state' : 'next-auth.state';
  const token = await decode({ token: cookieOf(name), secret, salt: name }).catch(() => null);
  return stateSchema.safeParse(token).data?.value === state;
}

/** The code of an error that the provider leads back with (RFC 6749, 4.1.2.1); undefined for any other text. */
export function errorCodeOf(text: string): string | undefined {
  return /^[a-z_]{1,40}$/.test(text) ? text : undefined;
}
