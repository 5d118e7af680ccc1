import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { beforeEach, describe, expect, it } from 'vitest';
import type { MoveReport } from '../../../lib/admin/contract/installation';
import { runAdmin } from '../../support/command';
import { makeSource } from '../../support/moving-in';
import type { ScriptedUpstream } from '../../support/scripted-upstream';
import { ADMIN_TOKEN, chat, envFile, secretKey, TOKEN, useParts } from './support';

/** Of the fixture, as its clients send it. */
const TEAM_B = 'sk-Or4fSX99XFt2GYehB84a7eA12a1041D5957aCc6cBf4b83B2';
const TEAM_A = 'sk-98b2r5e9mlefYE5443Ab330cA2484e4c87D2Ec70F67cA828';
const TAKEN_OVER_MS = 20_000;

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
  // Not asked before: whoever comes too often with a token that is not known has to wait.
  await server.waitForOutput(/changes made elsewhere are in force/, { timeoutMs: TAKEN_OVER_MS });
  expect((await chat(server.url, { token: TEAM_B, model: 'gpt-4o-mini' })).status).toBe(200);
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

describe('by the admin API', () => {
  const ask = async (url: string, body: unknown, token = ADMIN_TOKEN) => {
    const response = await fetch(`${url}/api/admin/installation/move-in`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    const json = JSON.parse(text) as MoveReport & { error?: { code: string; fields?: object } };
    return { status: response.status, text, json };
  };
  const settings = () =>
    envFile({
      BASE_URL: upstream.baseUrl,
      API_KEYS: [secretKey('aaa')],
      ALLOWED_TOKENS: [TOKEN],
      AUTH_TOKEN: ADMIN_TOKEN,
    });

  it('lets the clients of one-api go on as before at once, after a preview that lets in nobody', async () => {
    const temporary = await parts.dataDir();
    const server = await parts.server({ dataDir, envFile: settings(), env: { TMPDIR: temporary } });
    const database = (await readFile(await oneApi())).toString('base64');
    const preview = await ask(server.url, { program: 'one-api', database, preview: true });
    expect([preview.status, preview.json.isPreview, preview.json.routesAdded]).toEqual([200, true, 4]);
    expect((await chat(server.url, { token: TEAM_B, model: 'gpt-4o-mini' })).status).toBe(401);

    const { status, text, json } = await ask(server.url, { program: 'one-api', database });
    expect([status, json]).toEqual([200, { ...preview.json, isPreview: false }]);
    expect((await chat(server.url, { token: TEAM_B, model: 'gpt-4o-mini' })).status).toBe(200);
    expect(lastRequest()).toEqual({ key: 'sk-test-oa-aaaaaaaaaaaaaaaaaaaaa2', model: 'gpt-4o-mini' });
    for (const secret of [TEAM_A, TEAM_B, 'sk-test-oa-aaaaaaaaaaaaaaaaaaaaa2', 'sk-test-local-aaaaaaaaa'])
      expect(text).not.toContain(secret);
    expect(await readdir(temporary)).toEqual([]);

    // The same again, now packed: there is nothing to do.
    const packed = (await promisify(gzip)(Buffer.from(database, 'base64'))).toString('base64');
    const again = await ask(server.url, { program: 'one-api', database: packed });
    expect(again.json).toMatchObject({ keysAdded: 0, tokensAdded: 0, routesAdded: 0, routesKnown: 4 });

    await server.stop();
    const restarted = await parts.server({ dataDir, envFile: settings() });
    expect((await chat(restarted.url, { token: TEAM_B, model: 'gpt-4o-mini' })).status).toBe(200);
  });

  it('is for admins alone, and refuses what is too large or no database', async () => {
    const server = await parts.server({ dataDir, envFile: settings() });
    const body = { program: 'one-api', database: 'bm8=', preview: true };
    expect((await ask(server.url, body, TOKEN)).status).toBe(401);
    const wrong = await ask(server.url, body);
    expect([wrong.status, wrong.json.error]).toMatchObject([
      400,
      { code: 'invalid_input', fields: { database: 'is no SQLite database' } },
    ]);
    const large = await ask(server.url, { ...body, database: 'A'.repeat(20 * 2 ** 20) });
    expect([large.status, large.json.error?.code]).toEqual([413, 'body_too_large']);
    const unknown = await ask(server.url, { program: 'portkey', preview: true });
    expect([unknown.status, unknown.json.error?.fields]).toMatchObject([
      400,
      { program: expect.stringMatching(/must be one of/) as string },
    ]);
  });
});
