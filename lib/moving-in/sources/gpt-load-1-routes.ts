import type { PlanBuilder } from '../plan-builder';
import { groupBy, jsonOf, numberOf, objectOf, textOf } from '../rows';
import type { SourceRow, SourceTables } from '../rows';
import { wholeWeights } from '../whole-weights';

/** A group that has keys of its own. */
export interface Group {
  readonly id: string;
  readonly name: string;
  /** The heaviest first; none if it could not come over. */
  readonly upstreams: readonly Upstream[];
  readonly redirects: ReadonlyMap<string, string>;
  readonly testModel: string;
}

/** One of the addresses of a group, which is a provider here. */
export interface Upstream {
  readonly ref: string;
  readonly weight: number;
}

export type Members = ReadonlyMap<string, readonly { readonly id: string; readonly weight: number }[]>;

export const refsOf = ({ upstreams }: Group): string[] => upstreams.map(({ ref }) => ref);

export function redirectsOf(row: SourceRow): Map<string, string> {
  const rules = Object.entries(objectOf(jsonOf(row['model_redirect_rules'])));
  return new Map(rules.map(([from, to]) => [from, textOf(to)] as const).filter(([, to]) => to !== ''));
}

export function membersOf(tables: SourceTables): Members {
  const members = new Map<string, { id: string; weight: number }[]>();
  for (const row of tables.get('group_sub_groups') ?? []) {
    const parent = textOf(row['group_id']);
    const list = members.get(parent) ?? [];
    list.push({ id: textOf(row['sub_group_id']), weight: numberOf(row['weight']) ?? 0 });
    members.set(parent, list);
  }
  return members;
}

/**
 * Routes count where no provider is named. Each upstream of a group has its part of the group's share. Where a group of
 * groups has a route of a name, the shares of that count for its groups.
 */
export function addRoutes(
  builder: PlanBuilder,
  groups: ReadonlyMap<string, Group>,
  { aggregates, members }: { readonly aggregates: readonly SourceRow[]; readonly members: Members },
): void {
  const shares = aggregates.flatMap((row) => sharesOfAggregate(builder, row, members, groups));
  const shared = new Set(shares.map(({ asked, group }) => placeOf(asked, group)));
  for (const group of groups.values()) {
    const own = redirectSharesOf(builder, group);
    shares.push(...own.filter(({ asked }) => !shared.has(placeOf(asked, group))));
  }
  for (const ofRoute of groupBy(shares, ({ asked }) => asked)) addRoute(builder, ofRoute);
}

/** What a group has of a route. */
interface Share {
  readonly asked: string;
  readonly sent: string;
  readonly group: Group;
  readonly weight: number;
}

const placeOf = (asked: string, { id }: Group): string => JSON.stringify([asked, id]);

function redirectSharesOf(builder: PlanBuilder, group: Group): Share[] {
  if (group.upstreams.length === 0 || group.redirects.size === 0) return [];
  builder.remarks.add(
    'redirects of models become routes for /v1: below /{provider}/v1 names are sent as they are',
    group.name,
  );
  return [...group.redirects].map(([asked, sent]) => ({ asked, sent, group, weight: 1 }));
}

/**
 * A group of groups chooses among them by weight, whatever the model. Here routes are of models, so it becomes one for
 * each model that its groups name.
 */
function sharesOfAggregate(
  builder: PlanBuilder,
  row: SourceRow,
  members: Members,
  groups: ReadonlyMap<string, Group>,
): Share[] {
  const name = textOf(row['name']);
  const present = (members.get(textOf(row['id'])) ?? []).flatMap(({ id, weight }) => {
    const group = groups.get(id);
    return group === undefined || group.upstreams.length === 0 || weight <= 0 ? [] : [{ group, weight }];
  });
  if (present.length === 0) {
    builder.remarks.add('aggregate group left out: none of its groups comes over', name);
    return [];
  }
  const order = [...present].sort((a, b) => b.weight - a.weight).flatMap(({ group }) => refsOf(group));
  for (const ref of order) builder.setFallbacks(ref, order);
  builder.remarks.add(
    'an aggregate group becomes routes of the models that its groups name, for /v1; its groups fall back to one another for all others',
    name,
  );
  const outer = redirectsOf(row);
  const named = present.flatMap(({ group }) => [...group.redirects.keys(), group.testModel]);
  const models = new Set([...outer.keys(), ...named].filter((one) => one !== ''));
  return [...models].flatMap((asked) => {
    const inner = outer.get(asked) ?? asked;
    return present.map(({ group, weight }) => {
      return { asked, sent: group.redirects.get(inner) ?? inner, group, weight };
    });
  });
}

function addRoute(builder: PlanBuilder, shares: readonly Share[]): void {
  const asked = shares[0]?.asked ?? '';
  const parts = shares.flatMap(({ sent, group, weight }) => {
    const sum = group.upstreams.reduce((total, one) => total + one.weight, 0);
    const model = sent === asked ? null : sent;
    return group.upstreams.map((one) => ({ provider: one.ref, model, share: (weight * one.weight) / sum }));
  });
  // Two groups of groups may have the same one.
  const targets = groupBy(parts, ({ provider, model }) => JSON.stringify([provider, model]));
  const { weights, isRounded } = wholeWeights(
    targets.map((same) => same.reduce((sum, { share }) => sum + share, 0)),
  );
  targets.forEach(([target], place) => {
    if (target === undefined) return;
    const { provider, model } = target;
    builder.routes.add(asked, { provider, model, weight: weights[place] ?? 1, tier: 1 });
  });
  if (isRounded)
    builder.remarks.add('weights are rounded: they are whole numbers from 1 to 1000 here', asked);
}
