import type { RouteItem } from '@/lib/admin/contract/routes';
import type { RouteDrafts } from '@/lib/client/model-routes';

type RouteEntry = RouteDrafts[number];
export type Reason = RouteItem['on'][number];

/** What leads from one target to the next, in the order of the form. */
export const reasons: readonly Reason[] = ['unavailable', 'context_length', 'content_policy'];

export interface TargetDraft {
  readonly provider: string;
  /** '' is the name asked. */
  readonly model: string;
  readonly weight: string;
  readonly tier: string;
}

/** A route as it stands in the form. */
export interface RouteDraft {
  readonly name: string;
  readonly on: readonly Reason[];
  /** '' is that of the provider. */
  readonly firstTokenTimeout: string;
  readonly targets: readonly TargetDraft[];
}

export const newTarget = (provider: string, tier = '1'): TargetDraft => ({
  provider,
  model: '',
  weight: '1',
  tier,
});

export const newRoute: RouteDraft = { name: '', on: ['unavailable'], firstTokenTimeout: '', targets: [] };

export function draftOf({ name, on, firstTokenTimeout, targets }: RouteItem): RouteDraft {
  return {
    name,
    on,
    firstTokenTimeout: firstTokenTimeout === null ? '' : String(firstTokenTimeout),
    targets: targets.map(({ provider, model, weight, tier }) => ({
      provider,
      model: model ?? '',
      weight: String(weight),
      tier: String(tier),
    })),
  };
}

const numberOf = (text: string): number => (text.trim() === '' ? 1 : Number(text));

/** As the API takes it. */
export function entryOf({ name, on, firstTokenTimeout, targets }: RouteDraft): RouteEntry {
  return {
    name: name.trim(),
    on: [...on],
    ...(firstTokenTimeout.trim() !== '' && { firstTokenTimeout: Number(firstTokenTimeout) }),
    targets: targets.map(({ provider, model, weight, tier }) => ({
      provider,
      ...(model.trim() !== '' && { model: model.trim() }),
      weight: numberOf(weight),
      tier: numberOf(tier),
    })),
  };
}

/** Whether it can be sent: everything is filled in, and numbers are numbers. */
export function isWhole({ name, on, firstTokenTimeout, targets }: RouteDraft): boolean {
  const isNumber = (text: string, min: number) => text.trim() === '' || Number(text) >= min;
  const areTargets = targets.every(
    ({ provider, weight, tier }) =>
      provider !== '' && isNumber(weight, 0.001) && isNumber(tier, 1) && Number.isInteger(Number(tier)),
  );
  return (
    name.trim() !== '' && on.length > 0 && targets.length > 0 && areTargets && isNumber(firstTokenTimeout, 0)
  );
}
