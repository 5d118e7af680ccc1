import { Agent, request } from 'node:http';
import { afterEach, expect, it } from 'vitest';
import { waitFor } from '../../support/wait-for';
import { reply, type Reply } from '../../support/scripted-upstream';
import type { RunningServer } from '../../support/server';
import { ADMIN_TOKEN, secretKey, useParts } from './support';

const KEYS = ['a', 'b', 'c'].map((letter) => secretKey(letter.repeat(3)));
const AT_A_TIME = KEYS.length * 10;
const TOKENS = { many: 'token-many-1', some: 'token-some-1', few: 'token-few-11' } as const;
type Name = keyof typeof TOKENS;
const CLIENTS: Readonly<Record<Name, number>> = { many: 800, some: 150, few: 50 };

const parts = useParts();
const agent = new Agent({ maxSockets: Infinity });
afterEach(() => agent.destroy());

interface Client {
  readonly name: Name;
  /** Its status; undefined once it has left. */
  readonly answered: Promise<number | undefined>;
  leave(): void;
}

function connect(port: number, name: Name, onAnswer: (name: Name) => void): Client {
  const headers = { authorization: `Bearer ${TOKENS[name]}`, 'content-type': 'application/json' };
  const asked = request({
    host: '127.0.0.1',
    port,
    path: '/v1/chat/completions',
    method: 'POST',
    agent,
    headers,
  });
  const answered = new Promise<number | undefined>((resolve) => {
    asked.once('error', () => resolve(undefined));
    asked.once('response', (response) => {
      onAnswer(name);
      response.resume().once('close', () => resolve(response.statusCode));
    });
  });
  asked.end(JSON.stringify({ model: 'gpt-test', messages: [{ role: 'user', content: 'hi' }] }));
  return { name, answered, leave: () => void asked.destroy() };
}

async function gauge(server: RunningServer, name: string): Promise<number> {
  const response = await fetch(`${server.url}/metrics`, {
    headers: { authorization: `Bearer ${ADMIN_TOKEN}` },
  });
  const line = (await response.text()).split('\n').find((text) => text.startsWith(`${name} `));
  return Number(line?.split(' ')[1] ?? NaN);
}

const becomes = (server: RunningServer, name: string, value: number) =>
  waitFor(async () => (await gauge(server, name)) === value, { what: `${name} ${value}`, timeoutMs: 40_000 });

it('a thousand clients of three tokens wait in turns, and half of them leave without a trace', async () => {
  const upstream = await parts.upstream();
  let atOnce = 0;
  let most = 0;
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  const held: Reply = async (asked, response) => {
    atOnce += 1;
    most = Math.max(most, atOnce);
    void asked.closed.then(() => (atOnce -= 1));
    await opened;
    await reply.healthy(asked, response);
  };
  upstream.fallbackReply = held;
  const server = await parts.server({
    env: {
      AUTH_TOKEN: ADMIN_TOKEN,
      ALLOWED_TOKENS: Object.values(TOKENS).join(','),
      WAIT_SECONDS: '600',
      LOG_LEVEL: 'ERROR',
      PROVIDERS_CONFIG: JSON.stringify([
        { name: 'p', path: 'p', base_url: upstream.baseUrl, api_keys: KEYS, limits: { concurrency: 10 } },
      ]),
      DEFAULT_PROVIDER: 'p',
    },
  });

  const order: Name[] = [];
  const join = (name: Name, count: number) =>
    Array.from({ length: count }, () => connect(server.port, name, (served) => void order.push(served)));
  // Those that come first, and hold all that there is, are of the token with the most.
  const first = join('many', AT_A_TIME);
  await upstream.waitForRequest(() => upstream.requests.length === AT_A_TIME);
  const waiting = [
    ...join('many', CLIENTS.many - AT_A_TIME),
    ...join('some', CLIENTS.some),
    ...join('few', CLIENTS.few),
  ];
  await becomes(server, 'openai_balance_requests_waiting', 1_000 - AT_A_TIME);

  const leaving = waiting.filter(({ name }) => name === 'many').slice(0, 500);
  for (const client of leaving) client.leave();
  await becomes(server, 'openai_balance_requests_waiting', 500 - AT_A_TIME);

  open();
  const statuses = await Promise.all([...first, ...waiting].map(({ answered }) => answered));
  expect(statuses.filter((status) => status === 200)).toHaveLength(500);
  expect(statuses.filter((status) => status === undefined)).toHaveLength(500);
  // No token waits for another one's crowd: with three of them a third of the turns is its own.
  const lastOf = (name: Name) => order.lastIndexOf(name) - AT_A_TIME;
  expect(lastOf('few')).toBeLessThan(3 * CLIENTS.few + AT_A_TIME);
  expect(lastOf('some')).toBeLessThan(CLIENTS.few + 2 * CLIENTS.some + AT_A_TIME);
  // Each was sent once, and no key had more than it may.
  expect(upstream.requests).toHaveLength(500);
  expect(most).toBe(AT_A_TIME);
  for (const name of ['waiting', 'in_flight'].map((what) => `openai_balance_requests_${what}`))
    await becomes(server, name, 0);
});
