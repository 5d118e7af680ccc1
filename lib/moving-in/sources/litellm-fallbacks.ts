import { isObject, listOf, objectOf, textOf } from '../rows';
import type { JsonObject } from '../rows';
import type { MovedTarget } from '../plan';
import type { PlanBuilder } from '../plan-builder';
import type { LitellmParts } from './litellm-parts';

/** Stands for every model that has no fallbacks of its own. */
const ANY = '*';

/** Aliases become routes of their own; groups that serve when another one cannot become further tiers of its route. */
export function addFallbacks(builder: PlanBuilder, parts: LitellmParts): void {
  addAliases(builder, parts);
  const before: Routes = new Map(
    builder.routes.names().map((name) => [name, builder.routes.targetsOf(name)]),
  );
  const named = settingOf(builder, parts, 'fallbacks');
  const byDefault = defaultsOf(builder, parts, named);
  for (const name of before.keys()) addTiers(builder, before, name, named.get(name) ?? byDefault);
  remarkOnUnknown(builder, before, named, 'fallbacks');
  for (const [setting, reason] of REASONS) {
    const listed = settingOf(builder, parts, setting);
    remarkOnUnknown(builder, before, listed, setting);
    for (const [name, list] of listed) {
      if (!before.has(name) || !addTiers(builder, before, name, list)) continue;
      builder.routes.addReason(name, reason);
      builder.remarks.add(`fallbacks for one reason serve whenever the others cannot: ${setting}`, name);
    }
  }
}

const REASONS = [
  ['context_window_fallbacks', 'context_length'],
  ['content_policy_fallbacks', 'content_policy'],
] as const;

type Routes = ReadonlyMap<string, readonly MovedTarget[]>;
type Fallbacks = ReadonlyMap<string, readonly string[]>;

function addAliases(builder: PlanBuilder, { router, common }: LitellmParts): void {
  const given = firstSet(builder, 'model_group_alias', router, common);
  const models = new Set(builder.routes.names());
  for (const [alias, to] of Object.entries(objectOf(given))) {
    const name = isObject(to) ? textOf(to['model']) : textOf(to);
    const targets = builder.routes.targetsOf(name);
    if (targets.length === 0)
      builder.remarks.add('alias left out: nothing that comes over serves it', `${alias}: ${name}`);
    else if (models.has(alias) && alias !== name)
      builder.remarks.add('alias has the name of a model: its route leads to the targets of both', alias);
    if (alias === name) continue;
    if (targets.length > 0 && isObject(to) && to['hidden'] === true)
      builder.remarks.add('hidden alias becomes a route, which lists of models show here', alias);
    for (const target of targets) builder.routes.add(alias, asIs(target, name));
  }
}

/** What the router has been told counts there, and only without that what is set for all. */
function firstSet(builder: PlanBuilder, setting: string, router: JsonObject, common: JsonObject): unknown {
  const [own, shared] = [router[setting], common[setting]];
  const isSet = (value: unknown): boolean =>
    listOf(value).length > 0 || Object.keys(objectOf(value)).length > 0;
  if (!isSet(own)) return shared;
  if (isSet(shared))
    builder.remarks.add(
      `litellm_settings.${setting} left out: router_settings.${setting} counts there too`,
      '',
    );
  return own;
}

/** A list of objects with one name and its fallbacks each. Of two with one name the first counts there. */
function settingOf(builder: PlanBuilder, { router, common }: LitellmParts, setting: string): Fallbacks {
  const named = new Map<string, readonly string[]>();
  const given = firstSet(builder, setting, router, common) ?? [];
  if (!Array.isArray(given)) builder.remarks.add(`setting left out: it is no list: ${setting}`, '');
  for (const item of listOf(given)) {
    if (!isObject(item)) builder.remarks.add(`entry left out: it names no model: ${setting}`, '');
    for (const [name, list] of Object.entries(objectOf(item))) {
      const isAny = name === ANY && setting === 'fallbacks';
      if (named.has(name) && !isAny)
        builder.remarks.add(`second entry of a model left out, as there: ${setting}`, name);
      else named.set(name, namesOf(builder, list, `${setting}: ${name}`));
    }
  }
  return named;
}

/** Those of `*`: `default_fallbacks` are the same, and come after it. */
function defaultsOf(
  builder: PlanBuilder,
  { router, common }: LitellmParts,
  named: Fallbacks,
): readonly string[] {
  const given = listOf(firstSet(builder, 'default_fallbacks', router, common));
  const any = named.get(ANY);
  if (given.length === 0) return any ?? [];
  if (any !== undefined)
    builder.remarks.add('fallbacks of * left out: default_fallbacks counts there too', '');
  return namesOf(builder, given, 'default_fallbacks');
}

/** There a fallback may also be an object that changes more of the request than the model. */
function namesOf(builder: PlanBuilder, list: unknown, item: string): string[] {
  const names = listOf(list).map(textOf);
  if (!Array.isArray(list) || names.includes(''))
    builder.remarks.add('fallback left out: it is no name of a model', item);
  return names.filter((name) => name !== '');
}

function remarkOnUnknown(builder: PlanBuilder, before: Routes, named: Fallbacks, setting: string): void {
  for (const name of named.keys()) {
    const isAny = name === ANY && setting === 'fallbacks';
    if (!before.has(name) && !isAny)
      builder.remarks.add(`fallbacks of a model left out: no route has its name: ${setting}`, name);
  }
}

/** Whether any of them could be added: those that are no route themselves are told of. */
function addTiers(builder: PlanBuilder, before: Routes, name: string, fallbacks: readonly string[]): boolean {
  let isAny = false;
  for (const fallback of fallbacks.filter((one) => one !== name)) {
    const next = before.get(fallback) ?? [];
    if (next.length === 0)
      builder.remarks.add('fallback left out: nothing that comes over serves it', `${name}: ${fallback}`);
    const last = Math.max(...builder.routes.targetsOf(name).map(({ tier }) => tier));
    for (const target of next) {
      builder.routes.add(name, { ...asIs(target, fallback), tier: last + target.tier });
      isAny = true;
    }
  }
  return isAny;
}

/** A target of one route in another: the name that it was asked by is not that of the other. */
function asIs(target: MovedTarget, name: string): MovedTarget {
  return { ...target, model: target.model ?? name };
}
