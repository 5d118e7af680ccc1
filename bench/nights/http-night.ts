import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Random } from '../../lib/balancer/ports';
import { freePort } from '../../tests/support/free-port';
import { ADMIN_TOKEN, startBuilt } from '../contenders';
import { percentile, type Course } from './night';
import { nightOf, type Night, type Scenario } from './scenario';
import { World, type NightRequest } from './world';
import { bodyOf, secretOf, WorldServer } from './world-server';

const CLIENT_TOKEN = 'nights-client-token-0123456789';

export type HttpCourse = Pick<Course, 'served' | 'drawn429' | 'addedMsP99'>;

/** Plays a night in real time: the built program stands between clients and the world, as `this balancer` does. */
export async function liveOverHttp(
  scenario: Scenario,
  random: (seed: number) => Random,
  seed: number,
): Promise<HttpCourse> {
  const night = nightOf(scenario, random, seed);
  const world = new World(night.troubles, random(seed + 2));
  let startedAt = performance.now();
  const now = () => night.startsAt + performance.now() - startedAt;
  const keys = night.keys();
  const provider = new WorldServer(world, keys, night.requests, now);
  const folder = mkdtempSync(join(tmpdir(), 'openai-balance-nights-'));
  try {
    const baseUrl = await provider.start();
    const port = await freePort();
    const settings = [
      `API_KEYS='${keys.map(secretOf).join(',')}'`,
      `BASE_URL=${baseUrl}`,
      `ALLOWED_TOKENS=${CLIENT_TOKEN}`,
      `AUTH_TOKEN=${ADMIN_TOKEN}`,
      'SELECTION_POLICY=headroom',
      'DRAIN_SECONDS=0',
    ];
    const gateway = await startBuilt({ folder, port, settings });
    try {
      startedAt = performance.now();
      const added = await play(night, port);
      return { served: added.length, drawn429: world.drawn429, addedMsP99: percentile(added, 0.99) };
    } finally {
      await gateway.stop();
    }
  } finally {
    provider.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Sends each request at its time; resolves with what each answered one waited beyond a healthy provider's own time. */
async function play({ startsAt, requests }: Night, port: number): Promise<number[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: Infinity });
  const all = requests.map(
    (request, index) =>
      new Promise<number | undefined>((resolve) => {
        setTimeout(() => resolve(ask(agent, port, request, index)), request.arrivesAt - startsAt);
      }),
  );
  const added = await Promise.all(all);
  agent.destroy();
  return added.filter((ms) => ms !== undefined);
}

/** Undefined unless an answer has come, which begins with content: before that an error may still follow. */
function ask(agent: Agent, port: number, request: NightRequest, index: number): Promise<number | undefined> {
  const headers = { authorization: `Bearer ${CLIENT_TOKEN}`, 'content-type': 'application/json' };
  const target = { agent, port, host: '127.0.0.1', path: '/v1/chat/completions', method: 'POST', headers };
  const askedAt = performance.now();
  return new Promise((resolve) => {
    const asking = httpRequest(target, (response) => {
      let added: number | undefined;
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        if (chunk.includes('"content":"hi"')) added ??= performance.now() - askedAt - request.firstByteMs;
      });
      response.on('close', () => resolve(added));
    });
    asking.on('error', () => resolve(undefined));
    asking.end(bodyOf(request, index));
  });
}
