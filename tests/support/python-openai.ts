import { execFile, spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { resultOf } from './command';
import { tieToTestProcess } from './server';

const PYTHON = 'python3';
const repositoryDir = fileURLToPath(new URL('../..', import.meta.url));
const scripts = `${repositoryDir}tests/support/python`;

/** Whether packages for Python can be installed here. */
export const hasPip = spawnSync(PYTHON, ['-m', 'pip', '--version'], { stdio: 'ignore' }).status === 0;

/** OpenAI's own client for Python, installed once for all runs; resolves with the folder that has it. */
export async function pythonOpenai(): Promise<string> {
  const requirements = `${scripts}/requirements.txt`;
  const [, version = ''] = /openai==(\S+)/.exec(readFileSync(requirements, 'utf8')) ?? [];
  const cache = `${repositoryDir}node_modules/.cache/python`;
  const folder = `${cache}/openai-${version}`;
  if (existsSync(folder)) return folder;
  await mkdir(cache, { recursive: true });
  const fresh = `${folder}.${process.pid}`;
  const options = ['--quiet', '--no-input', '--disable-pip-version-check', '--target', fresh];
  await promisify(execFile)(PYTHON, ['-m', 'pip', 'install', ...options, '--requirement', requirements]);
  // Somebody else may have been as quick.
  await rename(fresh, folder).catch(() => rm(fresh, { recursive: true, force: true }));
  return folder;
}

/** Runs one of the scripts for Python with the client in a folder; resolves with the JSON that it writes. */
export async function runPython(
  folder: string,
  script: string,
  args: readonly string[],
  input: unknown = null,
): Promise<unknown> {
  const { PATH } = process.env;
  const child = spawn(PYTHON, [`${scripts}/${script}`, ...args], {
    env: { PATH, PYTHONPATH: folder, PYTHONDONTWRITEBYTECODE: '1', NODE_ENV: 'test' },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  tieToTestProcess(child);
  const { code, stdout, stderr } = await resultOf(child, JSON.stringify(input));
  if (code !== 0) throw new Error(`${script} ended with ${code}: ${stderr}`);
  return JSON.parse(stdout);
}
