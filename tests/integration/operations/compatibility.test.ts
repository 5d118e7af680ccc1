import { expect, it } from 'vitest';
import { listedBefore, tryOperations } from '../../../scripts/compatibility/operations';
import { readResults } from '../../../scripts/compatibility/results';

it('every operation of the API passes as docs/compatibility.md tells', { timeout: 60_000 }, async () => {
  const { operations } = readResults();
  expect(await tryOperations(listedBefore(operations))).toEqual(operations);
});
