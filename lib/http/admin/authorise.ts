import type { AdminCaller } from '../../admin/context';
import type { EndpointName } from '../../admin/contract/addresses';
import { roleNeeded } from '../../admin/contract/roles';
import { AdminError } from '../../admin/error';
import type { AdminAuth } from '../../auth/admin-auth';
import type { ClientAddress } from '../../auth/client-address';
import { personOf } from '../../auth/oidc/identity';
import { isAtLeast } from '../../auth/role';
import { isCrossSite, isSameOrigin } from '../../auth/same-origin';
import { readSession } from '../../auth/session';
import { presentedTokens } from '../../gateway/request/access';

/** What is needed to know an admin. */
export interface Doorkeeper {
  readonly auth: AdminAuth;
  readonly now: () => number;
  readonly addressOf: (headers: Headers) => ClientAddress;
}

/** By bearer token or session. Throws `unauthorized`, `forbidden_origin` or `too_many_requests`. */
export async function authorise(
  { auth, now, addressOf }: Doorkeeper,
  { headers, method, signal }: Pick<Request, 'headers' | 'method' | 'signal'>,
): Promise<AdminCaller> {
  const client = addressOf(headers);
  const { address } = client;
  const tokens = presentedTokens((name) => headers.get(name) ?? undefined);
  if (tokens.length > 0) {
    const result = auth.check(tokens, client);
    if (result.ok) {
      return {
        by: 'bearer',
        role: 'admin',
        name: null,
        address,
        expiresAt: null,
        isOver: () => false,
        signal,
      };
    }
    if (result.waitSeconds > 0) throw new TooManyTokens(result.waitSeconds);
    throw new AdminError('unauthorized', 'The admin token is wrong.');
  }
  const session = await readSession(auth, headers.get('cookie'), now());
  if (session === undefined) {
    throw new AdminError('unauthorized', 'Sign in, or send the admin token as a bearer token.');
  }
  const isWrite = method !== 'GET' && method !== 'HEAD';
  if (isCrossSite(headers) || (isWrite && !isSameOrigin(headers))) {
    throw new AdminError('forbidden_origin', 'This request does not come from the dashboard.');
  }
  const { id, role, identity, endsAt } = session;
  const common = {
    role,
    address,
    expiresAt: endsAt,
    isOver: () => auth.isRevoked(id) || auth.roleOf(identity) === undefined,
    signal,
  };
  if (identity === undefined) return { by: 'session', name: null, ...common };
  return { by: 'oidc', person: personOf(identity), name: identity.name, ...common };
}

/** Throws `role_required` unless the caller's role is enough for what is asked. */
export function requireRole(
  { role }: Pick<AdminCaller, 'role'>,
  name: EndpointName,
  input: object = {},
): void {
  const needed = roleNeeded(name, input);
  if (isAtLeast(role, needed)) return;
  throw new AdminError('role_required', `This needs the role ${needed}; yours is ${role}.`);
}

export class TooManyTokens extends AdminError {
  constructor(readonly waitSeconds: number) {
    super('too_many_requests', `Too many wrong tokens. Wait ${waitSeconds} seconds.`);
  }
}
