import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SecretsFile } from '../../../../lib/runtime/settings/secrets';
import { tempDir, type TempDir } from '../../../support/temp-dir';

let folder: TempDir;
let dataDir: string;

beforeEach(async () => {
  folder = await tempDir('secrets');
  dataDir = join(folder.path, 'made', 'on-the-way');
});

afterEach(() => folder.remove());

describe('a configured ENCRYPTION_KEY', () => {
  const hex = '00112233445566778899aabbccddeeff00112233445566778899aabbccddee99';
  const key = (configured: string) => new SecretsFile(dataDir).encryptionKey(configured);

  it('is the bytes that hex digits or base64, padded or not, stand for', () => {
    const bytes = Buffer.from(hex, 'hex');
    expect(key(hex)).toEqual(bytes);
    expect(key(hex.toUpperCase())).toEqual(bytes);
    expect(key(bytes.toString('base64'))).toEqual(bytes);
    expect(key(bytes.toString('base64').replace('=', ''))).toEqual(bytes);
    expect(key(bytes.toString('base64url'))).toEqual(bytes);
  });

  it('is derived from any other text: always the same 32 bytes, and others for another text', () => {
    const passphrases = [
      'correct horse battery staple',
      'correct horse battery staplf',
      hex.slice(1),
      `${hex}0`,
    ];
    const derived = passphrases.map((text) => key(text).toString('hex'));
    expect(derived.every((text) => /^[0-9a-f]{64}$/.test(text))).toBe(true);
    expect(new Set(derived)).toHaveLength(passphrases.length);
    expect(passphrases.map((text) => key(text).toString('hex'))).toEqual(derived);
  });

  it('is written nowhere', () => {
    key(hex);
    expect(() => statSync(dataDir)).toThrow('ENOENT');
  });
});

describe('what is made', () => {
  it('is made once, and read again by the next start', () => {
    const first = new SecretsFile(dataDir);
    const encryptionKey = first.encryptionKey('');
    const { token, isNew } = first.clientToken();
    expect(encryptionKey).toHaveLength(32);
    expect(token).toMatch(/^sk-balance-[\w-]{32}$/);
    expect(isNew).toBe(true);
    expect(first.clientToken()).toEqual({ token, isNew: false });

    const second = new SecretsFile(dataDir);
    expect(second.encryptionKey('')).toEqual(encryptionKey);
    expect(second.clientToken()).toEqual({ token, isNew: false });
  });

  it('is the same for two processes that make it at the same moment in one folder', () => {
    // Both have seen that there is no file yet.
    const [first, second] = [new SecretsFile(dataDir), new SecretsFile(dataDir)];
    const key = first.encryptionKey('');
    first.clientToken();
    expect(second.encryptionKey('')).toEqual(key);
    expect(second.clientToken()).toEqual({ ...first.clientToken(), isNew: false });
    expect(new SecretsFile(dataDir).encryptionKey('')).toEqual(key);
    expect(readdirSync(dataDir)).toEqual(['secrets.json']);
  });

  it('is made where the file is there for something else', () => {
    new SecretsFile(dataDir).clientToken();
    const key = new SecretsFile(dataDir).encryptionKey('');
    const again = new SecretsFile(dataDir);
    expect(again.encryptionKey('')).toEqual(key);
    expect(again.clientToken().isNew).toBe(false);
    expect(readdirSync(dataDir)).toEqual(['secrets.json']);
  });

  it('keeps a client token that it is given, in the place of the one that it had', () => {
    const secrets = new SecretsFile(dataDir);
    const { token } = secrets.clientToken();
    expect(secrets.clientToken('sk-balance-shared')).toEqual({ token: 'sk-balance-shared', isNew: true });
    expect(secrets.clientToken('sk-balance-shared').isNew).toBe(false);
    expect(new SecretsFile(dataDir).proposedToken).toBe('sk-balance-shared');
    expect(token).not.toBe('sk-balance-shared');
  });

  it('differs from one installation to the next', () => {
    const others = ['a', 'b'].map((name) => new SecretsFile(join(dataDir, name)));
    expect(others[0]?.encryptionKey('')).not.toEqual(others[1]?.encryptionKey(''));
    expect(others[0]?.clientToken().token).not.toEqual(others[1]?.clientToken().token);
  });

  it('is kept in a file for its owner only, with nothing beside it', () => {
    const secrets = new SecretsFile(dataDir);
    secrets.encryptionKey('');
    secrets.clientToken();
    expect(readdirSync(dataDir)).toEqual(['secrets.json']);
    expect(statSync(secrets.path).mode & 0o777).toBe(0o600);
    expect(Object.keys(JSON.parse(readFileSync(secrets.path, 'utf8')) as object)).toEqual([
      'encryptionKey',
      'clientToken',
    ]);
  });

  it('is never made anew over a file that cannot be read', () => {
    const file = join(folder.path, 'secrets.json');
    writeFileSync(file, '{"encryptionKey": "abc');
    expect(() => new SecretsFile(folder.path)).toThrow(`${file} is not valid JSON`);
    expect(readFileSync(file, 'utf8')).toBe('{"encryptionKey": "abc');
  });
});
