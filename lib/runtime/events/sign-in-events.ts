import { actorOf, type Asker } from '../../auth/asker';
import type { SignInEvents } from '../../auth/next-auth-options';
import type { Store } from '../../store/open-store';
import type { Logger } from '../../process/logger';

/** Notes who signs in and out. */
export function createSignInEvents(store: Pick<Store, 'audit'>, logger: Logger): SignInEvents {
  const note = async (by: Asker, action: string, detail: object = {}): Promise<void> => {
    try {
      const actor = actorOf(by);
      await store.audit.insert({ actor, action, target: 'dashboard', detail: JSON.stringify(detail) });
    } catch (error) {
      logger.error({ err: error }, 'writing the audit list failed');
    }
  };
  return {
    signedIn: (by, role) => note(by, 'session.sign_in', by.by === 'oidc' ? { role } : {}),
    refused: (by) => note(by, 'session.sign_in_refused'),
    signedOut: (by) => note(by, 'session.sign_out'),
    problem: (error) =>
      logger.warn({ problem: String((error as { code?: unknown }).code) }, 'signing in failed'),
  };
}
