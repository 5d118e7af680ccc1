import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { StoreError } from '../store-error';

const FORMAT = 1;
const KEY_ID_BYTES = 4;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const HEAD_BYTES = 1 + KEY_ID_BYTES;
const TEXT_AT = HEAD_BYTES + NONCE_BYTES + TAG_BYTES;

export interface Cipher {
  /**
   * AES-256-GCM with a random nonce. The result is format byte, 4 bytes that name the key (so that keys can be rotated
   * later), nonce, tag, text. `context` says what the text belongs to; the same context has to be given to open it, so
   * that a sealed text cannot be moved to another row.
   */
  seal(text: string, context: string): Buffer;
  /** Throws `decrypt_failed` for a wrong key, a wrong context or a changed text, never with any part of the text. */
  open(sealed: Uint8Array, context: string): string;
  /** True if it was sealed with the present key and not with an old one. */
  isCurrent(sealed: Uint8Array): boolean;
  /** HMAC-SHA256 under a key of its own, 32 bytes: equal for equal texts, tells nothing else. */
  lookup(text: string): Buffer;
}

/** What is derived from one encryption key (HKDF-SHA256). */
interface DerivedKeys {
  /** Begins every text sealed with it. */
  readonly head: Buffer;
  readonly sealKey: Buffer;
  readonly lookupKey: Buffer;
}

/** Keys are 32 bytes long. The old ones only open what was sealed with them. */
export function createCipher(encryptionKey: Buffer, oldKeys: readonly Buffer[] = []): Cipher {
  const current = deriveAll(encryptionKey);
  const known = [current, ...oldKeys.map(deriveAll)];
  const { head, sealKey, lookupKey } = current;

  return {
    seal(text, context) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', sealKey, nonce, { authTagLength: TAG_BYTES });
      cipher.setAAD(Buffer.from(context));
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return Buffer.concat([head, nonce, cipher.getAuthTag(), body]);
    },
    open(sealed, context) {
      const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
      if (bytes.length < TEXT_AT || bytes[0] !== FORMAT)
        throw new StoreError('decrypt_failed', 'Stored text is damaged');
      const key = known.find((candidate) => bytes.subarray(0, HEAD_BYTES).equals(candidate.head));
      if (key === undefined) {
        throw new StoreError('decrypt_failed', 'Stored text was encrypted with another ENCRYPTION_KEY');
      }
      const nonce = bytes.subarray(HEAD_BYTES, HEAD_BYTES + NONCE_BYTES);
      const decipher = createDecipheriv('aes-256-gcm', key.sealKey, nonce, { authTagLength: TAG_BYTES });
      decipher.setAAD(Buffer.from(context));
      decipher.setAuthTag(bytes.subarray(HEAD_BYTES + NONCE_BYTES, TEXT_AT));
      try {
        return decipher.update(bytes.subarray(TEXT_AT), undefined, 'utf8') + decipher.final('utf8');
      } catch {
        throw new StoreError('decrypt_failed', 'Stored text was changed or belongs elsewhere');
      }
    },
    isCurrent: (sealed) => head.equals(sealed.subarray(0, HEAD_BYTES)),
    lookup: (text) => createHmac('sha256', lookupKey).update(text, 'utf8').digest(),
  };
}

function deriveAll(encryptionKey: Buffer): DerivedKeys {
  if (encryptionKey.length !== 32)
    throw new StoreError('decrypt_failed', 'The encryption key must be 32 bytes long');
  return {
    head: Buffer.concat([Buffer.of(FORMAT), derive(encryptionKey, 'key-id', KEY_ID_BYTES)]),
    sealKey: derive(encryptionKey, 'seal', 32),
    lookupKey: derive(encryptionKey, 'lookup', 32),
  };
}

function derive(encryptionKey: Buffer, purpose: string, bytes: number): Buffer {
  return Buffer.from(hkdfSync('sha256', encryptionKey, '', `openai-balance/${purpose}/v1`, bytes));
}
