import Database from 'better-sqlite3';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { reply, type Reply } from '../support/scripted-upstream';
import type { TempDir } from '../support/temp-dir';
import { tempDir } from '../support/temp-dir';
import { startStage, type Stage } from './stage';

export const LONG_MODEL = 'accounts/fireworks/models/llama-v3p1-405b-instruct-long-context-v2';
const MODELS = [LONG_MODEL, 'Qwen/Qwen3-235B-A22B-Instruct-2507-FP8-long-context-128k-tuned', 'gpt-4o-mini'];
/** 40 characters each. */
const LONG_NAME = 'Fireworks-Produktion-Frankfurt-Team-Blau';
const LONG_SLUG = 'fireworks-produktion-frankfurt-team-blau';
const CHINESE_NAME = '火山引擎方舟大模型服务平台华东生产环境账号备用线路一百二十三号机房专用通道第七组';
const CHINESE_SLUG = 'volcengine-ark-east-production-backup-07';
/** Without a space, as stack traces and tokens in messages are. */
const LONG_WORD = 'upstream_connect_error/disconnect/reset_before_headers:'.padEnd(
  500,
  'abcdefghij0123456789',
);
const LONG_TEXT = 'The engine is currently overloaded, please try again later. '.repeat(9).slice(0, 500);
const MILLIONS = 1_234_567;

export interface CrowdedStage extends Stage {
  readonly keyIds: readonly string[];
  readonly providerId: string;
  readonly proxyIds: readonly string[];
}

/** A gateway in which every name, address, reason and number is about as long as real ones get. */
export async function startCrowdedStage(): Promise<CrowdedStage> {
  const data = await tempDir('crowded');
  const first = await startStage({}, { dataDir: data.path });
  await fill(first);
  await first.server.stop();
  await multiply(data);
  const stage = await startStage({}, { dataDir: data.path, upstream: first.upstream });
  const idsOf = async (list: string) => {
    const { items } = await stage.admin<{ items: { id: string }[] }>('GET', list);
    return items.map(({ id }) => id);
  };
  const [providerId = ''] = (
    await stage.admin<{ items: { id: string; slug: string }[] }>('GET', '/providers')
  ).items
    .filter(({ slug }) => slug === LONG_SLUG)
    .map(({ id }) => id);
  return {
    ...stage,
    keyIds: await idsOf('/keys?status=disabled_auto'),
    proxyIds: await idsOf('/proxies?sort=address'),
    providerId,
    async stop() {
      await stage.stop();
      await data.remove();
    },
  };
}

async function fill(stage: Stage): Promise<void> {
  const { admin, upstream } = stage;
  upstream.fallbackReply = answer;
  await addProviders(stage);
  await addKeys(stage);
  await addProxies(stage);
  for (const name of ['令牌-上海研发中心推理平台第三小组持续集成流水线自动化测试专用-2026', 'w'.repeat(40)]) {
    await admin('POST', '/tokens', { name });
  }
  await makeTraffic(stage);
  await admin('POST', '/keys/bulk', { action: 'reset', filter: { provider: CHINESE_SLUG } });
}

async function addProviders({ admin, upstream }: Stage): Promise<void> {
  await admin('POST', '/providers', {
    name: CHINESE_NAME,
    slug: CHINESE_SLUG,
    baseUrl: upstream.baseUrl,
    testModel: LONG_MODEL,
  });
  await admin('POST', '/providers', {
    name: LONG_NAME,
    slug: LONG_SLUG,
    baseUrl: `${upstream.baseUrl}/a/long/path/of/an/internal/gateway/of/gateways/openai/deployments/v1`,
    testModel: LONG_MODEL,
    customHeaders: { 'X-Fireworks-Account-And-Deployment-Name': 'accounts/frankfurt/deployments/0123456789' },
    fallbacks: [CHINESE_SLUG, 'default'],
  });
}

async function addKeys({ admin, upstream }: Stage): Promise<void> {
  const keys = (prefix: string, count: number) =>
    Array.from({ length: count }, (_, index) => `${prefix}-${String(index).padStart(24, '0')}`);
  const note = `team-blau/${'0123456789'.repeat(30)} ${'shared by the whole of the team '.repeat(10)}`;
  const tags = Array.from({ length: 20 }, (_, index) => `${index}-${'W'.repeat(37)}`);
  const bad = ['sk-revoked-0000000000000000000001', 'sk-revoked-0000000000000000000002'];
  for (const key of bad)
    upstream.forKey(key, reply.error(401, { message: LONG_WORD, code: 'invalid_api_key' }));
  upstream.forKey('sk-limited-000000000000000000001', reply.rateLimited({ retryAfter: '86000' }));
  await admin('POST', '/keys/import', {
    provider: 'default',
    text: [...bad, ...keys('sk-good', 60)].join('\n'),
    note,
    tags,
  });
  await admin('POST', '/keys/import', {
    provider: LONG_SLUG,
    text: ['sk-limited-000000000000000000001', ...keys('fw', 5)].join('\n'),
    note,
  });
  await admin('POST', '/keys/import', {
    provider: CHINESE_SLUG,
    text: keys('ark', 5).join('\n'),
    note,
    tags,
  });
}

async function addProxies({ admin }: Stage): Promise<void> {
  const user = 'customer-acme-corporation-country-de-city-frankfurt-session-0123456789-time-30';
  const slugs = (await admin<{ items: { slug: string }[] }>('GET', '/providers')).items.map(
    ({ slug }) => slug,
  );
  await admin('POST', '/routes', {
    routes: ['schnelle-antworten-fuer-alle-produktionssysteme-in-frankfurt-und-muenchen', 'claude-*'].map(
      (name) => ({
        name,
        targets: slugs.slice(0, 8).map((provider, index) => ({
          provider,
          model: `accounts/ein-sehr-langer-name/models/llama-v3p3-70b-instruct-turbo-${index}`,
          tier: 1 + (index % 2),
        })),
        on: ['context_length', 'content_policy'],
        firstTokenTimeout: 2.5,
      }),
    ),
  });
  await admin('POST', '/proxies', {
    text: [
      `http://${user}:secret@127.0.0.1:9`,
      `socks5h://${user}:secret@[::ffff:127.0.0.1]:10`,
      'http://[2001:db8:85a3:8d3:1319:8a2e:370:7348]:18080',
    ].join('\n'),
    isShared: false,
    note: 'rack-4/'.padEnd(120, 'x'),
  });
  const { items } = await admin<{ items: { id: string; address: string }[] }>('GET', '/proxies');
  // Nothing here may dial an address that is not of this machine.
  const local = items.filter(({ address }) => address.includes('127.0.0.1'));
  for (const { id } of local) await admin('POST', `/proxies/${id}/test`);
}

/** What the upstream says, by what it is asked for. */
const answer: Reply = (request, response) => {
  if (request.url.endsWith('/models')) {
    const data = MODELS.map((id) => ({ id, object: 'model', created: 0, owned_by: LONG_NAME }));
    return reply.json(200, { object: 'list', data })(request, response);
  }
  const { model } = JSON.parse(request.body.toString()) as { model: string };
  if (model.startsWith('fail-')) return reply.error(503, { message: LONG_WORD })(request, response);
  if (model.startsWith('busy-')) return reply.error(503, { message: LONG_TEXT })(request, response);
  if (model.startsWith('wrong-')) return reply.error(400, { message: LONG_WORD })(request, response);
  return reply.healthy(request, response);
};

async function makeTraffic({ chat }: Stage): Promise<void> {
  for (let index = 0; index < 150; index += 1) await chat(MODELS[index % MODELS.length]);
  for (let index = 0; index < 8; index += 1) await chat(LONG_MODEL, `/${LONG_SLUG}/v1`);
  for (let index = 0; index < 4; index += 1) await chat(LONG_MODEL, `/${CHINESE_SLUG}/v1`);
  for (const kind of ['fail-', 'busy-', 'wrong-']) {
    await chat(`${kind}${LONG_MODEL}`);
    await chat(`${kind}${LONG_MODEL}`, `/${LONG_SLUG}/v1`);
  }
}

/** As if all of it had happened a million times. */
async function multiply({ path }: TempDir): Promise<void> {
  const [name = ''] = (await readdir(path)).filter((file) => file.endsWith('.sqlite'));
  const database = new Database(join(path, name), { fileMustExist: true });
  const times = (...columns: string[]) =>
    columns.map((column) => `"${column}" = "${column}" * ${MILLIONS}`).join(', ');
  const tokens = ['promptTokens', 'completionTokens'];
  database.exec(
    `UPDATE "UsageRollup" SET ${times('requests', ...tokens, 'durationMsSum', 'ttfbMsSum', 'ttfbCount')}`,
  );
  database.exec(`UPDATE "ApiKey" SET ${times('requestCount', 'errorCount')}`);
  database.exec(`UPDATE "ClientToken" SET ${times('requestCount')}`);
  database.exec(`UPDATE "RequestLog" SET ${times(...tokens)}`);
  database.close();
}
