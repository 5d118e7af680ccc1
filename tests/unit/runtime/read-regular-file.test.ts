import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readRegularFile } from '../../../lib/runtime/read-regular-file';
import { tempDir } from '../../support/temp-dir';

let folder: Awaited<ReturnType<typeof tempDir>>;
beforeEach(async () => (folder = await tempDir('file')));
afterEach(() => folder.remove());

const limits = { bytesMax: 10, timeoutMs: 20_000, known: '' };
const path = () => join(folder.path, 'list.json');

it('reads a file, and not again while it is the same', async () => {
  await writeFile(path(), '0123456789');
  const read = await readRegularFile(path(), limits);
  expect(read?.bytes.toString()).toBe('0123456789');
  expect(await readRegularFile(path(), { ...limits, known: read?.version ?? '' })).toBeUndefined();
  await writeFile(path(), '01234');
  const again = await readRegularFile(path(), { ...limits, known: read?.version ?? '' });
  expect(again?.bytes.toString()).toBe('01234');
});

it('reads no more than it may', async () => {
  await writeFile(path(), '0123456789+');
  await expect(readRegularFile(path(), limits)).rejects.toThrow('it is larger than 10 bytes');
});

it('opens nothing that is no regular file', async () => {
  await expect(readRegularFile(path(), limits)).rejects.toThrow('there is no such file');
  await mkdir(path());
  await expect(readRegularFile(path(), limits)).rejects.toThrow('it is a folder');
});

it.skipIf(process.platform === 'win32')('opens no device and no pipe', async () => {
  await expect(readRegularFile('/dev/zero', limits)).rejects.toThrow('it is no regular file');
  execFileSync('mkfifo', [path()]);
  await expect(readRegularFile(path(), limits)).rejects.toThrow('it is no regular file');
});

it('gives up when its time is over, and starts nothing beside what still runs', async () => {
  await writeFile(path(), '0123456789');
  const both = [readRegularFile(path(), { ...limits, timeoutMs: 0 }), readRegularFile(path(), limits)];
  const [, second] = await Promise.allSettled(both);
  expect(second).toMatchObject({ reason: new Error('it cannot be read in time') });
});
