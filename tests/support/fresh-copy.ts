import { execFile } from 'node:child_process';
import { copyFile, cp, mkdir, rename, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { tempDir } from './temp-dir';

const run = promisify(execFile);
const repositoryDir = fileURLToPath(new URL('../..', import.meta.url));

/** Files of this repository, committed or new, as a clone would have them. */
export async function repositoryFiles(): Promise<string[]> {
  const args = ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--deduplicate'];
  const { stdout } = await run('git', args, { cwd: repositoryDir, maxBuffer: 2 ** 26 });
  return stdout.split('\0').filter((path) => path !== '');
}

/** Copies files of this repository. */
export async function copyFiles(paths: readonly string[], target: string): Promise<void> {
  for (const path of paths) await cp(join(repositoryDir, path), join(target, path));
}

/** What `npm ci` does, without installing the packages again, which are those of the same lock file: links them. */
export async function linkPackages(target: string): Promise<void> {
  const packages = join(target, 'node_modules');
  await mkdir(target, { recursive: true });
  await run('cp', ['-al', join(repositoryDir, 'node_modules'), packages]);
  // npm's own lock tells by its age that they are up to date; it must not stay the same file as ours.
  const lock = join(packages, '.package-lock.json');
  await copyFile(lock, `${lock}.copy`);
  await rename(`${lock}.copy`, lock);
  const now = new Date();
  await utimes(lock, now, now);
}

/** What a clone has after `npm ci`, in a folder within one of its own. */
export async function freshCopy(): Promise<{ readonly path: string; remove(): Promise<void> }> {
  const folder = await tempDir('copy');
  const path = join(folder.path, 'openai-balance');
  await copyFiles(await repositoryFiles(), path);
  await linkPackages(path);
  return { path, remove: () => folder.remove() };
}
