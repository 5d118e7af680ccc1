import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { instancesOf } from '../../../lib/cluster/instances';
import { Link, type LinkState } from '../../../lib/cluster/link';
import type { Message } from '../../../lib/cluster/messages';
import { RedisChannel } from '../../../lib/cluster/redis-channel';
import { freePort } from '../../support/free-port';
import { startRedis, type RedisServer } from '../../support/redis';
import { startSlowProxy } from '../../support/slow-proxy';
import { makeCertificate } from '../../support/tls';
import { waitFor } from '../../support/wait-for';

interface JoinOptions {
  readonly url?: string;
  readonly home?: string;
  readonly tls?: { readonly ca: Buffer };
}

const redis = await startRedis();
afterAll(() => redis?.stop());

describe.skipIf(redis === undefined)('instances in touch by Redis', () => {
  const links: Link[] = [];
  let home: string;
  const server = (): RedisServer => redis ?? expect.fail('no Redis');

  beforeEach(() => {
    home = randomUUID();
  });
  afterEach(async () => {
    await server().thaw();
    for (const link of links.splice(0)) await link.close();
  });

  function join(name: string, options: JoinOptions = {}) {
    const heard: Message[] = [];
    const states: LinkState[] = [];
    const seen = { others: [] as readonly string[], gaps: 0, rounds: 0 };
    const link = new Link({
      channel: new RedisChannel(options.url ?? server().url, options.home ?? home, options.tls),
      self: name,
      now: () => performance.now(),
      page: () => JSON.stringify(pageOf(name)),
      onMessage(message, from) {
        if (from !== name) heard.push(message);
      },
      onPages(pages) {
        seen.others = instancesOf(pages).map(({ id }) => id);
        seen.rounds += 1;
      },
      onGap() {
        seen.gaps += 1;
      },
      onCaughtUp: () => undefined,
      onState: (state) => void states.push(state),
      onError: (error) => expect.fail(String(error)),
    });
    links.push(link);
    link.start();
    const names = () => states.map(({ name: state }) => state);
    const reason = () => states.flatMap((state) => (state.name === 'local' ? [state.reason] : [])).at(-1);
    const until = (what: string, isSo: () => boolean | Promise<boolean>) =>
      waitFor(isSo, { timeoutMs: 10_000, what });
    const meets = (count: number) =>
      until('the others', () => link.state.name === 'shared' && seen.others.length === count);
    return { link, heard, states, names, reason, seen, until, meets };
  }

  const failing = (provider: string) => (): Message => ({ kind: 'provider_failing', provider });

  async function three() {
    const all = ['a', 'b', 'c'].map((name) => join(name));
    for (const { meets } of all) await meets(2);
    return all as [(typeof all)[0], (typeof all)[0], (typeof all)[0]];
  }

  it('what one tells all others hear, once and in order', async () => {
    const [a, b, c] = await three();
    for (let n = 0; n < 1_200; n += 1) a.link.send(`p${n}`, failing(`p${n}`));
    for (const { heard, until } of [b, c]) {
      await until('all of it', () => heard.length >= 1_200);
      expect(heard).toEqual(Array.from({ length: 1_200 }, (_, n) => failing(`p${n}`)()));
    }
    expect(a.heard).toEqual([]);
    // But for the beginning, of which nobody knows.
    for (const { seen } of [a, b, c]) expect(seen.gaps).toBeLessThanOrEqual(1);
    await a.until('the count', () => a.link.counts.sent === 1_200);
    expect(a.link.counts).toEqual({ sent: 1_200, received: 0, dropped: 0 });
    expect(b.link.counts).toEqual({ sent: 0, received: 1_200, dropped: 0 });
  });

  it('what changes again before it is sent is told as it is then', async () => {
    const [a, b] = await three();
    let provider = 'first';
    a.link.send('x', () => failing(provider)());
    a.link.send('x', () => failing(provider)());
    provider = 'last';
    a.link.send('end', failing('end'));
    await b.until('the end', () => b.heard.length >= 2);
    expect(b.heard).toEqual([failing('last')(), failing('end')()]);
  });

  it('one that leaves is gone at once', async () => {
    const [a, b, c] = await three();
    await c.link.close();
    for (const { meets } of [a, b]) await meets(1);
  });

  it('installations on one server do not hear of each other', async () => {
    const [a, b] = await three();
    const stranger = join('s', { home: 'another' });
    await stranger.until('its start', () => stranger.names().includes('shared'));
    stranger.link.send('x', failing('theirs'));
    a.link.send('y', failing('ours'));
    await b.until('ours', () => b.heard.length > 0);
    expect(b.heard).toEqual([failing('ours')()]);
    expect(stranger.heard).toEqual([]);
    expect([stranger.seen.others, a.seen.others]).toEqual([[], ['b', 'c']]);
  });

  it.each([
    {
      what: 'killed and back empty',
      away: (it: RedisServer) => it.kill(),
      back: (it: RedisServer) => it.up(),
    },
    { what: 'frozen', away: (it: RedisServer) => it.freeze(), back: (it: RedisServer) => it.thaw() },
  ])(
    'a server that is $what is told of once each way, and all are in touch again',
    async ({ away, back }) => {
      const [a, b] = await three();
      await away(server());
      await a.until('a to notice', () => a.link.state.name === 'local');
      await b.until('b to notice', () => b.link.state.name === 'local');
      a.link.send('lost', failing('lost'));
      await back(server());
      await a.until('a to be back', () => a.link.state.name === 'shared');
      await b.until('b to be back', () => b.link.state.name === 'shared');
      const before = b.heard.length;
      a.link.send('x', failing('again'));
      await b.until('news', () => b.heard.length > before);
      expect(b.heard.at(-1)).toEqual(failing('again')());
      expect(b.names()).toEqual(['shared', 'local', 'shared']);
      expect(b.reason()).not.toBe('');
      expect(b.seen.gaps).toBeGreaterThanOrEqual(2);
    },
  );

  it('a server that is emptied, or whose clock was ahead, is listened to all the same', async () => {
    const [a, b] = await three();
    const client = server().client();
    await client.flushall();
    a.link.send('x', failing('after'));
    await b.until('what came after', () => b.heard.length > 0);
    // As a failover to a server with a slower clock would: the stream begins anew, with smaller numbers.
    await client.xadd('{ob}:events', '99999999999999-0', 'home', 'x');
    a.link.send('y', failing('ahead'));
    await b.until('what came ahead', () => b.heard.length > 1);
    await client.del('{ob}:events');
    await b.until('news', () => {
      a.link.send('z', failing('later'));
      return b.heard.some((message) => message.kind === 'provider_failing' && message.provider === 'later');
    });
  });

  it('a server that is full or takes no writes is as good as away', async () => {
    const [a] = await three();
    const client = server().client();
    await client.config('SET', 'maxmemory', '1');
    await a.until('a to notice', () => a.link.state.name === 'local');
    expect(a.reason()).toContain('maxmemory');
    await client.config('SET', 'maxmemory', '0');
    await a.until('a to be back', () => a.link.state.name === 'shared');
  });

  it.each([
    ['-xadd', '+xadd'],
    ['-xread', '+xread'],
    ['-time', '+time'],
    ['-set', '+set'],
    ['-sadd', '+sadd'],
    ['-mget', '+mget'],
    ['-smembers', '+smembers'],
    ['-@write', '+@write'],
    ['-@read', '+@read'],
    ['resetkeys ~{ob}:page:* ~{ob}:instances', 'allkeys'],
    ['resetkeys ~{ob}:events ~{ob}:instances', 'allkeys'],
  ])(
    'a server that refuses a part (%s) is as good as away, told of once each way',
    async (refuse, permit) => {
      const client = server().client();
      const rules = (text: string) => client.call('ACL', 'SETUSER', 'partly', ...text.split(' '));
      await rules('reset on >pw allkeys allcommands');
      const url = `redis://partly:pw@127.0.0.1:${server().port}`;
      const [a, b] = [join('a', { url }), join('b', { url })];
      for (const { meets } of [a, b]) await meets(1);
      await rules(refuse);
      const sendOn = (isSo: () => boolean | Promise<boolean>) => () => {
        a.link.send('x', failing('refused'));
        return isSo();
      };
      await a.until(
        'a to notice',
        sendOn(() => a.names().includes('local')),
      );
      const before = await refusals(client);
      await a.until(
        'more to be tried',
        sendOn(async () => (await refusals(client)) >= before + 10),
      );
      expect([a.names(), a.link.state.name]).toEqual([['shared', 'local'], 'local']);
      expect(a.reason()).toContain('NOPERM');
      await rules(permit);
      await a.until('a to be back', () => a.link.state.name === 'shared');
      const heard = b.heard.length;
      await b.until(
        'news',
        sendOn(() => b.heard.length > heard),
      );
      for (const { names } of [a, b])
        expect([['shared'], ['shared', 'local', 'shared']]).toContainEqual(names());
    },
  );

  it('a user who may do what is documented is all that is needed', async () => {
    const commands = '+@connection +info +time +xadd +xread +xrevrange +set +mget +del +sadd +smembers +srem';
    const rules = `reset on >pw ~{ob}:* ${commands}`;
    await server()
      .client()
      .call('ACL', 'SETUSER', 'own', ...rules.split(' '));
    const url = `redis://own:pw@127.0.0.1:${server().port}/2`;
    const [a, b] = [join('a', { url }), join('b', { url })];
    for (const { meets } of [a, b]) await meets(1);
    a.link.send('x', failing('p'));
    await b.until('the news', () => b.heard.length > 0);
    await a.link.close();
    await b.meets(0);
    expect(b.names()).toEqual(['shared']);
  });

  it('says why it could not connect, without the password', async () => {
    const nobody = join('a', { url: `redis://:secret@127.0.0.1:${await freePort()}` });
    await nobody.until('the refusal', () => nobody.states.length > 0);
    expect(nobody.reason()).toContain('ECONNREFUSED');

    const client = server().client();
    await client.config('SET', 'requirepass', 'right');
    try {
      const wrong = join('b', { url: `redis://:wr0ng@127.0.0.1:${server().port}` });
      await wrong.until('the refusal', () => wrong.states.length > 0);
      expect(wrong.reason()).toMatch(/WRONGPASS|invalid/);
      expect(JSON.stringify([nobody.states, wrong.states])).not.toMatch(/secret|wr0ng/);
      const right = join('c', { url: `redis://:right@127.0.0.1:${server().port}/3` });
      await right.until('the start', () => right.link.state.name === 'shared');
    } finally {
      await client.config('SET', 'requirepass', '');
    }
  });

  it('a server that answers half a second late is slow and nothing else', async () => {
    const proxy = await startSlowProxy(server().port);
    const url = `redis://127.0.0.1:${proxy.port}`;
    const [a, b] = [join('a', { url }), join('b', { url })];
    for (const { meets } of [a, b]) await meets(1);
    proxy.delayMs = 250;
    a.link.send('x', failing('slow'));
    await b.until('the news', () => b.heard.length > 0);
    await b.until('a round', () => b.seen.rounds > 3);
    expect([...a.names(), ...b.names()]).toEqual(['shared', 'shared']);
    proxy.delayMs = 0;
    for (const link of links.splice(0)) await link.close();
    await proxy.stop();
  });

  it('goes on with the new primary after a failover, whose stream is empty', async () => {
    const next = (await startRedis()) ?? expect.fail('no Redis');
    const proxy = await startSlowProxy(server().port);
    const url = `redis://127.0.0.1:${proxy.port}`;
    const [a, b] = [join('a', { url }), join('b', { url })];
    for (const { meets } of [a, b]) await meets(1);
    // The old one has become a replica: it takes no writes, until its name leads to the new one.
    await server().client().replicaof('127.0.0.1', String(next.port));
    await a.until('a to notice', () => a.link.state.name === 'local');
    proxy.leadTo(next.port);
    for (const { link, until } of [a, b]) await until('to be back', () => link.state.name === 'shared');
    a.link.send('x', failing('again'));
    await b.until('the news', () => b.heard.length > 0);
    await server().client().replicaof('NO', 'ONE');
    for (const link of links.splice(0)) await link.close();
    await proxy.stop();
    await next.stop();
  });

  it('speaks TLS with a certificate that it trusts, and with no other', async () => {
    const certificate = await makeCertificate();
    const { certPath, keyPath, cert } = certificate;
    const port = await freePort();
    const files = ['--tls-cert-file', certPath, '--tls-key-file', keyPath, '--tls-ca-cert-file', certPath];
    const options = ['--tls-port', String(port), ...files, '--tls-auth-clients', 'no'];
    const secure = (await startRedis(options)) ?? expect.fail('no Redis');
    const url = `rediss://127.0.0.1:${port}`;
    const doubtful = join('a', { url });
    await doubtful.until('the refusal', () => doubtful.states.length > 0);
    expect(doubtful.reason()).toContain('self-signed certificate');
    const trusting = join('b', { url, tls: { ca: cert } });
    await trusting.until('the start', () => trusting.link.state.name === 'shared');
    for (const link of links.splice(0)) await link.close();
    await secure.stop();
    await certificate.remove();
  });

  it('passes over what it does not understand', async () => {
    const [, b] = await three();
    const client = server().client();
    const add = (text: string, number: number) =>
      client.xadd('{ob}:events', '*', 'home', home, 'from', 'x', 'number', String(number), 'text', text);
    for (const [i, text] of ['', '{', '[1, null, {"kind":"new"}]', '[{"kind":"key","keyId":7}]'].entries())
      await add(text, i);
    await client.xadd('{ob}:events', '*', 'odd', 'fields');
    await client.set('{ob}:page:y', 'nonsense', 'PX', 5_000);
    await client.sadd('{ob}:instances', 'y');
    await add(JSON.stringify([{ kind: 'newer' }, { ...failing('known')(), more: 1 }]), 4);
    await b.until('what it knows', () => b.heard.length > 0);
    expect(b.heard).toEqual([failing('known')()]);
    expect(b.link.state.name).toBe('shared');
    expect(b.seen.others).toEqual(['a', 'c']);
  });
});

/** How often anybody was not allowed what he asked for. */
async function refusals(client: Redis): Promise<number> {
  return Number(/errorstat_NOPERM:count=(\d+)/.exec(await client.info('errorstats'))?.[1] ?? 0);
}

function pageOf(host: string) {
  return { name: host, version: '1', host, pid: 1, upMs: 1, inFlight: 0, waiting: 0, requestsPerMinute: 0 };
}
