import { decode, encode } from 'next-auth/jwt';
import { z } from 'zod';

/** Keeps who was refused for the sign-in page, where no address and no history shows it. */
export const REFUSED_COOKIE = 'openai-balance.refused';
const KEPT_SECONDS = 300;
/** Makes it another key than that of sessions. */
const SALT = 'openai-balance/refused/v1';

const refusedSchema = z.object({ refused: z.string() });

export async function refusedCookie(name: string, secret: string, isSecure: boolean): Promise<string> {
  const value = await encode({ token: { refused: name }, secret, salt: SALT, maxAge: KEPT_SECONDS });
  const secure = isSecure ? '; Secure' : '';
  return `${REFUSED_COOKIE}=${value}; Path=/login; Max-Age=${KEPT_SECONDS}; HttpOnly; SameSite=Lax${secure}`;
}

/** Undefined for anything but what `refusedCookie` has made lately. */
export async function refusedName(cookie: string | undefined, secret: string): Promise<string | undefined> {
  if (cookie === undefined) return undefined;
  const token = await decode({ token: cookie, secret, salt: SALT }).catch(() => null);
  return refusedSchema.safeParse(token).data?.refused;
}
