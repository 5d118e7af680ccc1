import { z } from 'zod';
import { FALLBACK_REASONS } from '../../balancer/attempts/target';
import type { ModelRoute, RouteTarget } from '../../balancer/routes/model-route';
import { limits } from '../limits';
import { parseJson, withoutOuterQuotes } from '../raw-text';
import { quote, type ValueType } from '../value-type';
import { modelSchema, slugSchema } from './fallbacks';
import { splitList } from './list';
import { jsonNumberSchema } from './number';
import { withoutUnset } from './unset';

const ROUTES_MAX = 1_000;
const TARGETS_MAX = 100;
const EXAMPLE = '[{"name":"fast","targets":[{"provider":"groq","model":"llama-3.3-70b"}]}]';

const targetShape = {
  provider: z.string({ error: missingOr('must be text') }).pipe(slugSchema),
  model: modelSchema.optional(),
  weight: jsonNumberSchema(false, limits.routeWeight).default(1),
  tier: jsonNumberSchema(true, limits.routeTier).default(1),
};

const targetSchema = z.preprocess(
  (value) => (typeof value === 'string' ? { provider: value } : withoutUnset(value)),
  z.strictObject(targetShape, { error: 'must be a slug, or an object such as {"provider":"groq"}' }),
);

const reasonsMessage = `must be some of ${FALLBACK_REASONS.join(', ')}`;
const reasonsSchema = z
  .preprocess(
    (value) => (typeof value === 'string' ? splitList(value) : value),
    z.array(z.enum(FALLBACK_REASONS, { error: reasonsMessage }), { error: reasonsMessage }),
  )
  .transform((reasons) => [...new Set(reasons)]);

const routeShape = {
  name: z
    .string({ error: missingOr('must be text') })
    .pipe(modelSchema)
    .refine((name) => (name.match(/\*/g)?.length ?? 0) <= 10, { error: 'must have ten * at most' }),
  targets: z
    .array(targetSchema, { error: missingOr('must be a list of targets') })
    .min(1, { error: 'must have a target' })
    .max(TARGETS_MAX, { error: `must be ${TARGETS_MAX} targets at most` })
    .superRefine(refuseRepeats),
  on: reasonsSchema.default(['unavailable']),
  first_token_timeout: jsonNumberSchema(false, limits.firstTokenTimeoutSeconds).optional(),
};

/** Fields may be written as they are here, or in camel case. */
const routeSchema = z.preprocess(
  (value) => {
    const fields = withoutUnset(value);
    if (typeof fields !== 'object' || fields === null || !('firstTokenTimeout' in fields)) return fields;
    const { firstTokenTimeout, ...rest } = fields;
    return 'first_token_timeout' in rest ? fields : { ...rest, first_token_timeout: firstTokenTimeout };
  },
  z.strictObject(routeShape, { error: 'must be an object of name and targets' }),
);

const listSchema = z
  .array(routeSchema, { error: `must be a JSON list such as ${EXAMPLE}` })
  .max(ROUTES_MAX, { error: `must be ${ROUTES_MAX} routes at most` })
  .superRefine((routes, context) => {
    const firstByName = new Map<string, number>();
    for (const [index, { name }] of routes.entries()) {
      const first = firstByName.get(name);
      if (first === undefined) firstByName.set(name, index);
      else {
        const message = `is the name of entry ${first} already`;
        context.addIssue({ code: 'custom', path: [index, 'name'], message, params: { shown: quote(name) } });
      }
    }
  });

type Entry = z.output<typeof routeSchema>;

/** A JSON list of routes of models. That its providers exist is for whoever knows them. */
export const routes: ValueType<readonly ModelRoute[]> = {
  schema: z.codec(z.string(), z.custom<readonly ModelRoute[]>(), {
    decode: (raw, context) => {
      const json = parseJson(withoutOuterQuotes(raw));
      const read = listSchema.safeParse(json.ok ? json.value : raw);
      if (read.success) return read.data.map(fromEntry);
      for (const issue of read.error.issues) {
        const given: unknown = issue.code === 'custom' ? issue.params?.['shown'] : undefined;
        const shown = typeof given === 'string' ? given : '';
        context.issues.push({
          code: 'custom',
          input: raw,
          path: [...issue.path],
          message: messageOf(issue),
          params: { shown },
        });
      }
      return z.NEVER;
    },
    encode: (given) => JSON.stringify(given.map(toEntry)),
  }),
  input: { kind: 'json' },
};

function missingOr(message: string) {
  return (issue: { readonly input?: unknown }) => (issue.input === undefined ? 'is missing' : message);
}

function refuseRepeats(targets: readonly z.output<typeof targetSchema>[], context: z.RefinementCtx): void {
  const known = new Set<string>();
  for (const [index, { provider, model }] of targets.entries()) {
    const name = JSON.stringify([provider, model]);
    if (known.has(name)) {
      context.addIssue({ code: 'custom', path: [index], message: 'is there already', params: { shown: '' } });
    }
    known.add(name);
  }
}

function messageOf(issue: z.core.$ZodIssue): string {
  if (issue.code !== 'unrecognized_keys') return issue.message;
  const fields = issue.path.length === 1 ? Object.keys(routeShape) : Object.keys(targetShape);
  return `has a field that is not known; allowed are ${fields.join(', ')}`;
}

function fromEntry({ name, targets, on, first_token_timeout: firstTokenTimeout }: Entry): ModelRoute {
  const route = { name, targets: targets.map(targetOf), on };
  return firstTokenTimeout === undefined ? route : { ...route, firstTokenTimeout };
}

function targetOf({ model, ...target }: z.output<typeof targetSchema>): RouteTarget {
  return model === undefined ? target : { ...target, model };
}

function toEntry({ name, targets, on, firstTokenTimeout }: ModelRoute): object {
  const entries = targets.map(({ provider, model, weight, tier }) => ({
    provider,
    ...(model !== undefined && { model }),
    ...(weight !== 1 && { weight }),
    ...(tier !== 1 && { tier }),
  }));
  const isUsual = on.length === 1 && on[0] === 'unavailable';
  return {
    name,
    targets: entries,
    ...(!isUsual && { on }),
    ...(firstTokenTimeout !== undefined && { first_token_timeout: firstTokenTimeout }),
  };
}
