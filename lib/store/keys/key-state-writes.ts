import { whole, wholeOrNull } from '../database/columns';
import type { SqlSession, SqlValue } from '../database/database';
import { cutReason } from './key-row';
import type { KeyStateChange } from '../rows';

const DISABLED = 'UPDATE ApiKey SET isDisabled = ?, disabledBy = ?, reason = ?, updatedAt = ? WHERE id = ?';
const DISABLED_BY_PROGRAM = `${DISABLED} AND (disabledBy IS NULL OR disabledBy <> 'manual')`;
const FAILURES = 'UPDATE ApiKey SET failures = ?, updatedAt = ? WHERE id = ?';
const COOLDOWNS = 'UPDATE ApiKey SET cooldownUntil = ?, modelCooldowns = ?, updatedAt = ? WHERE id = ?';
const USES = 'UPDATE ApiKey SET uses = ?, updatedAt = ? WHERE id = ?';
const newer = (column: string, than: string, value: string) =>
  `${column} = CASE WHEN ${than} IS NULL OR ${than} < ? THEN ${value} ELSE ${column} END`;
// MySQL works from left to right, with the new values: the status comes before the time that it is decided by.
const COUNTS = `UPDATE ApiKey SET requestCount = requestCount + ?, errorCount = errorCount + ?,
  ${newer('lastUsedAt', 'lastUsedAt', '?')}, ${newer('lastErrorStatus', 'lastErrorAt', '?')},
  ${newer('lastErrorAt', 'lastErrorAt', '?')}, updatedAt = ? WHERE id = ?`;

/** Writes each fact by a statement of its own: what a change does not speak of is whatever others have made of it. */
export async function writeKeyStates(
  session: SqlSession,
  changes: readonly KeyStateChange[],
  at: number,
): Promise<void> {
  const disabled = changes.filter((change) => change.disabled !== undefined);
  const write = async (sql: string, lists: readonly (readonly SqlValue[])[]): Promise<void> => {
    if (lists.length > 0) await session.executeEach(sql, lists);
  };
  await write(DISABLED, disabled.filter(({ isByPerson }) => isByPerson === true).map(disabledValues(at)));
  await write(
    DISABLED_BY_PROGRAM,
    disabled.filter(({ isByPerson }) => isByPerson !== true).map(disabledValues(at)),
  );
  await write(
    FAILURES,
    changes.flatMap(({ keyId, failures }) => (failures === undefined ? [] : [[whole(failures), at, keyId]])),
  );
  await write(
    COOLDOWNS,
    changes.flatMap(({ keyId, cooldowns }) =>
      cooldowns === undefined
        ? []
        : [[wholeOrNull(cooldowns.cooldownUntil), JSON.stringify(cooldowns.modelCooldowns), at, keyId]],
    ),
  );
  await write(
    USES,
    changes.flatMap(({ keyId, uses }) => (uses === undefined ? [] : [[uses, at, keyId]])),
  );
  await write(
    COUNTS,
    changes.flatMap((change) => {
      const values = countValues(change);
      return values === undefined ? [] : [[...values, at, change.keyId]];
    }),
  );
}

function disabledValues(at: number): (change: KeyStateChange) => SqlValue[] {
  return ({ keyId, disabled }) =>
    disabled ? [1, disabled.by, cutReason(disabled.reason), at, keyId] : [0, null, null, at, keyId];
}

function countValues({ counts }: KeyStateChange): SqlValue[] | undefined {
  if (counts === undefined) return undefined;
  const used = wholeOrNull(counts.lastUsedAt);
  const failed = wholeOrNull(counts.lastErrorAt);
  return [
    whole(counts.requests),
    whole(counts.errors),
    used,
    used,
    failed,
    wholeOrNull(counts.lastErrorStatus),
    failed,
    failed,
  ];
}
