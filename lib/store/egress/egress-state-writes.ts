import { wholeOrNull } from '../database/columns';
import type { SqlSession, SqlValue } from '../database/database';
import { cutReason } from '../keys/key-row';
import type { EgressStateChange } from '../rows';

const SAVE_DISABLED = 'UPDATE EgressProxy SET isDisabled = ?, disabledBy = ?, reason = ? WHERE id = ?';
const SAVE_DISABLED_BY_PROGRAM = `${SAVE_DISABLED} AND (disabledBy IS NULL OR disabledBy <> 'manual')`;
const SAVE_CHECK = `UPDATE EgressProxy SET failures = ?, checkedAt = ?, checkLatencyMs = ?, checkStatus = ?, checkError = ?
  WHERE id = ?`;

/**
 * Writes whether a proxy is in use, and its last check, by statements of their own: what a change does not speak of
 * stays as it is.
 */
export async function writeEgressStates(
  session: SqlSession,
  changes: readonly EgressStateChange[],
): Promise<void> {
  for (const isByPerson of [true, false]) {
    const said = changes.filter((change) => (change.isByPerson === true) === isByPerson);
    await session.executeEach(
      isByPerson ? SAVE_DISABLED : SAVE_DISABLED_BY_PROGRAM,
      said.flatMap(disabledValues),
    );
  }
  await session.executeEach(SAVE_CHECK, changes.flatMap(checkValues));
}

function disabledValues({ id, disabled }: EgressStateChange): SqlValue[][] {
  if (disabled === undefined) return [];
  return [disabled === null ? [0, null, null, id] : [1, disabled.by, cutReason(disabled.reason), id]];
}

function checkValues({ id, check }: EgressStateChange): SqlValue[][] {
  if (check === undefined) return [];
  const { failures, checkedAt, checkLatencyMs, checkStatus, checkError } = check;
  return [
    [
      failures,
      wholeOrNull(checkedAt),
      wholeOrNull(checkLatencyMs),
      wholeOrNull(checkStatus),
      cutReason(checkError),
      id,
    ],
  ];
}
