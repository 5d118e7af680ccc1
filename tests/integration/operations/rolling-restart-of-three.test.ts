import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freePort } from '../../support/free-port';
import { findProgram } from '../../support/programs';
import { rawSql } from '../../support/raw-sql';
import { startNginxOfCluster, type ReverseProxy } from '../../support/reverse-proxies';
import {
  chatStream,
  reply,
  type RecordedRequest,
  type Reply,
  type ScriptedUpstream,
} from '../../support/scripted-upstream';
import type { RunningServer } from '../../support/server';
import { waitFor } from '../../support/wait-for';
import { useSharing } from './sharing';
import { ADMIN_TOKEN, chat, envFile, secretKey, TOKEN, useParts } from './support';

type Three<T> = [T, T, T];
const ALL = [0, 1, 2] as const;
/** The provider's; it leaves the machine room to start an instance meanwhile. */
const PACE_MS = 50;

const parts = useParts();
const { isMissing, environment, freshDatabase } = await useSharing();

const isStream = ({ body }: RecordedRequest) => body.includes('"stream":true');

/** Streams go on for a while, so that some are under way whenever an instance ends. */
const paced: Reply = async (request, response) => {
  if (!isStream(request)) {
    await delay(PACE_MS);
    return reply.healthy(request, response);
  }
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (const event of chatStream(['Hello', ' there'])) {
    response.write(event);
    await delay(PACE_MS);
  }
  response.end();
};

describe.skipIf(isMissing || findProgram('nginx') === undefined)('three instances behind nginx', () => {
  let upstream: ScriptedUpstream;
  let database: Awaited<ReturnType<typeof freshDatabase>>;
  let start: (which: 0 | 1 | 2) => Promise<RunningServer>;
  let instances: Three<RunningServer>;
  let nginx: ReverseProxy;

  beforeEach(async () => {
    upstream = await parts.upstream();
    const settings = envFile({
      BASE_URL: upstream.baseUrl,
      API_KEYS: ['aaa', 'bbb'].map(secretKey),
      ALLOWED_TOKENS: [TOKEN],
      AUTH_TOKEN: ADMIN_TOKEN,
    });
    database = await freshDatabase();
    // As they are where nobody sets them.
    const unset = { DRAIN_SECONDS: '', WAIT_SECONDS: '' };
    const env = { ...(await environment(Promise.resolve(database))), ...unset };
    const places = await forEach(async () => ({ port: await freePort(), dataDir: await parts.dataDir() }));
    start = (which) => {
      const { port, dataDir } = places[which];
      return parts.server({ dataDir, envFile: settings, env: { ...env, PORT: String(port) } });
    };
    instances = await forEach(start);
    nginx = await startNginxOfCluster(...(await forEach((which) => `127.0.0.1:${places[which].port}`)));
  });
  afterEach(() => nginx?.stop());

  async function forEach<T>(make: (which: 0 | 1 | 2) => T | Promise<T>): Promise<Three<T>> {
    // The first brings the database up.
    return [await make(0), ...(await Promise.all([make(1), make(2)]))];
  }

  const rowsOfSuccess = async (): Promise<number> => {
    const sql = `SELECT COUNT(*) AS n FROM RequestLog WHERE outcome = 'success'`;
    return Number((await rawSql(database, sql))[0]?.n);
  };

  /** As the instance itself counts them. */
  async function inFlightAt({ url }: RunningServer): Promise<number> {
    const headers = { authorization: `Bearer ${ADMIN_TOKEN}` };
    const { items } = (await (await fetch(`${url}/api/admin/instances`, { headers })).json()) as {
      items: readonly { readonly isThis: boolean; readonly inFlight: number }[];
    };
    return items.find(({ isThis }) => isThis)?.inFlight ?? expect.fail('the instance does not list itself');
  }

  /** Whether each was answered to its end. */
  const askedAtOnce = (count: number): Promise<boolean[]> =>
    Promise.all(
      Array.from({ length: count }, async (_, n) => {
        const { status, text } = await chat(nginx.url, { stream: n % 2 === 0 });
        return status === 200 && (n % 2 === 1 || text.includes('[DONE]'));
      }).map((asked) => asked.catch(() => false)),
    );

  it(
    'restarted one after the other, they lose no request and record each',
    { timeout: 120_000 },
    async () => {
      upstream.fallbackReply = paced;
      const loads = [false, true].map((stream) => parts.load(nginx, { loops: 4, stream }));
      const more = () => Promise.all(loads.map((load) => load.more(50)));
      for (const which of ALL) {
        await more();
        instances[which].kill('SIGTERM');
        expect(await instances[which].exited).toEqual({ code: 0, signal: null });
        await more();
        instances[which] = await start(which);
      }
      await more();
      for (const load of loads) await load.stop();
      expect(loads.flatMap(({ failures }) => failures)).toEqual([]);
      const asked = loads.reduce((sum, { succeeded }) => sum + succeeded, 0);
      expect(upstream.requests).toHaveLength(asked);
      await waitFor(async () => (await rowsOfSuccess()) === asked, { what: 'each to be recorded once' });
    },
  );

  it('of which one is killed, they lose what that had in flight, and nothing else', async () => {
    const held: RecordedRequest[] = [];
    let answer = (): void => undefined;
    const isTime = new Promise<void>((resolve) => (answer = resolve));
    upstream.fallbackReply = async (request, response) => {
      const [first, ...rest] = chatStream(['Hello', ' there']);
      if (isStream(request)) response.writeHead(200, { 'content-type': 'text/event-stream' }).write(first);
      held.push(request);
      await isTime;
      if (isStream(request)) response.end(rest.join(''));
      else await reply.healthy(request, response);
    };
    const asked = askedAtOnce(24);
    await waitFor(() => held.length === 24, { what: 'all of them to be at the provider' });
    const [, victim] = instances;
    const inFlight = await inFlightAt(victim);
    expect(inFlight).toBeGreaterThan(0);
    victim.kill('SIGKILL');
    await victim.exited;
    const isBroken = () => held.filter((request) => request.wasAborted()).length === inFlight;
    await waitFor(isBroken, { what: 'the connections of the dead one to be closed' });
    answer();
    expect((await asked).filter((isWhole) => !isWhole)).toHaveLength(inFlight);
    expect(held).toHaveLength(24);
    upstream.fallbackReply = reply.healthy;
    expect(await askedAtOnce(100)).not.toContain(false);
    instances[1] = await start(1);
    expect(await askedAtOnce(100)).not.toContain(false);
  });
});
