import { decode } from 'next-auth/jwt';

/** What a session's token says, if it was made with this secret. Throws for any other. */
export function readToken(token: string, secret: string): Promise<unknown> {
  return decode({ token, secret });
}
