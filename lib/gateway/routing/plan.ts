import type { FallbackReason, Target } from '../../balancer/attempts/target';
import type { UpstreamTarget } from '../../upstream/target';
import type { ModelFilter } from '../../openai/models/model-filter';
import { fallbackModel, fallbackSlug } from '../../balancer/routes/model-route';
import type { GatewayConfig, GatewayProvider } from '../config';
import { shownName } from './shown-name';

/** A provider that a request may go to, and what the model is called there. */
export interface GatewayTarget extends Target {
  readonly provider: GatewayProvider;
  /** The whole name to send in the place of the one asked; undefined keeps that. `model` is what is remembered of it. */
  readonly sentModel?: string | undefined;
}

/** Where a request goes, in order. */
export interface Plan {
  /** Whose request it is if nobody can be asked. */
  readonly provider: GatewayProvider;
  /** All of them can be asked; empty if there is nobody. */
  readonly targets: readonly GatewayTarget[];
  /** Where what the request names may be: those of the targets, and at the end those that are disabled. */
  readonly places: readonly GatewayProvider[];
  /** The name of the route; undefined for none. */
  readonly route?: string | undefined;
  /** The request had no choice: whose turn it was is still to come. */
  readonly giveTurnsBack?: (() => void) | undefined;
  readonly goesOnFor?: ReadonlySet<FallbackReason> | undefined;
  /** In the place of the providers' own. */
  readonly firstTokenTimeoutMs?: number | undefined;
}

interface Asked {
  /** What is asked for; undefined if the request names no model. */
  readonly model: string | undefined;
  /** What this provider is sent in its place, if that is another name. */
  readonly sentModel?: string | undefined;
}

/** A provider and what it falls back on. */
export function planAt(
  provider: GatewayProvider,
  config: Pick<GatewayConfig, 'providers' | 'filteredModels'>,
  asked: Asked,
): Plan {
  const first = targetAt(provider, asked.sentModel);
  if (provider.fallbacks.length === 0) return { provider, targets: [first], places: [provider] };
  const targets = [first];
  const places = [provider];
  const disabled: GatewayProvider[] = [];
  const { model: asksFor, sentModel: named = asksFor } = asked;
  for (const entry of provider.fallbacks) {
    const fallback = config.providers.get(fallbackSlug(entry));
    if (fallback === undefined) continue;
    (fallback.isEnabled ? places : disabled).push(fallback);
    const called = named === undefined ? undefined : (fallbackModel(entry, named) ?? named);
    const sentModel = called === asksFor ? undefined : called;
    if (fallback.isEnabled && isServed(sentModel, config.filteredModels)) {
      targets.push(targetAt(fallback, sentModel));
    }
  }
  return { provider, targets: distinct(targets), places: [...places, ...disabled] };
}

export function targetAt(provider: GatewayProvider, sentModel: string | undefined): GatewayTarget {
  const { pool } = provider;
  return sentModel === undefined
    ? { pool, provider }
    : { pool, provider, sentModel, model: shownName(sentModel) };
}

export function isServed(model: string | undefined, filter: ModelFilter): boolean {
  return model === undefined || filter.isEmpty || !filter.has(model);
}

/** The first of those that are the same to the balancer. */
export function distinct(targets: readonly GatewayTarget[]): readonly GatewayTarget[] {
  return targets.filter(
    ({ pool, model }, index) =>
      targets.findIndex((other) => other.pool === pool && other.model === model) === index,
  );
}

/** The target that a lease is for. */
export function targetOf(
  targets: readonly GatewayTarget[],
  pool: Target['pool'],
  model: string,
): GatewayTarget | undefined {
  if (targets.length === 1) return targets[0];
  const ofPool = targets.filter((target) => target.pool === pool);
  return ofPool.find((target) => target.model === model) ?? ofPool.find((one) => one.model === undefined);
}

/** Where its provider is asked, as the plan wants it. */
export function addressOf(target: UpstreamTarget, { firstTokenTimeoutMs }: Plan): UpstreamTarget {
  return firstTokenTimeoutMs === undefined ? target : { ...target, firstTokenTimeoutMs };
}
