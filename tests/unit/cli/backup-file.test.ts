import { beforeAll, describe, expect, it } from 'vitest';
import { openBackup, sealBackup } from '../../../lib/cli/backup-file';

const PASSPHRASE = 'correct horse battery staple';
const content = { rows: [['sk-secret-0123456789', 7, null]], text: 'ü'.repeat(1_000) };

describe('a backup file', () => {
  let file: Buffer;
  beforeAll(async () => {
    file = await sealBackup(content, PASSPHRASE);
  });

  it('gives back what was put in, and shows nothing of it', async () => {
    expect(await openBackup(file, PASSPHRASE)).toEqual(content);
    expect(file.includes('sk-secret')).toBe(false);
    expect(file.length).toBeLessThan(1_000);
  });

  it('takes a passphrase however it was typed: composed or not', async () => {
    const composed = await sealBackup(content, 'caf\u00e9 caf\u00e9 caf\u00e9');
    expect(await openBackup(composed, 'cafe\u0301 cafe\u0301 cafe\u0301')).toEqual(content);
  });

  it('is never the same twice', async () => {
    expect((await sealBackup(content, PASSPHRASE)).equals(file)).toBe(false);
  });

  it.each([
    ['a wrong passphrase', (good: Buffer) => good, 'incorrect horse battery staple'],
    ['one that was cut', (good: Buffer) => good.subarray(0, -1), PASSPHRASE],
    ['one that was cut to its head', (good: Buffer) => good.subarray(0, 30), PASSPHRASE],
    [
      'a changed byte',
      (good: Buffer) => Buffer.concat([good.subarray(0, 90), Buffer.of(good[90]! ^ 1), good.subarray(91)]),
      PASSPHRASE,
    ],
  ])('is refused with %s', async (_what, change, passphrase) => {
    await expect(openBackup(change(file), passphrase)).rejects.toThrow(
      /passphrase is wrong, or the file is damaged/,
    );
  });

  it('is told from other files', async () => {
    await expect(openBackup(Buffer.from('SQLite format 3\0'), PASSPHRASE)).rejects.toThrow(/no backup/);
  });
});
