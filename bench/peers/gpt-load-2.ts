import { baseUrl, keysOf } from '../contenders';
import { Program } from '../program';
import { PLAIN_MODELS, STREAMED_MODELS } from '../traffic';
import { goProgram } from './go-program';
import { ask, KEYS, PASSWORD, type Peer } from './peer';

/** Its coming version: an access key leads to its group, whose keys are scheduled. */
export const gptLoad2: Peer = {
  name: 'gpt-load-2',
  setUp: `built from its branch as its README says: SQLite, ${KEYS} keys in a group, its request log; it serves chats alone as yet`,
  async start({ folder, port, origins, core }) {
    const { command, version } = goProgram({
      name: 'gpt-load-2',
      repository: 'https://github.com/tbphp/gpt-load.git',
      ref: 'v2',
      path: process.env.PEER_GPT_LOAD_2,
    });
    const tokens = { plain: '', streams: '' };
    const program = await Program.start({
      command,
      args: [],
      cwd: folder,
      core,
      env: { HOST: '127.0.0.1', PORT: String(port), AUTH_KEY: PASSWORD },
      logFile: `${folder}/output.log`,
      readyUrl: `http://127.0.0.1:${port}/health`,
      async setUp() {
        const api = `http://127.0.0.1:${port}/api`;
        for (const lane of ['plain', 'streams'] as const) {
          tokens[lane] = await addGroup(api, lane, baseUrl(origins, lane));
        }
      },
    });
    return {
      name: 'gpt-load-2',
      version,
      program,
      target: (lane, endpoint) => ({
        port,
        path: `/v1${endpoint}`,
        headers: { authorization: `Bearer ${lane === 'streams' ? tokens.streams : tokens.plain}` },
      }),
    };
  },
};

/** Returns the key that leads to the group. */
async function addGroup(api: string, lane: 'plain' | 'streams', url: string): Promise<string> {
  const headers = { authorization: `Bearer ${PASSWORD}` };
  const models = lane === 'plain' ? PLAIN_MODELS : STREAMED_MODELS;
  const group = await ask<{ data: { group_id: number } }>(`${api}/groups`, {
    headers,
    body: {
      name: lane,
      upstream_url: url.replace(/\/v1$/, ''),
      protocols: ['openai'],
      models: models.map((id) => ({ id, alias: '' })),
      keys: keysOf(lane, KEYS).join('\n'),
    },
  });
  const filters = { groups: [group.data.group_id], protocols: [], models: [] };
  const { data } = await ask<{ data: { key: string } }>(`${api}/access-keys`, {
    headers,
    body: { name: lane, filters },
  });
  return data.key;
}
