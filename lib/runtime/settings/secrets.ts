import { createHash, randomBytes, scryptSync } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, renameSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * What the program makes for itself on its first start, kept in `DATA_DIR/secrets.json`, readable by its owner only.
 */
interface MadeSecrets {
  readonly encryptionKey?: string | undefined;
  /** The secret that is being replaced. */
  readonly oldEncryptionKey?: string | undefined;
  readonly clientToken?: string;
}

export class SecretsFile {
  readonly path: string;
  #secrets: MadeSecrets;
  #proposedToken: string | undefined;

  /** Throws if the file is there but cannot be read: a new encryption key would lock every stored key away. */
  constructor(private readonly dataDir: string) {
    this.path = join(dataDir, 'secrets.json');
    this.#secrets = readSecrets(this.path);
  }

  /** The configured key, or the one made at the first start. 32 bytes. */
  encryptionKey(configured: string): Buffer {
    if (configured !== '') return deriveKey(configured);
    if (this.#secrets.encryptionKey === undefined) {
      this.#saveFirst({ encryptionKey: randomBytes(32).toString('hex') });
    }
    return deriveKey(this.#secrets.encryptionKey ?? '');
  }

  /** Which key that is, in words. */
  encryptionKeyFrom(configured: string): string {
    return configured === '' ? `the one made at its first start, in ${this.path}` : 'that of ENCRYPTION_KEY';
  }

  /** Keys that something may still be encrypted with: the former ones, and the made one once another is configured. */
  oldEncryptionKeys(configured: string, configuredOld: string): Buffer[] {
    const { encryptionKey = '', oldEncryptionKey = '' } = this.#secrets;
    const made = configured === '' ? [oldEncryptionKey] : [encryptionKey, oldEncryptionKey];
    return [configuredOld, ...made].filter((text) => text !== '').map(deriveKey);
  }

  /** Whether the made key is being replaced by another made one. */
  get isReplacingKey(): boolean {
    return this.#secrets.oldEncryptionKey !== undefined;
  }

  /** Makes another key; the one so far stays known until `forgetOldKeys`. */
  makeNewKey(): void {
    const { encryptionKey } = this.#secrets;
    if (encryptionKey === undefined || this.isReplacingKey) return;
    this.#save({ oldEncryptionKey: encryptionKey, encryptionKey: randomBytes(32).toString('hex') });
  }

  /** Nothing is encrypted with the former keys any more. `isConfigured`: the present one is not the made one. */
  forgetOldKeys(isConfigured: boolean): void {
    this.#save({ oldEncryptionKey: undefined, ...(isConfigured && { encryptionKey: undefined }) });
  }

  /** The client token that is kept here, else one that is written nowhere yet. */
  get proposedToken(): string {
    this.#proposedToken ??= `sk-balance-${randomBytes(24).toString('base64url')}`;
    return this.#secrets.clientToken ?? this.#proposedToken;
  }

  /** Keeps the client token that is used when none is configured; `isNew` if it was not kept here before. */
  clientToken(token = this.proposedToken): { readonly token: string; readonly isNew: boolean } {
    const isNew = this.#secrets.clientToken !== token;
    if (isNew) this.#save({ clientToken: token });
    return { token, isNew };
  }

  #save(more: MadeSecrets): void {
    this.#secrets = { ...this.#secrets, ...more };
    renameSync(this.#unfinished(this.#secrets), this.path);
  }

  /** If another process has made the file meanwhile, what that says holds. */
  #saveFirst(more: MadeSecrets): void {
    const unfinished = this.#unfinished({ ...this.#secrets, ...more });
    try {
      linkSync(unfinished, this.path);
      this.#secrets = { ...this.#secrets, ...more };
    } catch {
      // It is there already, or this file system has no links.
      const present = readSecrets(this.path);
      this.#secrets = { ...more, ...this.#secrets, ...present };
      if (present.encryptionKey === undefined) this.#save({});
    }
    unlinkSync(unfinished);
  }

  /** A file beside it, with all that is to be in it: nobody ever reads a half one. */
  #unfinished(secrets: MadeSecrets): string {
    mkdirSync(this.dataDir, { recursive: true });
    const path = `${this.path}.${randomBytes(6).toString('hex')}`;
    writeFileSync(path, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
    return path;
  }
}

function readSecrets(path: string): MadeSecrets {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw error;
  }
  try {
    return JSON.parse(text) as MadeSecrets;
  } catch {
    throw new Error(`${path} is not valid JSON. Restore it from a backup: it holds the encryption key.`);
  }
}

/** 64 hex digits or 32 bytes in base64 are taken as they are; anything else is a passphrase. */
function deriveKey(configured: string): Buffer {
  if (/^[0-9a-f]{64}$/i.test(configured)) return Buffer.from(configured, 'hex');
  if (/^[A-Za-z0-9+/_-]{43}=?$/.test(configured)) return Buffer.from(configured, 'base64');
  const salt = createHash('sha256').update('openai-balance encryption key').digest();
  return scryptSync(configured, salt, 32);
}
