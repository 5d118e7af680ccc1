import { describe, expect, it } from 'vitest';
import { pendingMigrations } from '../../../../lib/store/database/migration-files';

const migration = (name: string) => ({ name, script: '', checksum: '' });

describe('pending migrations', () => {
  it('are those not applied yet, oldest first', () => {
    const all = ['1_a', '2_b', '3_c'].map(migration);
    expect(pendingMigrations(all, ['2_b']).map(({ name }) => name)).toEqual(['1_a', '3_c']);
  });

  it('cannot be told for a database that a newer version has migrated', () => {
    expect(() => pendingMigrations([migration('1_a')], ['1_a', '9_z'])).toThrow(
      expect.objectContaining({ code: 'migration_failed' }),
    );
  });
});
