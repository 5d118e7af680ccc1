import { createDecipheriv, createHmac, pbkdf2Sync } from 'node:crypto';

/** Opens what gpt-load has sealed; undefined if the key is another one, or the text was never sealed. */
export type Unseal = (sealed: string) => string | undefined;

const SALT = 'gpt-load-encryption-v1';
const ROUNDS = 100_000;
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const DOMAIN_OF_2 = 'gpt-load/encryption/aes-256-gcm/v1';

/**
 * AES-256-GCM in hex, the nonce first. The key is PBKDF2-SHA256 of ENCRYPTION_KEY; version 2 derives another one of it
 * with HMAC-SHA256.
 */
export function gptLoadUnseal(encryptionKey: string, version: 1 | 2): Unseal {
  const root = pbkdf2Sync(encryptionKey, SALT, ROUNDS, KEY_BYTES, 'sha256');
  const key = version === 1 ? root : createHmac('sha256', root).update(DOMAIN_OF_2).digest();
  return (sealed) => {
    if (!looksSealed(sealed)) return undefined;
    const bytes = Buffer.from(sealed, 'hex');
    try {
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES));
      decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
      return Buffer.concat([
        decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)),
        decipher.final(),
      ]).toString();
    } catch {
      return undefined;
    }
  };
}

/** No provider's keys look so: hex of a nonce, a tag and a few bytes at least. */
export function looksSealed(text: string): boolean {
  return text.length % 2 === 0 && text.length > 2 * (NONCE_BYTES + TAG_BYTES) && /^[0-9a-f]+$/.test(text);
}
