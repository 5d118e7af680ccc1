import type { Logger } from '../../process/logger';
import type { SettingRow } from '../../store/rows';
import type { Store } from '../../store/open-store';
import type { SecretsFile } from './secrets';

/** Under this name it is kept among the settings, sealed as they are. */
const ROW = 'made_client_token';

interface MadeTokenParts {
  readonly store: Pick<Store, 'settings' | 'upkeep'>;
  readonly secrets: SecretsFile;
  readonly now: () => number;
  readonly logger: Pick<Logger, 'warn'>;
  /** Shows a token: on standard output, and not in the log. */
  readonly show?: (text: string) => void;
}

/**
 * The client token of an installation that configured none: the same for all instances on one database. Which one it is
 * the first of them decides that writes it there.
 */
export class MadeToken {
  #token: string;

  private constructor(
    private readonly parts: MadeTokenParts,
    token: string,
  ) {
    this.#token = token;
  }

  /** Rejects if the database cannot be read. */
  static async open(parts: MadeTokenParts): Promise<MadeToken> {
    const { store, secrets, now, logger } = parts;
    const known = await find(store);
    if (known !== undefined) return new MadeToken(parts, known);
    try {
      await store.upkeep.settings.addMissing([rowOf(secrets.proposedToken, now())]);
    } catch (error) {
      // A full disk must not keep the program from starting: the next start writes it.
      logger.warn({ err: error }, 'the made client token could not be saved in the database');
    }
    return new MadeToken(parts, (await find(store)) ?? secrets.proposedToken);
  }

  /** Call it when the token is needed: it is kept in the file of secrets too, and shown when it is new there. */
  inUse(): string {
    const { secrets, show = (text) => void process.stdout.write(text) } = this.parts;
    const origin =
      secrets.proposedToken === this.#token
        ? 'a token was made'
        : 'the token counts that another instance on this database has made';
    const { token, isNew } = secrets.clientToken(this.#token);
    if (isNew) {
      show(
        `\nNo ALLOWED_TOKENS are set, so ${origin}. Clients send it as their API key, and it opens the dashboard ` +
          `as long as there is no AUTH_TOKEN. It is kept in ${secrets.path}:\n\n    ${token}\n\n`,
      );
    }
    return token;
  }

  /** Takes over the one that is in the database now: a backup may have brought another. */
  async refresh(): Promise<void> {
    this.#token = (await find(this.parts.store)) ?? this.#token;
  }
}

async function find({ settings }: MadeTokenParts['store']): Promise<string | undefined> {
  const rows = await settings.list(() => undefined);
  return rows.find(({ name }) => name === ROW)?.value ?? undefined;
}

function rowOf(value: string, updatedAt: number): SettingRow {
  return { name: ROW, value, source: 'environment', appliedEnvironment: null, appliedFile: null, updatedAt };
}
