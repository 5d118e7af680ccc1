import { afterEach, expect, it } from 'vitest';
import { jobsApi } from '../../../lib/admin/contract/jobs';
import { keysApi } from '../../../lib/admin/contract/keys';
import { settingsApi } from '../../../lib/admin/contract/settings';
import { Follower } from '../../support/live-follower';
import { reply } from '../../support/scripted-upstream';
import { ADMIN, useServer } from './support';

const parts = useServer({ MAX_FAILURES: '1' });
const open: Follower[] = [];

async function follow(): Promise<Follower> {
  const follower = await Follower.start(parts.server.url, ADMIN);
  open.push(follower);
  return follower;
}

afterEach(() => {
  for (const follower of open.splice(0)) follower.close();
});

it('begins with how things are', async () => {
  const snapshot = await (await follow()).next('snapshot');
  expect(snapshot).toMatchObject({
    providers: [{ slug: 'default', keys: { total: 3 } }],
    keys: { total: 3 },
  });
  expect(snapshot.jobs.map(({ name }) => name)).toContain('prune-logs');
});

it('tells of traffic: the keys that changed, their counts and the rates', async () => {
  const follower = await follow();
  await parts.chat();
  const { changed } = await follower.next('keys', ({ changed }) => changed.length > 0);
  expect(changed[0]).toMatchObject({ requestCount: 1, status: 'active' });
  expect((await follower.next('rates', ({ requestsPerMinute }) => requestsPerMinute > 0)).inFlight).toBe(0);
});

it('tells of a key that is disabled, and of what a person changes', async () => {
  const follower = await follow();
  await follower.next('snapshot');
  const { report } = await parts.call(keysApi.import, {
    provider: 'default',
    text: 'sk-live-0123456789abcdef',
  });
  expect(report?.added).toBe(1);
  expect((await follower.next('settings')).resources).toContain('keys');
  parts.upstream.forKey('sk-live-0123456789abcdef', reply.error(401));
  for (let i = 0; i < 4; i++) await parts.chat();
  const event = await follower.next('keys', ({ changed }) =>
    changed.some(({ status }) => status === 'disabled_auto'),
  );
  expect(event.counts).toMatchObject({ total: 4, disabledAuto: 1 });
  const [found] = (await parts.call(keysApi.list, { status: 'disabled_auto' })).items;
  const id = found?.id ?? '';
  await parts.call(keysApi.delete, { id });
  expect((await follower.next('keys', ({ removed }) => removed.length > 0)).removed).toEqual([id]);
});

it('tells of settings, tasks, jobs and breakers', async () => {
  const follower = await follow();
  const { settingsRevision } = await follower.next('snapshot');
  await parts.call(settingsApi.update, { values: { MAX_RETRIES: 0 } });
  expect((await follower.next('settings')).revision).toBeGreaterThan(settingsRevision);
  await parts.call(keysApi.bulk, { action: 'reset', filter: {} });
  expect((await follower.next('tasks')).tasks).toMatchObject([{ kind: 'keys-bulk', state: 'succeeded' }]);
  await parts.call(jobsApi.run, { name: 'prune-logs' });
  await follower.next('jobs', ({ jobs }) => jobs.some(({ lastResult }) => lastResult !== null));
  parts.upstream.fallbackReply = reply.error(500);
  for (let i = 0; i < 10; i++) await parts.chat();
  const { providers } = await follower.next('breakers');
  expect(providers[0]?.breaker).toMatchObject({ state: 'open', cause: 'failures' });
  parts.upstream.fallbackReply = reply.healthy;
  await parts.call(settingsApi.reset, { names: ['MAX_RETRIES'] });
});

it('hangs up on everybody when the admin token changes, and when the program stops', async () => {
  const first = await follow();
  await first.next('snapshot');
  const other = `${ADMIN}-other`;
  await parts.call(settingsApi.update, { values: { AUTH_TOKEN: other } });
  await first.ended();
  await fetch(`${parts.server.url}/api/admin/settings`, {
    method: 'PATCH',
    headers: { authorization: `Bearer ${other}` },
    body: JSON.stringify({ values: { AUTH_TOKEN: ADMIN } }),
  });
  const second = await follow();
  await second.next('snapshot');
  parts.server.kill('SIGTERM');
  await second.ended();
  expect(await parts.server.exited).toMatchObject({ code: 0 });
});
