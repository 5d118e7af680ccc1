import { existsSync, writeFileSync } from 'node:fs';
import { baseUrl, keysOf } from '../contenders';
import { Program } from '../program';
import { KEYS, type Peer } from './peer';

/** Bifrost's HTTP gateway, as a program that was had elsewhere: its sources are too large to fetch each time. */
export const bifrost: Peer = {
  name: 'bifrost',
  setUp: `a \`config.json\` as in its documentation: ${KEYS} keys of equal weight for a provider, SQLite, its log of requests on`,
  async start({ folder, port, origins, core }) {
    const command = process.env.PEER_BIFROST;
    if (command === undefined)
      throw new Error('PEER_BIFROST does not say where its program `bifrost-http` is');
    if (!existsSync(command)) throw new Error(`there is no ${command}`);
    writeFileSync(`${folder}/config.json`, JSON.stringify(configOf(origins)));
    const program = await Program.start({
      command,
      args: ['-app-dir', folder, '-host', '127.0.0.1', '-port', String(port)],
      cwd: folder,
      core,
      logFile: `${folder}/output.log`,
      readyUrl: `http://127.0.0.1:${port}/health`,
    });
    return {
      name: 'bifrost',
      version: 'as given',
      program,
      target: (_lane, endpoint) => ({ port, path: `/v1${endpoint}`, headers: {} }),
      modelPrefix: (lane) => (lane === 'streams' ? 'streams/' : 'openai/'),
    };
  },
};

function configOf(origins: Parameters<typeof baseUrl>[0]): object {
  const provider = (lane: 'plain' | 'streams') => ({
    keys: keysOf(lane, KEYS).map((value, index) => ({
      name: `${lane}-${index}`,
      value,
      models: ['*'],
      weight: 1,
    })),
    // It adds /v1 by itself.
    network_config: { base_url: baseUrl(origins, lane).replace(/\/v1$/, '') },
  });
  return {
    client: { enable_logging: true },
    providers: {
      openai: provider('plain'),
      streams: { ...provider('streams'), custom_provider_config: { base_provider_type: 'openai' } },
    },
    config_store: { enabled: false },
    logs_store: { enabled: true, type: 'sqlite', config: { path: './logs.db' } },
  };
}
