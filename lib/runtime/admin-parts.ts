import type { AdminParts } from '../admin/context';
import { AnswerCache } from '../admin/answer-cache';
import { createLiveSources } from '../admin/live/sources';
import { SettingsRevisions } from '../admin/settings/revisions';
import type { AdminListeners } from './admin-listeners';

type Given = Omit<AdminParts, 'cache' | 'revisions' | 'live' | 'rates' | 'tolls' | 'shares'>;

/** The running program as the admin API sees it. `stop` ends what it listens to. */
export function createAdminParts(
  given: Given,
  { live, rates, tolls, shares }: AdminListeners,
): { readonly parts: AdminParts; readonly stop: () => void } {
  const revisions = new SettingsRevisions(given.settings, given.now);
  const parts: AdminParts = {
    ...given,
    live,
    rates,
    tolls,
    shares,
    revisions,
    cache: new AnswerCache(() => given.liveTime.now()),
  };
  live.connect(createLiveSources(parts));
  let { adminToken } = given.configuration;
  const stopFollowing = given.settings.subscribe(() => {
    live.changed('settings', 'providers');
    if (given.configuration.adminToken === adminToken) return;
    // Listeners may have to sign in again.
    ({ adminToken } = given.configuration);
    live.disconnect();
  });
  const stopTasks = given.tasks.subscribe(({ id }) => live.taskChanged(id));
  return {
    parts,
    stop() {
      revisions.stop();
      stopFollowing();
      stopTasks();
      live.close();
    },
  };
}
