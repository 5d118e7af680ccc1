import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { sendRaw } from '../../support/raw-client';
import { chatChunk, chatStream, reply } from '../../support/scripted-upstream';
import { waitFor } from '../../support/wait-for';
import { chat, countRows, databaseFile, envFile, useParts } from './support';

const parts = useParts();

/** Long and unlike anything else, so that finding one means that it leaked. */
const secrets = Object.fromEntries(
  [
    'rejectedKey',
    'goodKey',
    'badRequestKey',
    'limitedKey',
    'crashKey',
    'firstEventKey',
    'lateEventKey',
    'cutKey',
    'lengthKey',
    'brokenJsonKey',
    'modelKey',
    'otherModelKey',
    'headerSecret',
    'providerHeaderSecret',
    'clientToken',
    'wrongToken',
    'adminToken',
    'encryptionKey',
    'proxyPassword',
    'mysqlPassword',
    'postgresPassword',
    'databaseUrlPassword',
    'brokenSettingKey',
  ].map((name, index) => [name, `sk-${index}${name}-${'x9Y'.repeat(8)}${index}`]),
) as Record<string, string>;
const secret = (name: string): string => secrets[name] ?? expect.fail(`no secret ${name}`);

const quoting = (key: string) =>
  `Incorrect API key provided: ${key}. You can find your key at https://example.com`;
const errorEvent = (key: string) =>
  `data: ${JSON.stringify({ error: { message: quoting(key), code: 'bad_key' } })}\n\n`;

/** A provider of its own for each way to fail, so that every one of them is met. */
const failures: Record<string, Parameters<Awaited<ReturnType<typeof parts.upstream>>['forKey']>[1]> = {
  rejectedKey: reply.error(
    401,
    { message: quoting(secret('rejectedKey')) },
    {
      'www-authenticate': `Bearer error="invalid_token", token="${secret('rejectedKey')}"`,
      'x-debug-key': secret('rejectedKey'),
    },
  ),
  badRequestKey: reply.error(400, {
    message: quoting(secret('badRequestKey')),
    code: secret('badRequestKey'),
  }),
  limitedKey: reply.error(429, { message: quoting(secret('limitedKey')) }, { 'retry-after': '5' }),
  crashKey: reply.bytes(500, Buffer.from(`{"error": {"message": "${quoting(secret('crashKey'))}`)),
  firstEventKey: reply.sse([errorEvent(secret('firstEventKey'))]),
  lateEventKey: reply.sse([chatChunk('fine'), errorEvent(secret('lateEventKey')), ...chatStream([])]),
  cutKey: reply.cutAfter([chatChunk('fine')]),
  lengthKey: reply.wrongLength('{"choices": [', 5_000),
  brokenJsonKey: reply.bytes(200, Buffer.from('{"choices": [{"mess'), { 'content-type': 'application/json' }),
};

it('no secret ever appears in the output, in an answer, in a log row or in the database files', async () => {
  const upstream = await parts.upstream();
  for (const [name, script] of Object.entries(failures)) upstream.forKey(secret(name), script);
  for (const name of ['modelKey', 'otherModelKey']) {
    upstream.forKey(secret(name), reply.error(401, { message: quoting(secret(name)) }));
  }
  const settings = {
    BASE_URL: upstream.baseUrl,
    API_KEYS: [secret('goodKey')],
    MODEL_REQUEST_KEY: secret('modelKey'),
    CUSTOM_HEADERS: { 'X-Secret': secret('headerSecret') },
    PROVIDERS_CONFIG: Object.keys(failures).map((name, index) => ({
      name: `Provider ${index}`,
      path: `p${index}`,
      base_url: upstream.baseUrl,
      api_keys: [secret(name)],
      max_failures: 1,
      model_request_key: secret('otherModelKey'),
      custom_headers: { 'X-Other-Secret': secret('providerHeaderSecret') },
    })),
    ALLOWED_TOKENS: [secret('clientToken')],
    AUTH_TOKEN: secret('adminToken'),
    PROXIES: [`http://proxy-user:${secret('proxyPassword')}@127.0.0.1:9`],
  };
  const dataDir = await parts.dataDir();
  const server = await parts.server({
    dataDir,
    envFile: envFile({ ...settings, PROXIES: [] }),
    env: {
      ENCRYPTION_KEY: secret('encryptionKey'),
      MYSQL_PASSWORD: secret('mysqlPassword'),
      POSTGRES_PASSWORD: secret('postgresPassword'),
      DATABASE_URL: `postgres://user:${secret('databaseUrlPassword')}@db.example/balance`,
      LOG_LEVEL: 'DEBUG',
    },
  });

  const answers: string[] = [];
  const ask = async (options: Parameters<typeof chat>[1]): Promise<number> => {
    // A connection that is cut off on purpose gives no answer to look at.
    const answer = await chat(server.url, options).catch((error: unknown) => ({
      status: 0,
      headers: new Headers(),
      text: String((error as Error).cause),
    }));
    answers.push(JSON.stringify([...answer.headers]), answer.text);
    return answer.status;
  };
  const token = secret('clientToken');
  expect(await ask({ token })).toBe(200);
  expect(await ask({ token: secret('adminToken') })).toBe(200);
  expect(await ask({ token: secret('wrongToken') })).toBe(401);
  for (const header of ['x-api-key', 'api-key']) {
    expect(await ask({ token: '', headers: { [header]: secret('wrongToken') } })).toBe(401);
  }
  for (const index of Object.keys(failures).keys()) {
    for (const stream of [false, true]) {
      await ask({ token, stream, path: `/p${index}/v1` });
      await ask({ token, stream, path: `/p${index}/v1`, model: 'another' });
    }
  }
  const get = async (path: string): Promise<void> => {
    const response = await fetch(`${server.url}${path}`, { headers: { authorization: `Bearer ${token}` } });
    answers.push(JSON.stringify([...response.headers]), await response.text());
  };
  await get('/v1/models');
  await get('/p0/v1/models');
  await get(`/v1/files?key=${secret('wrongToken')}`);
  await get(`/nobody/v1/files?key=${secret('wrongToken')}`);
  const malformed = `BROKEN /v1 HTTP/9\r\nauthorization: Bearer ${token}\r\n\r\n`;
  answers.push((await sendRaw(server.url, malformed)).toString('latin1'));

  // Settings go wrong and come right again while it runs.
  const broken = secret('brokenSettingKey');
  await server.writeEnvFile(
    envFile({
      ...settings,
      API_KEYS: `["${broken} with a blank"]`,
      MODEL_REQUEST_KEY: `${broken} with a blank`,
      CUSTOM_HEADERS: `{"X-Secret": "${broken}"`,
      BASE_URL: `nonsense://user:${broken}@127.0.0.1`,
      AUTH_TOKEN: `${broken}\u00e4`,
      PROXIES: `["gopher://user:${secret('proxyPassword')}@127.0.0.1:1"]`,
      PROVIDERS_CONFIG: `[{"name": "A", "base_url": "http://127.0.0.1/v1", "api_keys": ["${broken}"], "${broken}": 1}]`,
    }),
  );
  for (const name of ['API_KEYS', 'CUSTOM_HEADERS', 'BASE_URL', 'PROXIES', 'PROVIDERS_CONFIG']) {
    await server.waitForOutput(new RegExp(`"msg":"${name}`));
  }
  const from = server.stdout().length;
  await server.writeEnvFile(envFile({ ...settings, API_KEYS: [secret('goodKey'), broken] }));
  await server.waitForOutput(/settings applied/, { from });

  const requests = answers.length / 2;
  await waitFor(() => countRows(databaseFile(server), 'RequestLog') >= requests - 4, { what: 'the rows' });
  expect(countRows(databaseFile(server), 'ErrorLog')).toBeGreaterThan(20);
  await waitFor(() => countRows(databaseFile(server), 'ApiKey') === 2 + Object.keys(failures).length, {
    what: 'keys',
  });
  const files = () =>
    readdirSync(dataDir)
      .filter((name) => name.startsWith('default_db'))
      .map((name) => readFileSync(join(dataDir, name)).toString('latin1'));
  const whileRunning = files();
  expect(whileRunning.length).toBeGreaterThan(1);
  await server.stop();

  const places = {
    output: server.stdout(),
    answers: answers.join('\n'),
    'database while running': whileRunning.join('\n'),
    'database afterwards': files().join('\n'),
  };
  // The search itself works: what may be shown is there.
  expect(places.output).toContain('Incorrect API key provided: sk-0re');
  expect(places['database afterwards']).toContain('Incorrect API key provided: sk-0re');
  const leaks = Object.entries(places).flatMap(([place, text]) =>
    Object.entries(secrets)
      .filter(([, value]) => text.includes(value))
      .map(([name]) => `${name} in ${place}`),
  );
  expect(leaks).toEqual([]);
});
