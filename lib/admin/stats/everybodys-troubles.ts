import { attentionItemSchema, type AttentionItem, type AttentionOf } from '../contract/stats';
import type { AdminParts } from '../context';
import { failingProviders, troubledProviders, type TroublesOf } from './attention-providers';

type Trouble = AttentionOf<'provider'> | AttentionOf<'failing'> | AttentionOf<'model'>;

/** Of providers, as this instance has seen it by its own requests. Others are told of it as it is. */
export function ownTroubles(parts: TroublesOf): Trouble[] {
  return [...troubledProviders(parts), ...failingProviders(parts)];
}

/** The same as all instances have seen it that are heard of. */
export function everybodysTroubles(context: AdminParts): Trouble[] {
  const byId = new Map<string, Trouble>();
  for (const trouble of [...ownTroubles(context), ...context.instances.elsewhere.troubles.flatMap(read)]) {
    const known = byId.get(trouble.id);
    byId.set(trouble.id, known === undefined ? trouble : together(known, trouble));
  }
  const troubles = [...byId.values()];
  const out = new Set(troubles.flatMap((one) => (one.kind === 'provider' ? [one.provider] : [])));
  // Where one instance has found a provider out, what the others still see of it is the same.
  return troubles.filter(({ kind, provider }) => kind === 'provider' || !out.has(provider));
}

/** What another version tells in another way is passed over. */
function read(told: Readonly<Record<string, unknown>>): Trouble[] {
  const { data } = attentionItemSchema.safeParse(told);
  return data !== undefined && isOfProvider(data) ? [data] : [];
}

function isOfProvider(item: AttentionItem): item is Trouble {
  return item.kind === 'provider' || item.kind === 'failing' || item.kind === 'model';
}

/** Of two instances about the same thing: it began when the first of them saw it. */
function together(a: Trouble, b: Trouble): Trouble {
  const first = beganAt(b) < beganAt(a) ? b : a;
  if (a.kind === 'failing' && b.kind === 'failing' && first.kind === 'failing') {
    const model = a.model === b.model ? a.model : null;
    return { ...first, attempts: a.attempts + b.attempts, failed: a.failed + b.failed, model };
  }
  if (a.kind === 'provider' && b.kind === 'provider' && first.kind === 'provider')
    return { ...first, ...tollOf(a, b) };
  return first;
}

function beganAt({ since }: Trouble): number {
  return since ?? Infinity;
}

function tollOf(a: AttentionOf<'provider'>, b: AttentionOf<'provider'>) {
  const helpers = new Set([a, b].flatMap(({ helped, helper }) => (helped === 0 ? [] : [helper])));
  const [helper = null] = helpers.size === 1 ? helpers : [];
  return { helped: a.helped + b.helped, failed: a.failed + b.failed, helper };
}
