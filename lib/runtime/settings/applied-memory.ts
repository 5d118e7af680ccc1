import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import type { SettingRecord } from '../../config/reconcile';
import type { SettingRow } from '../../store/rows';

/** Whose memory it is: one instance with one settings file. */
export interface AppliedBy {
  readonly instanceId: string;
  readonly envFile: string;
}

type Fingerprints = Readonly<Record<string, string>>;

/** By setting name, the fingerprints of the texts that this instance last applied. */
interface Applied {
  readonly environment: Fingerprints;
  readonly file: Fingerprints;
}

const PREFIX = 'applied:';
/** Instances that start in a fresh container each time leave a row behind each time. */
const KEPT_MS = 30 * 86_400_000;

type RowSource = Pick<SettingRow, 'name' | 'value' | 'appliedEnvironment' | 'appliedFile' | 'updatedAt'>;

/**
 * What an instance last applied from its environment and its file. It is kept in a row of the instance's own, so that
 * instances which share a database but not a file do not take each other's variables for vanished ones, and it is
 * written together with the settings, so that both are there or neither.
 */
export class AppliedMemory {
  readonly rowName: string;
  #applied: Applied | undefined;

  constructor({ instanceId, envFile }: AppliedBy) {
    const place = createHash('sha256').update(resolve(envFile)).digest('hex').slice(0, 16);
    this.rowName = `${PREFIX}${instanceId}:${place}`;
  }

  /**
   * Reads its row. The first instance that has none in a database without any takes over what that database remembers
   * for all; a later one knows only that a text which was applied before is not new.
   */
  read(rows: readonly RowSource[]): void {
    const own = rows.find(({ name }) => name === this.rowName);
    if (own !== undefined && own.value !== null) this.#applied = JSON.parse(own.value) as Applied;
    else if (!rows.some(({ name }) => name.startsWith(PREFIX))) this.#applied = appliedBefore(rows);
    else this.#applied = undefined;
  }

  /** The fingerprints of one setting; `isPresent`: the writer has a text for it now. */
  of(
    row: RowSource,
    isPresent: (writer: keyof Applied) => boolean,
  ): Pick<SettingRecord, 'appliedEnvironment' | 'appliedFile'> {
    const { environment, file } = this.#applied ?? {};
    const known = (own: Fingerprints | undefined, shared: string | null, writer: keyof Applied) =>
      own === undefined ? (isPresent(writer) ? shared : null) : (own[row.name] ?? null);
    return {
      appliedEnvironment: known(environment, row.appliedEnvironment, 'environment'),
      appliedFile: known(file, row.appliedFile, 'file'),
    };
  }

  /** The row to save with these records. Call `saved` when it is. */
  rowWith(records: readonly SettingRecord[], at: number): { readonly row: SettingRow; saved(): void } {
    const environment = { ...this.#applied?.environment };
    const file = { ...this.#applied?.file };
    for (const { name, appliedEnvironment, appliedFile } of records) {
      put(environment, name, appliedEnvironment);
      put(file, name, appliedFile);
    }
    const applied: Applied = { environment, file };
    const unset = { source: 'environment', appliedEnvironment: null, appliedFile: null } as const;
    return {
      row: { ...unset, name: this.rowName, value: JSON.stringify(applied), updatedAt: at },
      saved: () => {
        this.#applied = applied;
      },
    };
  }

  /** Names of rows that instances have left behind. */
  leftBehind(rows: readonly RowSource[], now: number): readonly string[] {
    return rows
      .filter(({ name, updatedAt }) => name.startsWith(PREFIX) && updatedAt < now - KEPT_MS)
      .map(({ name }) => name)
      .filter((name) => name !== this.rowName);
  }
}

function appliedBefore(rows: readonly RowSource[]): Applied {
  const environment: Record<string, string> = {};
  const file: Record<string, string> = {};
  for (const { name, appliedEnvironment, appliedFile } of rows) {
    put(environment, name, appliedEnvironment);
    put(file, name, appliedFile);
  }
  return { environment, file };
}

function put(fingerprints: Record<string, string>, name: string, fingerprint: string | null): void {
  if (fingerprint === null) delete fingerprints[name];
  else fingerprints[name] = fingerprint;
}
