import { createCipheriv, createDecipheriv, randomBytes, scrypt, type ScryptOptions } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { failed } from './failure';

/** Begins every backup: name and version of the format. */
const MAGIC = Buffer.from('openai-balance backup 1\n');
const SALT_BYTES = 16;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** 128 MB and about half a second for each guess at the passphrase. */
const SCRYPT: ScryptOptions = { N: 2 ** 17, r: 8, p: 1, maxmem: 2 ** 28 };

const derive = promisify<string, Buffer, number, ScryptOptions, Buffer>(scrypt);
const pack = promisify<Buffer, Buffer>(gzip);
const unpack = promisify<Buffer, Buffer>(gunzip);

/** Magic, salt, nonce, tag; then, compressed and under AES-256-GCM with a key made by scrypt, the content as JSON. */
export async function sealBackup(content: unknown, passphrase: string): Promise<Buffer> {
  const salt = randomBytes(SALT_BYTES);
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', await keyOf(passphrase, salt), nonce);
  cipher.setAAD(MAGIC);
  const packed = await pack(Buffer.from(JSON.stringify(content)));
  const body = Buffer.concat([cipher.update(packed), cipher.final()]);
  return Buffer.concat([MAGIC, salt, nonce, cipher.getAuthTag(), body]);
}

/** Fails with a clear word on a wrong passphrase, on a file that is no backup, and on one that was changed or cut. */
export async function openBackup(file: Buffer, passphrase: string): Promise<unknown> {
  if (!file.subarray(0, MAGIC.length).equals(MAGIC)) throw failed('This is no backup of this program.');
  let at = MAGIC.length;
  const take = (bytes: number): Buffer => file.subarray(at, (at += bytes));
  const [salt, nonce, tag] = [take(SALT_BYTES), take(NONCE_BYTES), take(TAG_BYTES)];
  const key = await keyOf(passphrase, salt);
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(MAGIC);
    decipher.setAuthTag(tag);
    const packed = Buffer.concat([decipher.update(file.subarray(at)), decipher.final()]);
    return JSON.parse((await unpack(packed)).toString()) as unknown;
  } catch {
    throw failed('The passphrase is wrong, or the file is damaged.');
  }
}

function keyOf(passphrase: string, salt: Buffer): Promise<Buffer> {
  return derive(passphrase.normalize('NFKC'), salt, 32, SCRYPT);
}
