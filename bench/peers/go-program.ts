import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ROOT } from '../contenders';
import { whereIs } from '../program';

/** Outside of what is linted, formatted and committed. */
export const BUILT = join(ROOT, 'node_modules', '.cache', 'bench-peers');

export type GoSources = Origin & {
  readonly name: string;
  /** Of the program below the sources. Default: at their top. */
  readonly package?: string;
  /** A page that is embedded, but made by a build of its own: an empty one takes its place. */
  readonly page?: string;
};

/** Cloned at `ref`, unless `path` says where its sources are, or the built program itself. */
type Origin =
  | { readonly path: string }
  | { readonly path: string | undefined; readonly repository: string; readonly ref: string };

/** A program in Go, built from its sources unless that was done before. Throws, in one line, where that cannot be. */
export function goProgram(sources: GoSources): { readonly command: string; readonly version: string } {
  const { name, path } = sources;
  if (path !== undefined && !existsSync(path)) throw new Error(`there is no ${path}`);
  if (path !== undefined && statSync(path).isFile()) return { command: resolve(path), version: 'as given' };
  const folder = path !== undefined || !('ref' in sources) ? String(path) : cloned(sources);
  const version = versionOf(folder);
  const command = join(BUILT, `${name}-${version}`);
  if (!existsSync(command) || version.endsWith('-dirty')) build(sources, folder, command);
  return { command, version };
}

/** Its tag, or its branch and commit. */
function versionOf(folder: string): string {
  const git = (...args: readonly string[]) => run('git', args, folder);
  const dirty = git('status', '--porcelain', '--untracked-files=no') === '' ? '' : '-dirty';
  try {
    return git('describe', '--tags', '--exact-match') + dirty;
  } catch {
    return `${git('rev-parse', '--abbrev-ref', 'HEAD')}-${git('rev-parse', '--short=8', 'HEAD')}${dirty}`;
  }
}

function cloned({ name, repository, ref }: Extract<GoSources, { readonly ref: string }>): string {
  const folder = join(BUILT, 'sources', `${name}-${ref}`);
  if (existsSync(folder)) return folder;
  console.log(`fetching ${name} ${ref} ...`);
  mkdirSync(BUILT, { recursive: true });
  run('git', ['clone', '--quiet', '--depth', '1', '--branch', ref, repository, folder], BUILT);
  return folder;
}

function build({ name, package: at = '.', page }: GoSources, folder: string, command: string): void {
  console.log(`building ${name} ...`);
  mkdirSync(BUILT, { recursive: true });
  const emptyPage = join(BUILT, 'empty.html');
  const overlay = join(BUILT, `${name}.overlay.json`);
  writeFileSync(emptyPage, '<!doctype html>\n');
  const replace = page === undefined ? {} : { [resolve(folder, page)]: emptyPage };
  writeFileSync(overlay, JSON.stringify({ Replace: replace }));
  const go = whereIs('go') ?? '/usr/local/go/bin/go';
  run(go, ['build', '-overlay', overlay, '-ldflags', '-s -w', '-o', command, at], folder);
}

function run(command: string, args: readonly string[], cwd: string): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  if (status === 0) return stdout.trim();
  const [why = ''] = (error?.message ?? stderr).trim().split('\n').toReversed();
  throw new Error(`\`${command} ${args[0]}\` failed: ${why}`);
}
