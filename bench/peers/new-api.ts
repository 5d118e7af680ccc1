import { baseUrl, keysOf, type Origins } from '../contenders';
import { Program } from '../program';
import { PLAIN_MODELS, STREAMED_MODELS } from '../traffic';
import { goProgram } from './go-program';
import { ask, KEYS, PASSWORD, type Peer } from './peer';

const OPENAI_TYPE = 1;
const RANDOM_KEY = 'random';

/** new-api: a channel for each provider, with many keys; models lead to channels. */
export const newApi: Peer = {
  name: 'new-api',
  setUp: `as its first run sets it up, for oneself: SQLite, ${KEYS} keys in a channel, its log of requests; its refusal of requests at 90 % CPU is off; an empty page for its dashboard`,
  async start({ folder, port, origins, core }) {
    const path = process.env.PEER_NEW_API;
    if (path === undefined) throw new Error('PEER_NEW_API does not say where its sources or its program are');
    const { command, version } = goProgram({ name: 'new-api', path, page: 'web/dist/index.html' });
    let key = '';
    const program = await Program.start({
      command,
      args: ['--port', String(port), '--log-dir', `${folder}/logs`],
      cwd: folder,
      core,
      env: { SESSION_SECRET: PASSWORD, GIN_MODE: 'release' },
      logFile: `${folder}/output.log`,
      readyUrl: `http://127.0.0.1:${port}/api/status`,
      async setUp() {
        key = await firstRun(`http://127.0.0.1:${port}/api`, origins);
      },
    });
    return {
      name: 'new-api',
      version,
      program,
      target: (_lane, endpoint) => ({
        port,
        path: `/v1${endpoint}`,
        headers: { authorization: `Bearer sk-${key}` },
      }),
    };
  },
};

/** Its first run, two channels and a token, as its dashboard does that. Returns the token. */
async function firstRun(api: string, origins: Origins): Promise<string> {
  const user = { username: 'root', password: PASSWORD };
  await succeed(`${api}/setup`, { ...user, confirmPassword: PASSWORD, SelfUseModeEnabled: true });
  const { access_token } = await succeed<{ access_token: string }>(`${api}/user/login`, user);
  const headers = { authorization: `Bearer ${access_token}` };
  await succeed(`${api}/channel/`, channel('plain', origins, PLAIN_MODELS), headers);
  await succeed(`${api}/channel/`, channel('streams', origins, STREAMED_MODELS), headers);
  // By default it refuses requests while the machine's CPU is at 90 %: that is just what full load is.
  const option = { key: 'performance_setting.monitor_enabled', value: false };
  await succeed(`${api}/option/`, option, headers, 'PUT');
  await succeed(`${api}/token/`, { name: 'bench', expired_time: -1, unlimited_quota: true }, headers);
  const tokens = await succeed<{ items: { id: number }[] }>(`${api}/token/`, undefined, headers);
  const { key } = await succeed<{ key: string }>(`${api}/token/${tokens.items[0]?.id}/key`, {}, headers);
  return key;
}

function channel(name: 'plain' | 'streams', origins: Origins, models: readonly string[]): object {
  return {
    mode: 'multi_to_single',
    multi_key_mode: RANDOM_KEY,
    channel: {
      name,
      type: OPENAI_TYPE,
      key: keysOf(name, KEYS).join('\n'),
      // It adds /v1 by itself.
      base_url: baseUrl(origins, name).replace(/\/v1$/, ''),
      models: models.join(','),
      group: 'default',
      status: 1,
    },
  };
}

/** It says failure in the body of a 200. */
async function succeed<T>(
  url: string,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
  method?: string,
): Promise<T> {
  const { success, message, data } = await ask<{ success: boolean; message: string; data: T }>(url, {
    headers,
    body,
    ...(method !== undefined && { method }),
  });
  if (!success) throw new Error(`${url}: ${message}`);
  return data;
}
