import { execFileSync } from 'node:child_process';
import { tempDir } from './temp-dir';

/** A file system of its own, small enough to be filled at once. Only root may mount one, and not everywhere. */
export function mountSmallDisk(path: string, megabytes: number): boolean {
  try {
    const options = ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', path];
    execFileSync('mount', options, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

export function unmount(path: string): void {
  execFileSync('umount', [path]);
}

/** Whether one can be mounted here; says so if not. */
export async function canMountSmallDisk(): Promise<boolean> {
  const probe = await tempDir('mount');
  const canMount = mountSmallDisk(probe.path, 1);
  if (canMount) unmount(probe.path);
  else console.warn('NOT TESTED: a full disk, because nothing can be mounted here');
  await probe.remove();
  return canMount;
}
