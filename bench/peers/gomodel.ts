import { baseUrl, keysOf } from '../contenders';
import { Program } from '../program';
import { PLAIN_MODELS, STREAMED_MODELS } from '../traffic';
import { goProgram } from './go-program';
import { PASSWORD, type Peer } from './peer';

/** GoModel: a provider has one key, and models lead to providers. */
export const goModel: Peer = {
  name: 'gomodel',
  setUp:
    'environment as in its README: a master key, a key for each of two providers (it balances none), SQLite, usage ' +
    'of each request written; its audit log is off, as it is by default',
  async start({ folder, port, origins, core }) {
    const { command, version } = goProgram({
      name: 'gomodel',
      repository: 'https://github.com/ENTERPILOT/GoModel.git',
      ref: 'v0.1.22',
      path: process.env.PEER_GOMODEL,
      package: './cmd/gomodel',
    });
    const program = await Program.start({
      command,
      args: [],
      cwd: folder,
      core,
      env: {
        PORT: String(port),
        GOMODEL_MASTER_KEY: PASSWORD,
        CONFIGURED_PROVIDER_MODELS_MODE: 'allowlist',
        OPENAI_API_KEY: keysOf('plain', 1).join(''),
        OPENAI_BASE_URL: baseUrl(origins, 'plain'),
        OPENAI_MODELS: PLAIN_MODELS.join(','),
        OPENAI_STREAMS_API_KEY: keysOf('streams', 1).join(''),
        OPENAI_STREAMS_BASE_URL: baseUrl(origins, 'streams'),
        OPENAI_STREAMS_MODELS: STREAMED_MODELS.join(','),
      },
      logFile: `${folder}/output.log`,
      readyUrl: `http://127.0.0.1:${port}/health`,
    });
    return {
      name: 'gomodel',
      version,
      program,
      target: (_lane, endpoint) => ({
        port,
        path: `/v1${endpoint}`,
        headers: { authorization: `Bearer ${PASSWORD}` },
      }),
    };
  },
};
