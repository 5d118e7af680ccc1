import { baseUrl, keysOf } from '../contenders';
import { Program } from '../program';
import { goProgram } from './go-program';
import { ask, KEYS, PASSWORD, type Peer } from './peer';

/** Its 1.4 line: a group for each provider, whose keys take turns. */
export const gptLoad1: Peer = {
  name: 'gpt-load-1',
  setUp:
    `\`docker-compose.yml\` without Docker: SQLite, ${KEYS} keys in a group, its request log (written each minute), ` +
    '`MAX_CONCURRENT_REQUESTS` raised from 100 so that it may take the streams; an empty page for its dashboard',
  async start({ folder, port, origins, core }) {
    const { command, version } = goProgram({
      name: 'gpt-load-1',
      repository: 'https://github.com/tbphp/gpt-load.git',
      ref: 'v1.4.9',
      path: process.env.PEER_GPT_LOAD_1,
      page: 'web/dist/index.html',
    });
    const program = await Program.start({
      command,
      args: [],
      cwd: folder,
      core,
      env: { HOST: '127.0.0.1', PORT: String(port), AUTH_KEY: PASSWORD, MAX_CONCURRENT_REQUESTS: '10000' },
      logFile: `${folder}/output.log`,
      readyUrl: `http://127.0.0.1:${port}/health`,
      async setUp() {
        for (const lane of ['plain', 'streams'] as const) {
          await addGroup(`http://127.0.0.1:${port}/api`, lane, baseUrl(origins, lane));
        }
      },
    });
    return {
      name: 'gpt-load-1',
      version,
      program,
      target: (lane, endpoint) => ({
        port,
        path: `/proxy/${lane}/v1${endpoint}`,
        headers: { authorization: `Bearer ${PASSWORD}` },
      }),
    };
  },
};

async function addGroup(api: string, lane: 'plain' | 'streams', url: string): Promise<void> {
  const headers = { authorization: `Bearer ${PASSWORD}` };
  const { data } = await ask<{ data: { id: number } }>(`${api}/groups`, {
    headers,
    body: {
      name: lane,
      channel_type: 'openai',
      test_model: 'gpt-4o-mini',
      upstreams: [{ url: url.replace(/\/v1$/, ''), weight: 1 }],
      proxy_keys: PASSWORD,
    },
  });
  const body = { group_id: data.id, keys_text: keysOf(lane, KEYS).join('\n') };
  await ask(`${api}/keys/add-multiple`, { headers, body });
}
