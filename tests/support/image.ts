import { execFile } from 'node:child_process';
import { chmod, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { DockerfileParser, Env, type Instruction } from 'dockerfile-ast';
import { copyFiles, linkPackages, repositoryFiles } from './fresh-copy';
import { tempDir } from './temp-dir';

const run = promisify(execFile);
const repositoryDir = fileURLToPath(new URL('../..', import.meta.url));

export interface Image extends FinalStage {
  /** What the final stage has in /app; only its owner may write there. */
  readonly appDir: string;
  remove(): Promise<void>;
}

interface FinalStage {
  readonly env: Readonly<Record<string, string>>;
  readonly command: readonly string[];
  readonly healthcheck: readonly string[];
}

/** A command that drops the privileges of root for good; none for others, who have none. */
export const unprivileged: readonly string[] =
  process.getuid?.() === 0
    ? ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', '--no-new-privs', '--bounding-set=-all']
    : [];

/**
 * Carries out the Dockerfile without Docker: what .dockerignore lets in is put into a folder of its own, and the step
 * that builds is run there as it is written.
 */
export async function buildImage(): Promise<Image> {
  const folder = await tempDir('image');
  await chmod(folder.path, 0o755);
  const context = join(folder.path, 'build');
  const output = join(folder.path, 'image');
  await copyFiles(await contextFiles(), context);
  await linkPackages(context);

  const instructions = await readDockerfile();
  const build = instructions.map(argumentsOf).find((text) => text.includes('npm run build')) ?? '';
  // Node is the one of this machine, as it is.
  const script = build.replaceAll('/image/', `${output}/`).replace(/&& strip .*$/s, '');
  await run('bash', ['-ec', script], { cwd: context });
  return { ...finalStage(instructions), appDir: join(output, 'app'), remove: () => folder.remove() };
}

/** Files of this repository, committed or new, that .dockerignore lets in. */
export async function contextFiles(): Promise<string[]> {
  const rules = (await readFile(join(repositoryDir, '.dockerignore'), 'utf8')).split('\n');
  const isLetIn = new Set(rules.flatMap((rule) => (rule.startsWith('!') ? [rule.slice(1)] : [])));
  return (await repositoryFiles()).filter((path) => isLetIn.has(path.split('/')[0] ?? ''));
}

export async function readDockerfile(): Promise<Instruction[]> {
  const text = await readFile(join(repositoryDir, 'Dockerfile'), 'utf8');
  return DockerfileParser.parse(text).getInstructions();
}

/** What follows the keyword, on one line and without comments. */
export function argumentsOf(instruction: Instruction): string {
  return (instruction.getRawArgumentsContent() ?? '').replaceAll(/\n\s*#.*/g, '').replaceAll(/\\\n\s*/g, '');
}

function finalStage(instructions: readonly Instruction[]): FinalStage {
  const env: Record<string, string> = {};
  for (const instruction of instructions) {
    if (!(instruction instanceof Env)) continue;
    for (const property of instruction.getProperties()) env[property.getName()] = property.getValue() ?? '';
  }
  const listOf = (keyword: string): string[] => {
    const instruction = instructions.find((candidate) => candidate.getKeyword() === keyword);
    const list = instruction && /\[.*\]/s.exec(argumentsOf(instruction))?.[0];
    return JSON.parse(list ?? '[]') as string[];
  };
  return { env, command: listOf('CMD'), healthcheck: listOf('HEALTHCHECK') };
}
