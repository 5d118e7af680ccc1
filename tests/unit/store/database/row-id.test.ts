import { describe, expect, it } from 'vitest';
import { newRowId } from '../../../../lib/store/database/row-id';

describe('a row id', () => {
  it('ascends with time, then with the sequence', () => {
    const ids = [
      newRowId(0),
      newRowId(31),
      newRowId(1_700_000_000_000, 9),
      newRowId(1_700_000_000_000, 50_000),
      newRowId(1_700_000_000_001),
    ];
    expect(ids.toSorted()).toEqual(ids);
  });

  it('is 26 plain characters and never the same twice', () => {
    const ids = Array.from({ length: 10_000 }, () => newRowId(1_700_000_000_000));
    expect(new Set(ids).size).toBe(10_000);
    expect(ids.every((id) => /^[0-9a-z]{26}$/.test(id))).toBe(true);
  });
});
