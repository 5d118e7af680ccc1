import type { EndpointInput } from '../contract/endpoint';
import type { statsApi } from '../contract/stats';
import type { AdminContext } from '../context';
import { wrongField } from '../error';
import { windowOf, type StatsWindow } from './range';
import type { UsageDimension, UsageFilter, UsageKind } from './usage-kinds';

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

/** What has statistics of its own. */
const KINDS_OF_FILTERS = [
  ['keyId', 'key'],
  ['proxy', 'attempt'],
  ['verdict', 'attempt'],
  ['token', 'token'],
] as const satisfies readonly (readonly [UsageDimension, UsageKind])[];
const KIND_OF_GROUP: Partial<Record<ExploreInput['groupBy'], UsageKind>> = {
  key: 'key',
  proxy: 'attempt',
  verdict: 'attempt',
  token: 'token',
};
const KINDS = ['key', 'attempt', 'token'] as const;
const BESIDE = {
  key: 'must not be given beside keys',
  attempt: 'must not be given beside proxies or verdicts',
} as const;

/** The statistics that tell the least about time, of those that are read. */
export function kindAsked(input: ExploreInput): UsageKind {
  const asked = new Set<UsageKind | undefined>([KIND_OF_GROUP[input.groupBy]]);
  for (const [name, kind] of KINDS_OF_FILTERS) if (input[name] !== undefined) asked.add(kind);
  return KINDS.find((kind) => asked.has(kind)) ?? 'all';
}

function refuseMixed(kind: UsageKind, input: ExploreInput): void {
  if (kind !== 'key' && kind !== 'attempt') return;
  for (const [name, of] of KINDS_OF_FILTERS) {
    if (input[name] !== undefined && of !== kind) throw wrongField(name, BESIDE[kind]);
  }
  const ofGroup = KIND_OF_GROUP[input.groupBy];
  if (ofGroup !== undefined && ofGroup !== kind) throw wrongField('groupBy', BESIDE[kind]);
}
