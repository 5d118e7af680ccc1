import type { SignInEvents } from '../../auth/next-auth-options';
import type { Store } from '../../store/open-store';
import type { Logger } from '../../process/logger';

/** Notes who signs in and out. */
export function createSignInEvents(store: Pick<Store, 'audit'>, logger: Logger): SignInEvents {
  const note = async (address: string, action: string, detail: object = {}): Promise<void> => {
    try {
      const actor = `session ${address}`;
      await store.audit.insert({ actor, action, target: 'dashboard', detail: JSON.stringify(detail) });
    } catch (error) {
      logger.error({ err: error }, 'writing the audit list failed');
    }
  };
  return {
    signedIn: (address) => note(address, 'session.sign_in'),
    signedOut: (address) => note(address, 'session.sign_out'),
    problem: (error) =>
      logger.warn({ problem: String((error as { code?: unknown }).code) }, 'signing in failed'),
  };
}
