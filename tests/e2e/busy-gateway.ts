import { reply } from '../support/scripted-upstream';
import type { Stage } from './stage';

/** A gateway as it looks on an ordinary bad day: keys of every state, two providers, proxies, traffic, failures. */
export async function makeBusy({ admin, chat, upstream }: Stage): Promise<void> {
  const revoked = 'sk-revoked-0000000000000001';
  const limited = 'sk-limited-0000000000000002';
  const broke = 'sk-broke-00000000000000003';
  upstream.forKey(
    revoked,
    reply.error(401, { message: 'Incorrect API key provided', code: 'invalid_api_key' }),
  );
  upstream.forKey(limited, reply.rateLimited({ retryAfter: '540' }));
  upstream.forKey(
    broke,
    reply.error(429, {
      message: 'You exceeded your current quota, please check your plan and billing details.',
      type: 'insufficient_quota',
      code: 'insufficient_quota',
    }),
  );
  const good = Array.from({ length: 40 }, (_, index) => `sk-good-${String(index).padStart(20, '0')}`);
  await admin('POST', '/providers', {
    name: 'Groq',
    slug: 'groq',
    baseUrl: upstream.baseUrl,
    selectionPolicy: 'least_in_flight',
    fallbacks: ['default'],
  });
  const text = [revoked, limited, broke, ...good].join('\n');
  await admin('POST', '/keys/import', {
    provider: 'default',
    text,
    note: 'team account',
    tags: ['production', 'team a'],
  });
  await admin('POST', '/keys/import', {
    provider: 'groq',
    text: 'gsk-one-000000000000001\ngsk-two-000000000000002',
  });
  await admin('POST', '/proxies', {
    text: 'http://127.0.0.1:9\nsocks5://someone:secret@127.0.0.1:10',
    isShared: false,
    note: 'rack 4',
  });
  const groq = { provider: 'groq', model: 'llama-3.3-70b-versatile', weight: 3 };
  await admin('POST', '/routes', {
    routes: [
      { name: 'fast', targets: [groq, { provider: 'default' }, { provider: 'gone', tier: 2 }] },
      { name: 'claude-*', targets: [{ provider: 'default', model: 'gpt-4o' }], on: ['context_length'] },
    ],
  });
  await admin('POST', '/tokens', { name: 'Notebook' });
  await makeTokens(admin);
  for (let round = 0; round < 4; round += 1) {
    for (let index = 0; index < 24; index += 1) {
      await chat(['gpt-test', 'gpt-4o-mini', 'text-embedding-3-small'][index % 3]);
    }
    await chat('llama-3.1-70b', '/groq/v1');
  }
  upstream.fallbackReply = reply.error(503, { message: 'The server is overloaded' });
  await chat('gpt-4o-mini');
  upstream.fallbackReply = reply.healthy;
}

/** Tokens with rules of each kind, and in each state. */
async function makeTokens(admin: Stage['admin']): Promise<void> {
  const DAY_MS = 86_400_000;
  const now = Date.now();
  await admin('POST', '/tokens', {
    name: 'Research team with a rather long name',
    models: ['gpt-4o*', 'text-embedding-3-small', 'claude-*'],
    providers: ['default', 'groq'],
    allowedIps: ['10.0.0.0/8', '2001:db8::/32'],
    limits: { requestsPerMinute: 60, tokensPerMinute: 40_000, concurrency: 4 },
    budget: { amount: 25, unit: 'usd', period: 'month' },
    priority: 5,
    note: 'paid by the research budget',
  });
  await admin('POST', '/tokens', { name: 'Contractor', expiresAt: now + 2 * DAY_MS });
  await admin('POST', '/tokens', { name: 'Summer school', expiresAt: now - DAY_MS });
  await admin('POST', '/tokens', {
    name: 'Old laptop',
    isEnabled: false,
    budget: { amount: 100_000, unit: 'tokens', period: 'total' },
  });
}
