import { createHash } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { StoreError } from '../store-error';

export interface Migration {
  /** Folder name: `<timestamp>_<name>`. Migrations run in this order. */
  readonly name: string;
  readonly script: string;
  /** SHA-256 of the file, hex, as Prisma's CLI computes it. */
  readonly checksum: string;
}

/** All migrations of one database, oldest first. Throws `migration_failed` when the folder holds none. */
export async function readMigrations(folder: string): Promise<Migration[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    throw new StoreError('migration_failed', `No migrations found in ${folder}`, error);
  });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  if (names.length === 0) throw new StoreError('migration_failed', `No migrations found in ${folder}`);
  return Promise.all(
    names.sort().map(async (name) => {
      const script = await readFile(path.join(folder, name, 'migration.sql'));
      return {
        name,
        script: script.toString('utf8'),
        checksum: createHash('sha256').update(script).digest('hex'),
      };
    }),
  );
}

/**
 * The migrations that are still to run. Throws `migration_failed` when the database has one that this program does not
 * know: it was written by a newer version.
 */
export function pendingMigrations(all: readonly Migration[], applied: readonly string[]): Migration[] {
  const known = new Set(all.map((migration) => migration.name));
  const unknown = applied.find((name) => !known.has(name));
  if (unknown !== undefined) {
    throw new StoreError(
      'migration_failed',
      `The database has the migration ${unknown}, which this version does not know. Run the version that wrote it, or a newer one.`,
    );
  }
  const done = new Set(applied);
  return all.filter((migration) => !done.has(migration.name));
}

/** Told what is about to run on a database that has been in use: with millions of rows that takes minutes. */
export type OnMigrate = (names: readonly string[]) => void;

/** Tells of them, unless the database is a new one. */
export function announce(
  pending: readonly Migration[],
  applied: readonly string[],
  onMigrate: OnMigrate | undefined,
): void {
  if (pending.length > 0 && applied.length > 0) onMigrate?.(pending.map(({ name }) => name));
}

export function migrationFailed(name: string, error: unknown): StoreError {
  const words = error instanceof Error ? error.message : String(error);
  return new StoreError('migration_failed', `Migration ${name} failed: ${words}`, error);
}
