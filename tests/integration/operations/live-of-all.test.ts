import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LiveEvent } from '../../../lib/admin/contract/live';
import type { Overview } from '../../../lib/admin/contract/stats';
import { Follower } from '../../support/live-follower';
import { reply, type ScriptedUpstream } from '../../support/scripted-upstream';
import type { RunningServer } from '../../support/server';
import { waitFor } from '../../support/wait-for';
import { useSharing } from './sharing';
import { ADMIN_TOKEN, chat, envFile, secretKey, TOKEN, useParts } from './support';

const parts = useParts();
const { isMissing, redis, environment } = await useSharing();

describe.skipIf(isMissing)('the live figures of two instances', () => {
  let upstream: ScriptedUpstream;
  let one: RunningServer;
  let other: RunningServer;
  let live: Follower;

  beforeEach(async () => {
    upstream = await parts.upstream();
    const settings = {
      BASE_URL: upstream.baseUrl,
      API_KEYS: [secretKey('aaa')],
      ALLOWED_TOKENS: [TOKEN],
      AUTH_TOKEN: ADMIN_TOKEN,
    };
    const env = await environment();
    const start = () => parts.server({ env, envFile: envFile(settings) });
    one = await start();
    other = await start();
    live = await Follower.start(other.url, ADMIN_TOKEN);
    await live.next('rates', ({ ofAll, instances }) => ofAll && instances.length === 2);
  });
  afterEach(() => live.close());

  /** Rates are told each second: how many of them went by before the one that passes. */
  async function seconds(passes: (rates: LiveEvent<'rates'>) => boolean): Promise<number> {
    let count = 0;
    await live.next('rates', (rates) => {
      count += 1;
      return passes(rates);
    });
    return count;
  }

  async function overviewOf(url: string): Promise<Overview> {
    const headers = { authorization: `Bearer ${ADMIN_TOKEN}` };
    return (await (await fetch(`${url}/api/admin/stats/overview?range=1h`, { headers })).json()) as Overview;
  }

  it('what hangs at one is seen at the other within two seconds, and gone when it has ended', async () => {
    let release: () => void = () => undefined;
    upstream.fallbackReply = reply.slowHeaders(new Promise<void>((resolve) => (release = resolve)));
    const arrived = upstream.waitForRequest();
    const answer = chat(one.url);
    await arrived;
    const { changed, providers } = await live.next('keys', (keys) => keys.counts.inFlight === 1);
    expect(changed).toMatchObject([{ inFlight: 1 }]);
    expect(providers).toMatchObject([{ slug: 'default', keys: { inFlight: 1 } }]);
    expect(await seconds(({ inFlight }) => inFlight === 1)).toBeLessThanOrEqual(2);
    const { rates, keys } = await overviewOf(other.url);
    expect([rates.inFlight, keys.inFlight]).toEqual([1, 1]);

    release();
    expect((await answer).status).toBe(200);
    await live.each({
      rates: ({ inFlight, requestsPerMinute }) => inFlight === 0 && requestsPerMinute === 1,
      // Its row is in the database, and whoever asks anew is told of it.
      traffic: () => true,
    });
    expect((await overviewOf(other.url)).totals).toMatchObject({ requests: 1, succeeded: 1 });
  });

  it('what is counted of a key is what both have sent, whichever is asked', async () => {
    for (const { url } of [one, one, one, other]) await chat(url);
    for (const { url } of [one, other]) {
      const count = async () => {
        const headers = { authorization: `Bearer ${ADMIN_TOKEN}` };
        const answer = await fetch(`${url}/api/admin/keys`, { headers });
        const { items } = (await answer.json()) as { items: readonly { requestCount: number }[] };
        return items[0]?.requestCount;
      };
      await waitFor(async () => (await count()) === 4, { what: 'the sum' });
    }
    // An open page hears of what comes then.
    await chat(one.url);
    await live.next('keys', ({ changed }) => changed[0]?.requestCount === 5);
  });

  it('one that is killed is gone with what it had in flight, and each says so while Redis is away', async () => {
    upstream.fallbackReply = reply.stall();
    const arrived = upstream.waitForRequest();
    const broken = chat(one.url).catch(() => 'broken');
    await arrived;
    await live.next('rates', ({ inFlight }) => inFlight === 1);
    one.kill('SIGKILL');
    expect(await broken).toBe('broken');
    await live.next('rates', ({ inFlight, instances }) => inFlight === 0 && instances.length === 1);
    await redis?.kill();
    await live.next('rates', ({ ofAll }) => !ofAll);
    await redis?.up();
    await live.next('rates', ({ ofAll }) => ofAll);
  });
});
