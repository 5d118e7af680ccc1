import type { KeyState } from '../../balancer/pool/key-state';
import type { AttentionOf } from '../contract/stats';
import type { AdminParts } from '../context';
import { wallOrNull } from '../live-time';
import { forEachInSlices } from '../slices';

type KeysItem = AttentionOf<'keys'>;

/** A failure that a key was not disabled for is news for so long. */
const RECENT_MS = 10_000;
const REASONS_KEPT_MAX = 200;
const GROUPS_MAX = 200;

interface Group {
  readonly state: 'disabled' | 'resting' | 'failing';
  readonly status: number | null;
  readonly model: string | null;
  /** For so many models; 0 for whatever they are asked for. */
  readonly models: number;
  count: number;
  since: number;
  nextBackAt: number;
  readonly reasons: Map<string, number>;
}

function newGroup(state: Group['state'], status: number | null, model: string | null): Group {
  const models = model === null ? 0 : 1;
  return {
    state,
    status,
    model,
    models,
    count: 0,
    since: Infinity,
    nextBackAt: Infinity,
    reasons: new Map(),
  };
}

/** The keys of one provider, sorted by what is wrong with them. */
class Groups {
  /** By model; null for all. */
  readonly #resting = new Map<string | number | null, Group>();
  /** By status. */
  readonly #others = {
    disabled: new Map<string | number | null, Group>(),
    failing: new Map<string | number | null, Group>(),
  };
  /** Keys that no person has disabled. */
  total = 0;
  disabled = 0;
  /** Rest for every model. */
  resting = 0;
  /** Rest for some model, each once. */
  #restingForModels = 0;

  constructor(private readonly now: number) {}

  get all(): readonly Group[] {
    const { disabled, failing } = this.#others;
    return [...disabled.values(), ...this.#restingGroups(), ...failing.values()];
  }

  /** Limits of several models are one sentence: a key has many of them at the same time. */
  #restingGroups(): Group[] {
    const groups = [...this.#resting.values()];
    const ofModels = groups.filter(({ models }) => models > 0);
    if (ofModels.length < 2) return groups;
    const merged: Group = {
      ...newGroup('resting', null, null),
      models: ofModels.length,
      count: this.#restingForModels,
      since: Math.min(...ofModels.map(({ since }) => since)),
      nextBackAt: Math.min(...ofModels.map(({ nextBackAt }) => nextBackAt)),
    };
    return [...groups.filter(({ models }) => models === 0), merged];
  }

  add(key: KeyState): void {
    const { disabled, cooldown, failures, lastErrorAt, lastErrorStatus = null } = key;
    if (disabled?.by === 'manual') return;
    this.total += 1;
    if (disabled !== undefined) {
      this.disabled += 1;
      const group = this.#in({ state: 'disabled', status: lastErrorStatus, model: null }, key);
      if (group !== undefined) countReason(group.reasons, disabled.reason);
      return;
    }
    if (cooldown.until > this.now) {
      this.resting += 1;
      this.#rest(key, null, cooldown.until);
      return;
    }
    if (this.#restsForModels(key)) return;
    if (failures > 0 && lastErrorAt !== undefined && this.now - lastErrorAt < RECENT_MS) {
      this.#in({ state: 'failing', status: lastErrorStatus, model: null }, key);
    }
  }

  #restsForModels(key: KeyState): boolean {
    if (key.modelCooldowns === undefined) return false;
    let rests = false;
    for (const [model, { until }] of key.modelCooldowns) {
      if (until <= this.now) continue;
      rests = true;
      this.#rest(key, model, until);
    }
    if (rests) this.#restingForModels += 1;
    return rests;
  }

  #rest(key: KeyState, model: string | null, until: number): void {
    const group = this.#in({ state: 'resting', status: null, model }, key);
    if (group !== undefined) group.nextBackAt = Math.min(group.nextBackAt, until);
  }

  /** Undefined for a model too many: clients make names up. */
  #in(
    { state, status, model }: Pick<Group, 'state' | 'status' | 'model'>,
    { lastErrorAt }: KeyState,
  ): Group | undefined {
    // Tens of thousands of keys may rest: none of them is worth making an id of several parts.
    const groups = state === 'resting' ? this.#resting : this.#others[state];
    const id = state === 'resting' ? model : status;
    let group = groups.get(id);
    if (group === undefined) {
      if (groups.size >= GROUPS_MAX) return undefined;
      group = newGroup(state, status, model);
      groups.set(id, group);
    }
    group.count += 1;
    group.since = Math.min(group.since, lastErrorAt ?? Infinity);
    return group;
  }
}

/** Keys that are disabled by the program, resting, or failing just now, by provider and by what is wrong. */
export async function troubledKeys(context: AdminParts): Promise<KeysItem[]> {
  const { configuration, pools, liveTime } = context;
  const now = liveTime.now();
  const items: KeysItem[] = [];
  for (const { id, slug, name, isEnabled } of configuration.inventory.providers) {
    const pool = pools.get(id);
    if (pool === undefined || !isEnabled) continue;
    const groups = new Groups(now);
    await forEachInSlices(pool.keys, (key) => groups.add(key));
    const provider = { provider: slug, providerName: name, of: groups.total };
    const own = groups.all.map((group) => keysItem(group, provider, context));
    const left = noneLeft(groups, own, provider);
    items.push(...(left === undefined ? own : [left]));
  }
  return items;
}

type Provider = Pick<KeysItem, 'provider' | 'providerName' | 'of'>;

function keysItem(group: Group, provider: Provider, { liveTime }: AdminParts): KeysItem {
  const { state, status, model, models, count, since, nextBackAt, reasons } = group;
  const isHalf = count * 2 >= provider.of;
  return {
    kind: 'keys',
    id: `keys:${provider.provider}:${state}:${status ?? ''}:${models > 1 ? '*' : (model ?? '')}`,
    severity: state === 'failing' ? 'low' : count === provider.of ? 'high' : isHalf ? 'medium' : 'low',
    since: wallOrNull(liveTime, since === Infinity ? undefined : since),
    ...provider,
    state,
    status,
    count,
    disabled: 0,
    model,
    models,
    nextBackAt: wallOrNull(liveTime, nextBackAt === Infinity ? undefined : nextBackAt),
    reason: mostFrequent(reasons),
  };
}

/** No key can be used for anything: one sentence instead of one for each kind. */
function noneLeft(groups: Groups, own: readonly KeysItem[], provider: Provider): KeysItem | undefined {
  const { total, disabled, resting } = groups;
  const [first] = own;
  // All of one kind are told by their own sentence.
  if (first === undefined || own.length === 1 || disabled + resting < total) return undefined;
  const times = own.flatMap(({ since }) => (since === null ? [] : [since]));
  const backs = own.flatMap(({ nextBackAt }) => (nextBackAt === null ? [] : [nextBackAt]));
  return {
    ...first,
    ...provider,
    id: `keys:${provider.provider}:none_left`,
    severity: 'high',
    // It began when the last one went.
    since: times.length === 0 ? null : Math.max(...times),
    state: 'none_left',
    status: null,
    count: total,
    disabled,
    model: null,
    models: 0,
    nextBackAt: backs.length === 0 ? null : Math.min(...backs),
    reason: null,
  };
}

function countReason(reasons: Map<string, number>, reason: string): void {
  const count = reasons.get(reason);
  if (count !== undefined || reasons.size < REASONS_KEPT_MAX) reasons.set(reason, (count ?? 0) + 1);
}

function mostFrequent(reasons: ReadonlyMap<string, number>): string | null {
  let best: string | null = null;
  for (const [reason, count] of reasons) {
    if (best === null || count > (reasons.get(best) ?? 0)) best = reason;
  }
  return best;
}
