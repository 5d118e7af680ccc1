import { tagNames, tagTest } from '../../config/key-tags';
import type { KeyFilter } from '../contract/keys';
import type { AdminContext } from '../context';
import { forEachInSlices } from '../slices';
import { allKeys, lookUpKey, providerOfField } from './find';
import { keyStatus, type LiveKey } from './key-item';

type Known = Pick<AdminContext, 'configuration' | 'pools' | 'liveTime'>;

/** The keys that pass, in the order of `allKeys`. */
export async function filterKeys(context: Known, filter: KeyFilter, field = 'provider'): Promise<LiveKey[]> {
  const providerId =
    filter.provider === undefined ? undefined : providerOfField(context, field, filter.provider).id;
  const passes = keyTest(filter, context.liveTime.now());
  const found: LiveKey[] = [];
  await forEachInSlices(allKeys(context, providerId), (key) => {
    if (passes(key)) found.push(key);
  });
  return found;
}

/** The keys of a bulk action. Ids of keys that are gone are passed over. */
export async function selectKeys(
  context: Known,
  { ids, filter }: { readonly ids?: readonly string[] | undefined; readonly filter?: KeyFilter | undefined },
): Promise<LiveKey[]> {
  if (ids === undefined) return filterKeys(context, filter ?? {}, 'filter.provider');
  const keys: LiveKey[] = [];
  await forEachInSlices(new Set(ids), (id) => {
    const key = lookUpKey(context, id);
    if (key !== undefined) keys.push(key);
  });
  return keys;
}

type KeyTest = (key: LiveKey) => boolean;

function keyTest(filter: KeyFilter, now: number): KeyTest {
  const { tag, account, model, search = '', ...rest } = filter;
  const tests: readonly (KeyTest | false)[] = [
    ofState(rest, now),
    tag !== undefined && tagged(tag),
    model !== undefined && (({ state }) => restsFor(state, model, now)),
    account !== undefined && ((key) => accountOf(key) === account),
    search !== '' && ((key) => isAbout(key, search)),
  ];
  const asked = tests.filter((test) => test !== false);
  return (key) => asked.every((test) => test(key));
}

function ofState({ status, minFailures = 0, errorStatus }: KeyFilter, now: number): KeyTest {
  return ({ state }) => {
    if (state.failures < minFailures) return false;
    if (status !== undefined && !hasStatus(keyStatus(state, now), status)) return false;
    return errorStatus === undefined || hasErrorStatus(state, errorStatus);
  };
}

function tagged(tag: string): KeyTest {
  const hasAll = tagTest(tagNames(tag));
  return ({ row }) => hasAll(row.tags);
}

/** Set, or learnt from answers. */
function accountOf({ row, state }: LiveKey): string {
  return row.account ?? state.account?.name ?? '';
}

/** 0: the last error came without an answer. */
function hasErrorStatus({ lastErrorAt, lastErrorStatus }: LiveKey['state'], wanted: number): boolean {
  return lastErrorAt !== undefined && (lastErrorStatus ?? 0) === wanted;
}

function restsFor({ cooldown, modelCooldowns }: LiveKey['state'], model: string, now: number): boolean {
  return Math.max(cooldown.until, modelCooldowns?.get(model)?.until ?? 0) > now;
}

/** It is the key itself, or a part of what is shown of it. */
function isAbout(key: LiveKey, search: string): boolean {
  const { value, hint, note, tags } = key.row;
  const words = search.toLowerCase();
  if (value === search) return true;
  return [hint, note, accountOf(key), ...tags].some((text) => text.toLowerCase().includes(words));
}

function hasStatus(status: string, wanted: string): boolean {
  return status === wanted || (wanted === 'disabled' && status.startsWith('disabled_'));
}
