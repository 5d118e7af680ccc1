import { beforeEach, describe, expect, it } from 'vitest';
import type { NewToken, TokenItem } from '../../../lib/admin/contract/tokens';
import type { ScriptedUpstream } from '../../support/scripted-upstream';
import type { RunningServer } from '../../support/server';
import { waitFor } from '../../support/wait-for';
import { useSharing } from './sharing';
import { ADMIN_TOKEN, chat, envFile, secretKey, TOKEN, useParts } from './support';

const parts = useParts();
const { isMissing, environment } = await useSharing();

describe.skipIf(isMissing)('client tokens of two instances on one database', () => {
  let upstream: ScriptedUpstream;
  let servers: readonly RunningServer[];

  beforeEach(async () => {
    upstream = await parts.upstream();
  });

  async function start(isHeard: boolean): Promise<void> {
    const settings = envFile({
      BASE_URL: upstream.baseUrl,
      API_KEYS: [secretKey('aaa')],
      ALLOWED_TOKENS: [TOKEN],
      AUTH_TOKEN: ADMIN_TOKEN,
    });
    const env = await environment();
    const own = isHeard ? env : { ...env, REDIS_URL: '' };
    servers = [
      await parts.server({ env: own, envFile: settings }),
      await parts.server({ env: own, envFile: settings }),
    ];
    if (!isHeard) return;
    const knowEachOther = async ({ url }: RunningServer) =>
      (await admin<{ items: unknown[] }>('GET', '/instances', undefined, url)).items.length === 2;
    for (const server of servers) await waitFor(() => knowEachOther(server), { what: 'both to be heard of' });
  }

  const urlOf = (index: number): string => servers[index % 2]?.url ?? '';

  async function admin<T>(method: string, path: string, body?: unknown, url = urlOf(0)): Promise<T> {
    const response = await fetch(`${url}/api/admin${path}`, {
      method,
      headers: { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    expect(response.status, text).toBe(200);
    return JSON.parse(text) as T;
  }

  const codeOf = async (token: string, index: number, path?: string): Promise<string | number> => {
    const { status, text } = await chat(urlOf(index), { token, ...(path !== undefined && { path }) });
    return status === 200 ? 200 : (JSON.parse(text) as { error: { code: string } }).error.code;
  };

  /** A token that both know. */
  async function made(rules: Partial<NewToken>) {
    const answer = await admin<{ token: string; item: TokenItem }>('POST', '/tokens', {
      name: 'mine',
      ...rules,
    });
    await waitFor(async () => (await codeOf(answer.token, 1, '/nowhere/v1')) === 'provider_not_found', {
      what: 'the token to be known',
    });
    return answer;
  }

  const spentAt = async (id: string, index: number) =>
    (await admin<TokenItem>('GET', `/tokens/${id}`, undefined, urlOf(index))).spent?.amount;

  it.each([true, false])(
    'spend one budget, also where only the database tells of it (Redis: %s)',
    async (isHeard) => {
      await start(isHeard);
      const { token, item } = await made({ budget: { amount: 10, unit: 'requests', period: 'month' } });
      for (let n = 0; n < 6; n += 1) expect(await codeOf(token, n)).toBe(200);
      for (const index of [0, 1]) {
        await waitFor(async () => (await spentAt(item.id, index)) === 6, {
          what: 'all to be counted at both',
        });
      }
      for (let n = 0; n < 4; n += 1) expect(await codeOf(token, 1)).toBe(200);
      expect(await codeOf(token, 1)).toBe('insufficient_quota');
      await waitFor(async () => (await codeOf(token, 0)) === 'insufficient_quota', {
        what: 'the other to know',
      });
      const spent = (await spentAt(item.id, 0)) ?? 0;
      expect(spent).toBeLessThanOrEqual(isHeard ? 11 : 60);
      await admin('POST', `/tokens/${item.id}/reset-spent`);
      for (const index of [0, 1])
        await waitFor(async () => (await codeOf(token, index)) === 200, { what: 'both to let in again' });
    },
  );

  it('share their limits, and obey a change that was made at the other', async () => {
    await start(true);
    const { token, item } = await made({ limits: { requestsPerMinute: 8 } });
    const results: unknown[] = [];
    for (let n = 0; n < 12; n += 1) results.push(await codeOf(token, n));
    const served = results.filter((result) => result === 200).length;
    expect(served).toBeGreaterThanOrEqual(7);
    expect(served).toBeLessThanOrEqual(9);
    expect(results.slice(-2)).toEqual(['token_rate_limited', 'token_rate_limited']);
    await admin('PATCH', `/tokens/${item.id}`, { isEnabled: false });
    await waitFor(async () => (await codeOf(token, 1)) === 'token_disabled', { what: 'the other to obey' });
  });
});
