import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BodyFolder } from '../../../../lib/gateway/body/body-folder';
import { tempDir, type TempDir } from '../../../support/temp-dir';

let dir: TempDir;
let path: string;
beforeEach(async () => {
  dir = await tempDir('bodies');
  path = join(dir.path, 'bodies');
});
afterEach(() => dir.remove());

describe('a file of the folder', () => {
  it('gives back what was written, and has no name', async () => {
    const file = await new BodyFolder(path).create();
    await file.write([Buffer.from('abc'), Buffer.from('def')], 0);
    await file.write([Buffer.from('ghi')], 6);
    const bytes = Buffer.alloc(20);
    expect(await file.read(bytes, 2)).toBe(7);
    expect(bytes.toString('utf8', 0, 7)).toBe('cdefghi');
    expect(await readdir(path)).toEqual([]);
    expect((await stat(path)).mode & 0o777).toBe(0o700);
    await file.close();
    await file.close();
    await expect(file.read(bytes, 0)).rejects.toThrow();
  });

  it('is closed behind what is being read', async () => {
    const file = await new BodyFolder(path).create();
    await file.write([Buffer.alloc(100_000, 'x')], 0);
    const bytes = Buffer.alloc(100_000);
    const reading = file.read(bytes, 0);
    const closing = file.close();
    expect(await reading).toBe(100_000);
    await closing;
  });

  it('is refused with the error of the system where there can be no folder', async () => {
    await writeFile(path, 'no folder');
    await expect(new BodyFolder(path).create()).rejects.toMatchObject({ code: 'ENOTDIR' });
  });
});

it('removes what a crash has left, and nothing else', async () => {
  const folder = new BodyFolder(path);
  await folder.clean();
  await mkdir(path);
  const inUse = await folder.create();
  await inUse.write([Buffer.from('kept')], 0);
  await writeFile(join(path, 'body-01234567-89ab-cdef-0123-456789abcdef'), 'left');
  await writeFile(join(path, '.nfs0001'), 'of the file system');
  await new BodyFolder(path).clean();
  expect(await readdir(path)).toEqual(['.nfs0001']);
  expect(await readFile(join(path, '.nfs0001'), 'utf8')).toBe('of the file system');
  const bytes = Buffer.alloc(4);
  await inUse.read(bytes, 0);
  expect(bytes.toString()).toBe('kept');
  await inUse.close();
});
