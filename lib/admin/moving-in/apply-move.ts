import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Asker } from '../../auth/asker';
import type { NewKey } from '../../store/keys/key-import';
import type { ProviderInput } from '../../store/provider-row';
import type { ChangeWrites, SteppedChange } from '../../store/changes/change';
import type { KeyStateChange } from '../../store/rows';
import type { AdminStore } from '../context';
import { EVERYTHING } from '../steps';
import { switchedKey } from '../keys/switch-keys';
import { writeNew } from '../tokens/write-tokens';
import type { MovedKey } from '../../moving-in/plan';
import type { MoveWork, PresentState, ProviderWork } from './move-work';

export interface Move {
  /** Where it comes from, for the audit list. */
  readonly title: string;
  readonly work: MoveWork;
  readonly present: Pick<PresentState, 'providers' | 'egresses'>;
  /** Writes MODEL_ROUTES as part of a change. */
  readonly saveRoutes: (change: SteppedChange, setting: string) => Promise<void>;
}

const FOUND_DEAD = 'was out of use where it came from';

/**
 * Carries out what there is to do, in one transaction: all of it or nothing, with one entry in the audit list. Throws
 * `duplicate` if somebody has made a provider of the same slug meanwhile.
 */
export async function applyMove(
  store: AdminStore,
  caller: Asker,
  { title, work, present, saveRoutes }: Move,
): Promise<void> {
  await store.change(caller, async (write) => {
    const egressIds = await writeProxies(write, work, present);
    const last = Math.max(-1, ...present.providers.map(({ position }) => position));
    let made = 0;
    for (const one of work.providers) {
      // All else gets its turn between two of them.
      await nextTurn();
      const isNew = one.id === undefined;
      if (isNew) made += 1;
      const id = one.id ?? (await makeProvider(write, one, { work, egressIds, position: last + made }));
      await writeKeys(write, id, one.keys);
    }
    for (const token of work.tokens.fresh) {
      await nextTurn();
      await writeNew(write, token);
    }
    const { setting, fresh } = work.routes;
    const asPart: SteppedChange = { step: async (part) => (await part(write)).result };
    if (setting !== undefined) await saveRoutes(asPart, setting);
    const detail = {
      providers: made,
      keys: work.providers.reduce((sum, { keys }) => sum + keys.length, 0),
      proxies: work.proxies.length,
      tokens: work.tokens.fresh.length,
      routes: fresh,
    };
    if (Object.values(detail).every((count) => count === 0)) return { entry: undefined, result: undefined };
    return {
      entry: { action: 'installation.move-in', target: title, detail },
      notes: EVERYTHING,
      result: undefined,
    };
  });
}

/** Ids of all proxies by address. */
async function writeProxies(
  write: ChangeWrites,
  { proxies }: MoveWork,
  { egresses }: Move['present'],
): Promise<ReadonlyMap<string, string>> {
  const made = proxies.length === 0 ? [] : await write.egress.createMany(proxies);
  return new Map([...egresses, ...made].map(({ url, id }) => [url, id]));
}

async function makeProvider(
  write: ChangeWrites,
  { planned, slug }: ProviderWork,
  {
    work,
    egressIds,
    position,
  }: {
    readonly work: MoveWork;
    readonly egressIds: ReadonlyMap<string, string>;
    readonly position: number;
  },
): Promise<string> {
  const own = planned.proxies.flatMap((url) => egressIds.get(url) ?? []);
  const input: ProviderInput = {
    slug,
    name: planned.name,
    baseUrl: planned.baseUrl,
    isEnabled: planned.isEnabled,
    source: 'dashboard',
    position,
    modelRequestKey: null,
    customHeaders: planned.headers,
    auth: planned.auth,
    query: planned.query,
    timeoutSeconds: planned.timeoutSeconds,
    firstTokenTimeoutSeconds: null,
    maxFailures: planned.maxFailures,
    maxRetries: planned.maxRetries,
    testModel: planned.testModel,
    selectionPolicy: planned.selectionPolicy,
    fallbacks: planned.fallbacks.flatMap((ref) => work.slugs.get(ref) ?? []),
    egress: own.length === 0 ? { mode: 'shared' } : { mode: 'own', egressIds: own },
    limits: planned.limits,
  };
  return (await write.providers.create(input)).id;
}

async function writeKeys(write: ChangeWrites, providerId: string, keys: readonly MovedKey[]): Promise<void> {
  if (keys.length === 0) return;
  const list = keys.map(({ value, weight, note, tags, limits }): NewKey => ({
    value,
    weight,
    tags,
    note,
    ...(limits !== null && { limits }),
  }));
  const { added } = await write.keys.importMany(providerId, list, 'dashboard');
  const states = new Map(keys.map(({ value, state }) => [value, state]));
  const switched = added.flatMap(({ id, value }) => stateChange(id, states.get(value) ?? 'active'));
  if (switched.length > 0) await write.keys.setStates(switched);
}

function stateChange(keyId: string, state: MovedKey['state']): KeyStateChange[] {
  if (state === 'active') return [];
  if (state === 'disabled') return [switchedKey(keyId, 'disable')];
  return [{ keyId, disabled: { by: 'auto', reason: FOUND_DEAD } }];
}
