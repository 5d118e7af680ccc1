import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { afterEach, expect, it } from 'vitest';
import { jobsApi } from '../../../lib/admin/contract/jobs';
import { keysApi } from '../../../lib/admin/contract/keys';
import { settingsApi } from '../../../lib/admin/contract/settings';
import { liveEvents, type LiveEvent, type LiveEventName } from '../../../lib/admin/contract/live';
import { reply } from '../../support/scripted-upstream';
import { ADMIN, useServer } from './support';

const parts = useServer({ MAX_FAILURES: '1' });
const open: Follower[] = [];

interface Received {
  readonly name: LiveEventName;
  readonly id: string;
  readonly data: unknown;
}

/** Reads events one after the other, each checked by its schema. */
class Follower {
  readonly #events: AsyncGenerator<Received>;
  readonly #close: () => void;

  private constructor(stream: AsyncIterable<Buffer>, close: () => void) {
    this.#events = eventsOf(stream);
    this.#close = close;
    open.push(this);
  }

  static async start(): Promise<Follower> {
    const headers = { authorization: `Bearer ${ADMIN}` };
    const asked = request(`${parts.server.url}/api/admin/live`, { headers, agent: false }).end();
    const [response] = (await once(asked, 'response')) as [IncomingMessage];
    expect(response.statusCode).toBe(200);
    expect(response.headers['content-type']).toContain('text/event-stream');
    return new Follower(response, () => asked.destroy());
  }

  /** The next event of that name whose data passes. */
  async next<Name extends LiveEventName>(
    name: Name,
    passes: (data: LiveEvent<Name>) => boolean = () => true,
  ): Promise<LiveEvent<Name>> {
    for (;;) {
      const next = await this.#events.next();
      if (next.done === true) throw new Error(`the stream ended before ${name}`);
      const { value } = next;
      const data = liveEvents[value.name].parse(value.data);
      if (value.name === name && passes(data as LiveEvent<Name>)) return data as LiveEvent<Name>;
    }
  }

  /** Resolves when the server has hung up. */
  async ended(): Promise<void> {
    for (;;) if ((await this.#events.next()).done === true) return;
  }

  close(): void {
    this.#close();
  }
}

async function* eventsOf(stream: AsyncIterable<Buffer>): AsyncGenerator<Received> {
  let text = '';
  try {
    for await (const chunk of stream) {
      text += chunk.toString();
      const blocks = text.split('\n\n');
      text = blocks.pop() ?? '';
      for (const block of blocks) {
        const fields = new Map(
          block.split('\n').map((line) => [line.split(': ', 1)[0], line.slice(line.indexOf(': ') + 2)]),
        );
        if (!fields.has('event')) continue;
        yield {
          name: fields.get('event') as LiveEventName,
          id: fields.get('id') ?? '',
          data: JSON.parse(fields.get('data') ?? '') as unknown,
        };
      }
    }
  } catch {
    // We hung up ourselves.
  }
}

afterEach(() => {
  for (const follower of open.splice(0)) follower.close();
});

it('begins with how things are', async () => {
  const snapshot = await (await Follower.start()).next('snapshot');
  expect(snapshot).toMatchObject({
    providers: [{ slug: 'default', keys: { total: 3 } }],
    keys: { total: 3 },
  });
  expect(snapshot.jobs.map(({ name }) => name)).toContain('prune-logs');
});

it('tells of traffic: the keys that changed, their counts and the rates', async () => {
  const follower = await Follower.start();
  await parts.chat();
  const { changed } = await follower.next('keys', ({ changed }) => changed.length > 0);
  expect(changed[0]).toMatchObject({ requestCount: 1, status: 'active' });
  expect((await follower.next('rates', ({ requestsPerMinute }) => requestsPerMinute > 0)).inFlight).toBe(0);
});

it('tells of a key that is disabled, and of what a person changes', async () => {
  const follower = await Follower.start();
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
  const follower = await Follower.start();
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
  const first = await Follower.start();
  await first.next('snapshot');
  const other = `${ADMIN}-other`;
  await parts.call(settingsApi.update, { values: { AUTH_TOKEN: other } });
  await first.ended();
  await fetch(`${parts.server.url}/api/admin/settings`, {
    method: 'PATCH',
    headers: { authorization: `Bearer ${other}` },
    body: JSON.stringify({ values: { AUTH_TOKEN: ADMIN } }),
  });
  const second = await Follower.start();
  await second.next('snapshot');
  parts.server.kill('SIGTERM');
  await second.ended();
  expect(await parts.server.exited).toMatchObject({ code: 0 });
});
