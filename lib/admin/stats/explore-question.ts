import type { EndpointInput } from '../contract/endpoint';
import type { statsApi } from '../contract/stats';
import type { AdminContext } from '../context';
import { APART_FILTERS, APART_OF_FILTER, APART_OF_GROUP, apartAsked } from '../../config/kept-apart';
import { wrongField } from '../error';
import { windowOf, type StatsWindow } from './range';
import type { UsageKind } from '../../store/usage/usage-chains';
import type { UsageDimension, UsageFilter } from './usage-kinds';

export type ExploreInput = EndpointInput<typeof statsApi.exportExplored>;

/** Throws `invalid_input` where figures come together that are kept apart, as those of keys and of client tokens. */
export function viewOf(
  context: AdminContext,
  input: ExploreInput,
): { window: StatsWindow; filter: UsageFilter; kind: UsageKind } {
  const kind = kindAsked(input);
  refuseMixed(kind, input);
  const window = windowOf(context, input, kind);
  const filter: { -readonly [Name in UsageDimension]?: string } = {};
  for (const name of FILTERS) {
    const value = input[name];
    if (value !== undefined) filter[name] = value;
  }
  return { kind, window, filter };
}

const FILTERS = ['provider', 'model', 'keyId', 'token', 'proxy', 'verdict'] as const;

const BESIDE = {
  key: 'must not be given beside keys',
  attempt: 'must not be given beside proxies or verdicts',
} as const;

/** The statistics that tell the least about time, of those that are read. */
export function kindAsked(input: ExploreInput): UsageKind {
  return apartAsked(input) ?? 'all';
}

function refuseMixed(kind: UsageKind, input: ExploreInput): void {
  if (kind !== 'key' && kind !== 'attempt') return;
  for (const name of APART_FILTERS) {
    if (input[name] !== undefined && APART_OF_FILTER[name] !== kind) throw wrongField(name, BESIDE[kind]);
  }
  const ofGroup = APART_OF_GROUP[input.groupBy];
  if (ofGroup !== undefined && ofGroup !== kind) throw wrongField('groupBy', BESIDE[kind]);
}
