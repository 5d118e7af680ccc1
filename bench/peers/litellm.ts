import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { baseUrl, keysOf, type Origins } from '../contenders';
import { Program } from '../program';
import { PLAIN_MODELS, STREAMED_MODELS } from '../traffic';
import { BUILT } from './go-program';
import { KEYS, PASSWORD, type Peer } from './peer';

const VERSION = '1.106.12';
const VENV = join(BUILT, `litellm-${VERSION}`);
const COMMAND = join(VENV, 'bin', 'litellm');

/** LiteLLM's proxy: a deployment for each key, of which its router picks one. */
export const liteLlm: Peer = {
  name: 'litellm',
  setUp: `from pip into a venv: a \`config.yaml\` with ${KEYS} keys for a model and a master key, without a database, so without a log`,
  async start({ folder, port, origins, core }) {
    install();
    const config = join(folder, 'config.yaml');
    // JSON is YAML too.
    writeFileSync(config, JSON.stringify(configOf(origins)));
    const program = await Program.start({
      command: COMMAND,
      args: ['--config', config, '--host', '127.0.0.1', '--port', String(port)],
      cwd: folder,
      core,
      env: { LITELLM_LOCAL_MODEL_COST_MAP: 'True' },
      logFile: join(folder, 'output.log'),
      readyUrl: `http://127.0.0.1:${port}/health/liveliness`,
    });
    return {
      name: 'litellm',
      version: VERSION,
      program,
      target: (_lane, endpoint) => ({
        port,
        path: `/v1${endpoint}`,
        headers: { authorization: `Bearer ${PASSWORD}` },
      }),
    };
  },
};

function configOf(origins: Origins): object {
  const deployments = (model: string, lane: 'plain' | 'streams') =>
    keysOf(lane, KEYS).map((key) => ({
      model_name: model,
      litellm_params: { model: `openai/${model}`, api_key: key, api_base: baseUrl(origins, lane) },
    }));
  return {
    model_list: [
      ...PLAIN_MODELS.flatMap((model) => deployments(model, 'plain')),
      ...STREAMED_MODELS.flatMap((model) => deployments(model, 'streams')),
    ],
    general_settings: { master_key: PASSWORD },
  };
}

function install(): void {
  if (existsSync(COMMAND)) return;
  console.log(`installing LiteLLM ${VERSION} ...`);
  const steps: readonly (readonly [string, ...string[]])[] = [
    ['python3', '-m', 'venv', VENV],
    [join(VENV, 'bin', 'pip'), 'install', '--quiet', `litellm[proxy]==${VERSION}`],
  ];
  for (const [command, ...args] of steps) {
    const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
    if (status !== 0)
      throw new Error(`\`${command}\` failed: ${error?.message ?? stderr.trim().slice(-300)}`);
  }
}
