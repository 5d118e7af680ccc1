import { wholeOrNull } from '../database/columns';
import type { SqlSession, SqlValue } from '../database/database';
import { cutReason } from '../keys/key-row';
import { ANY_EPOCH, type EgressStateChange } from '../rows';

const SAVE_DISABLED_BY_PERSON = `UPDATE EgressProxy SET isDisabled = ?, disabledBy = ?, reason = ?,
  epoch = epoch + 1 WHERE id = ?`;
const SAVE_DISABLED_BY_PROGRAM = `UPDATE EgressProxy SET isDisabled = ?, disabledBy = ?, reason = ? WHERE id = ?
  AND (disabledBy IS NULL OR disabledBy <> 'manual') AND epoch <= ?`;
const SAVE_CHECK = `UPDATE EgressProxy SET failures = ?, checkedAt = ?, checkLatencyMs = ?, checkStatus = ?, checkError = ?
  WHERE id = ? AND epoch <= ?`;

/**
 * Writes whether a proxy is in use, and its last check, by statements of their own: what a change does not speak of
 * stays as it is.
 */
export async function writeEgressStates(
  session: SqlSession,
  changes: readonly EgressStateChange[],
): Promise<void> {
  const isPersons = ({ isByPerson }: EgressStateChange): boolean => isByPerson === true;
  await session.executeEach(SAVE_DISABLED_BY_PERSON, changes.filter(isPersons).flatMap(disabledValues));
  await session.executeEach(
    SAVE_DISABLED_BY_PROGRAM,
    changes
      .filter((change) => !isPersons(change))
      .flatMap((change) => disabledValues(change).map((values) => [...values, change.epoch ?? ANY_EPOCH])),
  );
  await session.executeEach(SAVE_CHECK, changes.flatMap(checkValues));
}

function disabledValues({ id, disabled }: EgressStateChange): SqlValue[][] {
  if (disabled === undefined) return [];
  return [disabled === null ? [0, null, null, id] : [1, disabled.by, cutReason(disabled.reason), id]];
}

function checkValues({ id, check, epoch = ANY_EPOCH }: EgressStateChange): SqlValue[][] {
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
      epoch,
    ],
  ];
}
