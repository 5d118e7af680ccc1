import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { runAdmin } from '../../support/command';
import { makeSource } from '../../support/moving-in';
import type { ScriptedUpstream } from '../../support/scripted-upstream';
import { waitFor } from '../../support/wait-for';
import { ADMIN_TOKEN, chat, envFile, secretKey, TOKEN, useParts } from './support';

/** Of the fixture, as its clients send it. */
const TEAM_B = 'sk-Or4fSX99XFt2GYehB84a7eA12a1041D5957aCc6cBf4b83B2';
const TEAM_A = 'sk-98b2r5e9mlefYE5443Ab330cA2484e4c87D2Ec70F67cA828';
const TAKEN_OVER_MS = 2_000 + 1_000;

const parts = useParts();
let upstream: ScriptedUpstream;
let dataDir: string;

beforeEach(async () => {
  upstream = await parts.upstream();
  dataDir = await parts.dataDir();
});

/**
 * All channels of the fixture at one upstream, for everybody; that of Claude speaks OpenAI's protocol here. A token of
 * team b never expires.
 */
async function oneApi(): Promise<string> {
  const host = upstream.baseUrl.replace(/\/v1$/, '');
  const also = `UPDATE channels SET base_url = '${host}', type = 1, "group" = 'default' WHERE type <> 33;
    UPDATE tokens SET expired_time = -1 WHERE name = 'team b';`;
  return makeSource('one-api.sql', join(await parts.dataDir(), 'one-api.db'), also);
}

const importFrom = (file: string) =>
  runAdmin(['import-from', 'one-api', '--database', file], { env: { DATA_DIR: dataDir } });

const lastRequest = () => {
  const request = upstream.requests.at(-1);
  return { key: request?.key, model: (JSON.parse(String(request?.body)) as { model: string }).model };
};

it('lets the clients of one-api go on as before at a running gateway, with their tokens and models', async () => {
  const settings = {
    BASE_URL: upstream.baseUrl,
    API_KEYS: [secretKey('aaa')],
    ALLOWED_TOKENS: [TOKEN],
    AUTH_TOKEN: ADMIN_TOKEN,
  };
  const server = await parts.server({ dataDir, envFile: envFile(settings) });
  const { code, stdout, stderr } = await importFrom(await oneApi());
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/routes of models: 4 new/);
  await waitFor(
    async () => (await chat(server.url, { token: TEAM_B, model: 'gpt-4o-mini' })).status === 200,
    {
      timeoutMs: TAKEN_OVER_MS,
      what: 'the token to let in',
    },
  );
  // The first of its two channels was switched off there.
  expect(lastRequest()).toEqual({ key: 'sk-test-oa-aaaaaaaaaaaaaaaaaaaaa2', model: 'gpt-4o-mini' });
  expect((await chat(server.url, { token: TEAM_B, model: 'qwen2.5' })).status).toBe(200);
  expect(lastRequest()).toEqual({ key: 'sk-test-local-aaaaaaaaa', model: 'qwen2.5' });

  // The other team is let in from elsewhere alone.
  const refused = await chat(server.url, { token: TEAM_A, model: 'gpt-4o' });
  expect([refused.status, refused.text]).toEqual([403, expect.stringContaining('address_not_allowed')]);

  expect((await chat(server.url, { token: ADMIN_TOKEN, model: 'claude-3-5-sonnet-20240620' })).status).toBe(
    200,
  );
  expect(lastRequest()).toEqual({ key: 'sk-ant-test-aaaaaaaaaaaaaaaaaa1', model: 'claude-sonnet-4' });
});

it('works before the gateway has ever been started', async () => {
  expect((await importFrom(await oneApi())).code).toBe(0);
  const server = await parts.server({ dataDir, envFile: envFile({ AUTH_TOKEN: ADMIN_TOKEN }) });
  expect((await chat(server.url, { token: TEAM_B, model: 'gpt-4o' })).status).toBe(200);
  expect(lastRequest().key).toBe('sk-test-oa-aaaaaaaaaaaaaaaaaaaaa2');
});
