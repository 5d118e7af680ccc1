import { inBatches } from '../database/batches';
import { EACH_MAX, type SqlSession, type SqlValue } from '../database/database';
import { cutReason } from './key-row';
import { numberColumn, textColumn, whole, wholeOrNull } from '../database/columns';
import { ANY_EPOCH, type KeyStateChange } from '../rows';

const DISABLED_BY_PERSON = `UPDATE ApiKey SET isDisabled = ?, disabledBy = ?, reason = ?, epoch = epoch + 1,
  updatedAt = ? WHERE id = ?`;
const DISABLED_BY_PROGRAM = `UPDATE ApiKey SET isDisabled = ?, disabledBy = ?, reason = ?, updatedAt = ?
  WHERE id = ? AND (disabledBy IS NULL OR disabledBy <> 'manual') AND epoch <= ?`;
const FAILURES = 'UPDATE ApiKey SET failures = ?, updatedAt = ? WHERE id = ? AND epoch <= ?';
const COOLDOWNS = `UPDATE ApiKey SET cooldownUntil = ?, modelCooldowns = ?, updatedAt = ?
  WHERE id = ? AND epoch <= ?`;
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
  const write = async (sql: string, lists: readonly (readonly SqlValue[])[]): Promise<void> => {
    if (lists.length > 0) await session.executeEach(sql, lists);
  };
  const isPersons = ({ isByPerson }: KeyStateChange): boolean => isByPerson === true;
  const others = changes.filter((change) => !isPersons(change));
  await write(DISABLED_BY_PERSON, changes.filter(isPersons).flatMap(disabledValues(at)));
  await write(
    DISABLED_BY_PROGRAM,
    others.flatMap((change) => disabledValues(at)(change).map((values) => [...values, epochOf(change)])),
  );
  await write(FAILURES, changes.flatMap(failuresValues(at)));
  await write(COOLDOWNS, changes.flatMap(cooldownValues(at)));
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

/** How often a person has switched each of these keys that is there. */
export async function epochsOf(
  session: SqlSession,
  keyIds: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const epochs = new Map<string, number>();
  await inBatches(keyIds, EACH_MAX, async (batch) => {
    const places = batch.map(() => '?').join(', ');
    const rows = await session.query(`SELECT id, epoch FROM ApiKey WHERE id IN (${places})`, batch);
    for (const row of rows) epochs.set(textColumn(row, 'id'), numberColumn(row, 'epoch'));
  });
  return epochs;
}

type ValuesOf = (change: KeyStateChange) => SqlValue[][];

const epochOf = ({ epoch = ANY_EPOCH }: KeyStateChange): number => epoch;

function disabledValues(at: number): ValuesOf {
  return ({ keyId, disabled }) => {
    if (disabled === undefined) return [];
    return [disabled ? [1, disabled.by, cutReason(disabled.reason), at, keyId] : [0, null, null, at, keyId]];
  };
}

function failuresValues(at: number): ValuesOf {
  return (change) => {
    const { keyId, failures } = change;
    return failures === undefined ? [] : [[whole(failures), at, keyId, epochOf(change)]];
  };
}

function cooldownValues(at: number): ValuesOf {
  return (change) => {
    const { keyId, cooldowns } = change;
    if (cooldowns === undefined) return [];
    const { cooldownUntil, modelCooldowns } = cooldowns;
    return [[wholeOrNull(cooldownUntil), JSON.stringify(modelCooldowns), at, keyId, epochOf(change)]];
  };
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
