import type { ModelRoute } from '../../balancer/routes/model-route';
import { egressHint } from '../../config/values/egress-url';
import type { MovedKey, MovedProvider, MovingPlan } from '../../moving-in/plan';
import { Remarks } from '../../moving-in/remarks';
import type { Remark } from '../../moving-in/plan';
import type { NewEgress } from '../../store/egress/egress-row';
import type { EgressRow, ProviderRow } from '../../store/rows';
import { routeWork, type RouteWork } from './route-work';
import { tokenWork, type TokenWork } from './token-work';

/** What there is here before anything comes over. */
export interface PresentState {
  readonly providers: readonly Pick<ProviderRow, 'id' | 'slug' | 'baseUrl' | 'auth' | 'position'>[];
  /** Values of the keys by provider id. */
  readonly keys: ReadonlyMap<string, ReadonlySet<string>>;
  readonly egresses: readonly Pick<EgressRow, 'id' | 'url'>[];
  /** Values of all client tokens, and of the admin token. */
  readonly tokens: ReadonlySet<string>;
  /** Client tokens that were made here, and not in the settings. */
  readonly tokenCount: number;
  readonly routes: readonly ModelRoute[];
  /** `TIMEZONE`. */
  readonly zone: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** What is to be written of a plan: only what is not here yet. */
export interface MoveWork {
  readonly providers: readonly ProviderWork[];
  readonly proxies: readonly NewEgress[];
  readonly tokens: TokenWork;
  readonly routes: RouteWork;
  /** The slug that each provider of the plan has here. */
  readonly slugs: ReadonlyMap<string, string>;
  readonly remarks: readonly Remark[];
}

export interface ProviderWork {
  readonly planned: MovedProvider;
  readonly slug: string;
  /** Undefined for one that is to be made. */
  readonly id: string | undefined;
  readonly keys: readonly MovedKey[];
  readonly keysKnown: number;
}

const SLUG_MAX = 63;

/**
 * Compares a plan with what is here. A provider is the same if it has the slug and the address; it stays as it is and
 * gets the keys that it lacks. Where another one has the slug, the next number is added to it. The same plan leads to
 * the same slugs, so a second run finds what the first has made.
 */
export function moveWork(plan: MovingPlan, present: PresentState): MoveWork {
  const remarks = new Remarks();
  const providers = providersOf(plan, present, remarks);
  const known = new Set(present.egresses.map(({ url }) => url));
  const urls = new Set(providers.flatMap(({ id, planned }) => (id === undefined ? planned.proxies : [])));
  const slugs = new Map(providers.map(({ planned, slug }) => [planned.ref, slug]));
  const routes = routeWork(plan.routes, { slugs, present: present.routes, remarks });
  const { tokens: values, tokenCount: count, zone, now } = present;
  const tokens = tokenWork(plan.tokens, { slugs, values, count, zone, now, remarks });
  return {
    providers,
    proxies: [...urls].filter((url) => !known.has(url)).map(newProxy),
    tokens,
    routes,
    slugs,
    remarks: [...plan.remarks, ...remarks.list()],
  };
}

function providersOf(plan: MovingPlan, present: PresentState, remarks: Remarks): ProviderWork[] {
  const bySlug = new Map(present.providers.map((row) => [row.slug, row]));
  const taken = new Set<string>();
  const nextOf = new Map<string, number>();
  return plan.providers.map((planned): ProviderWork => {
    const isOurs = (slug: string): boolean => {
      const row = bySlug.get(slug);
      return row === undefined || (row.baseUrl === planned.baseUrl && row.auth === planned.auth);
    };
    // Many have the same name: numbers that are all taken are not looked at again.
    let from = nextOf.get(planned.slug) ?? 1;
    while (taken.has(numbered(planned.slug, from))) from += 1;
    nextOf.set(planned.slug, from);
    const slug = firstFree(planned.slug, from, (one) => !taken.has(one) && isOurs(one));
    taken.add(slug);
    const id = bySlug.get(slug)?.id;
    const values = id === undefined ? undefined : present.keys.get(id);
    const keys = planned.keys.filter(({ value }) => values?.has(value) !== true);
    if (slug !== planned.slug)
      remarks.add('provider has another slug here, as its own is taken', `${planned.slug} → ${slug}`);
    if (id !== undefined) remarks.add('provider is here already: its settings stay as they are', slug);
    return { planned, slug, id, keys, keysKnown: planned.keys.length - keys.length };
  });
}

function firstFree(wanted: string, from: number, isFree: (slug: string) => boolean): string {
  for (let number = from; ; number += 1) {
    const slug = numbered(wanted, number);
    if (isFree(slug)) return slug;
  }
}

/** The first has no number. */
function numbered(slug: string, number: number): string {
  if (number === 1) return slug;
  const end = `-${number}`;
  return slug.slice(0, SLUG_MAX - end.length) + end;
}

function newProxy(url: string): NewEgress {
  return { url, hint: egressHint(url), source: 'dashboard', isShared: false };
}
