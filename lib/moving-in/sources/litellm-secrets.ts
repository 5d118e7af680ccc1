import { createDecipheriv, createHash } from 'node:crypto';
import { xsalsa20poly1305 } from '@noble/ciphers/salsa.js';

/** Opens what LiteLLM has sealed; undefined if the key is another one. */
export type Unseal = (sealed: string) => string | undefined;

const GCM_PREFIX = 'v2:gcm:';
const GCM_NONCE_BYTES = 12;
const GCM_TAG_BYTES = 16;
const BOX_NONCE_BYTES = 24;
const BOX_TAG_BYTES = 16;

/**
 * NaCl's secret box, or AES-256-GCM behind a prefix, in base64url with the nonce first. The key is SHA-256 of
 * LITELLM_SALT_KEY, or of the master key if there is none.
 */
export function litellmUnseal(saltKey: string): Unseal {
  const key = createHash('sha256').update(saltKey).digest();
  return (sealed) => {
    try {
      return sealed.startsWith(GCM_PREFIX)
        ? openGcm(key, Buffer.from(sealed.slice(GCM_PREFIX.length), 'base64url'))
        : openBox(key, Buffer.from(sealed, 'base64url'));
    } catch {
      return undefined;
    }
  };
}

/**
 * What is most likely sealed: addresses and names are no base64 of so many random bytes, and a key that is looks like
 * one.
 */
export function looksSealed(text: string): boolean {
  if (text.startsWith(GCM_PREFIX)) return true;
  if (text.startsWith('sk-')) return false;
  const bytes = /^[\w+/-]+={0,2}$/.test(text) ? Buffer.from(text, 'base64url') : Buffer.alloc(0);
  return text.length % 4 === 0 && bytes.length > BOX_NONCE_BYTES + BOX_TAG_BYTES;
}

function openGcm(key: Buffer, bytes: Buffer): string {
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, GCM_NONCE_BYTES));
  decipher.setAuthTag(bytes.subarray(-GCM_TAG_BYTES));
  const text = decipher.update(bytes.subarray(GCM_NONCE_BYTES, -GCM_TAG_BYTES));
  return Buffer.concat([text, decipher.final()]).toString();
}

function openBox(key: Buffer, bytes: Buffer): string | undefined {
  if (bytes.length < BOX_NONCE_BYTES + BOX_TAG_BYTES) return undefined;
  const box = xsalsa20poly1305(key, bytes.subarray(0, BOX_NONCE_BYTES));
  return Buffer.from(box.decrypt(bytes.subarray(BOX_NONCE_BYTES))).toString();
}
