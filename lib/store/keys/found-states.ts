import { joinedUses } from '../../balancer/limits/saved-parts';
import type { ChangeNote } from '../change-notes';
import type { Dialect, SqlSession } from '../database/database';
import { ANY_EPOCH, type KeyStateChange } from '../rows';
import { inBatches } from '../database/batches';
import { textColumn, textOrNull } from '../database/columns';
import { FOUND_COLUMNS, readFound, type FoundOfKey } from './key-row';

/** Rests that differ by less are not worth telling: every request has some. */
const LONG_MS = 5_000;
/** To be joined at a time, so that keys busy at many workers do not hold up the rest. */
const SLICE = 25;

type Rests = NonNullable<KeyStateChange['cooldowns']>;

/** What is to be written when others have written too, and what others have to be told of it. */
export interface Joined {
  readonly changes: readonly KeyStateChange[];
  readonly notes: readonly ChangeNote[];
}

/**
 * Joins what is to be written with what stands in the database, whose rows stay locked until the transaction ends: of
 * two processes that find different things the second sees what the first has written.
 */
export async function joinFound(
  session: SqlSession,
  dialect: Dialect,
  changes: readonly KeyStateChange[],
  at: number,
): Promise<Joined> {
  const ids = changes
    .filter(
      ({ disabled, cooldowns, usesBy }) =>
        disabled !== undefined || cooldowns !== undefined || usesBy !== undefined,
    )
    .map(({ keyId }) => keyId);
  if (ids.length === 0) return { changes, notes: [] };
  const places = ids.map(() => '?').join(', ');
  const select = `SELECT ${[...FOUND_COLUMNS, 'uses'].join(', ')} FROM ApiKey WHERE id IN (${places}) ${dialect.lockRows}`;
  const rows = await session.query(select, ids);
  const found = new Map(rows.map(readFound).map((row) => [row.id, row]));
  const uses = new Map(rows.map((row) => [textColumn(row, 'id'), textOrNull(row, 'uses')]));
  const joined: KeyStateChange[] = [];
  await inBatches(changes, SLICE, (slice) => {
    for (const change of slice) joined.push(withUses(uses, joinedWith(found.get(change.keyId), change, at)));
  });
  const isNews = (change: KeyStateChange) => isNewTo(found.get(change.keyId), change, at);
  return { changes: joined, notes: notesOf(joined.filter(isNews)) };
}

function notesOf(news: readonly KeyStateChange[]): ChangeNote[] {
  return [true, false].flatMap((isEased) => {
    const keyIds = news.filter((change) => (change.isEased ?? false) === isEased).map(({ keyId }) => keyId);
    return keyIds.length === 0 ? [] : [{ kind: 'key_states' as const, isEased, keyIds }];
  });
}

function joinedWith(row: FoundOfKey | undefined, change: KeyStateChange, at: number): KeyStateChange {
  const { cooldowns } = change;
  if (row === undefined || cooldowns === undefined || isFinal(change)) return change;
  const until = later(row.cooldownUntil, cooldowns.cooldownUntil, at);
  const ofModels = new Map<string, number | null>(Object.entries(cooldowns.modelCooldowns));
  for (const [model, end] of Object.entries(row.modelCooldowns)) {
    if (end > at) ofModels.set(model, later(end, ofModels.get(model) ?? null, at));
  }
  const modelCooldowns = Object.fromEntries(ofModels) as Record<string, number>;
  return { ...change, cooldowns: { cooldownUntil: until, modelCooldowns } };
}

/** What others have used of the limits stays beside what this one has. */
function withUses(stored: ReadonlyMap<string, string | null>, change: KeyStateChange): KeyStateChange {
  const { keyId, uses, usesBy } = change;
  if (typeof uses !== 'string' || usesBy === undefined) return change;
  return { ...change, uses: joinedUses(stored.get(keyId) ?? null, uses, usesBy) };
}

/** What it says of rests holds, whatever others have written. */
function isFinal({ isEased, isByPerson }: KeyStateChange): boolean {
  return isEased === true || isByPerson === true;
}

/** Ours, unless theirs lasts longer. */
function later(theirs: number | null, ours: number | null, at: number): number | null {
  return theirs !== null && theirs > Math.max(at, ours ?? 0) ? theirs : ours;
}

function isNewTo(row: FoundOfKey | undefined, change: KeyStateChange, at: number): boolean {
  const { disabled, cooldowns, isEased, epoch = ANY_EPOCH } = change;
  // A person's word stands, and whoever took it has told of it.
  if (row === undefined || epoch < row.epoch || disabled?.by === 'manual') return false;
  const isSwitched = row.disabledBy !== 'manual' && disabled !== undefined;
  if (isSwitched && row.isDisabled !== (disabled !== null)) return true;
  if (cooldowns === undefined) return false;
  return isLonger(cooldowns, row, at) || (isEased === true && isLonger(row, cooldowns, at));
}

function isLonger(rests: Rests, than: Rests, at: number): boolean {
  const isLong = (until: number | null, known: number | null): boolean =>
    (until ?? 0) - Math.max(known ?? 0, at) >= LONG_MS;
  if (isLong(rests.cooldownUntil, than.cooldownUntil)) return true;
  const known = new Map(Object.entries(than.modelCooldowns));
  return Object.entries(rests.modelCooldowns).some(([model, until]) =>
    isLong(until, known.get(model) ?? null),
  );
}
