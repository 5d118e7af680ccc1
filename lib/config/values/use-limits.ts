import { z } from 'zod';
import type { DayReset, Limits, UseLimits } from '../../balancer/limits/limits';
import { limits } from '../limits';
import { isTimeZone } from '../time-zone';
import { hidden } from '../value-type';
import { jsonNumberSchema } from './number';
import { lineSchema } from './text';
import { withoutUnset } from './unset';

/** What a person limits, as PROVIDERS_CONFIG and the columns of an import call it, and the program's word for it. */
export const LIMIT_NAMES = {
  requests_per_minute: 'requestsPerMinute',
  tokens_per_minute: 'tokensPerMinute',
  requests_per_day: 'requestsPerDay',
  tokens_per_day: 'tokensPerDay',
  concurrency: 'concurrency',
} as const satisfies Record<string, keyof UseLimits>;
export type LimitName = keyof typeof LIMIT_NAMES;

export const limitNames = Object.keys(LIMIT_NAMES) as readonly LimitName[];

type UseEntry = { readonly [Name in LimitName]?: number | undefined };

/** `limits` of a provider or a key, as PROVIDERS_CONFIG has them. */
export interface LimitsEntry extends UseEntry {
  readonly models?: Readonly<Record<string, UseEntry>> | undefined;
  readonly day_resets_at?: DayReset | undefined;
}

const MODEL_MAX = 191;
const MODELS_MAX = 100;
const TIME = /^([01]\d|2[0-3]):[0-5]\d$/;

const limit = jsonNumberSchema(true, limits.useLimit).optional();
const useShape = {
  requests_per_minute: limit,
  tokens_per_minute: limit,
  requests_per_day: limit,
  tokens_per_day: limit,
  concurrency: limit,
} satisfies Record<LimitName, z.ZodType>;

const useSchema = z.preprocess(
  withoutUnset,
  z.strictObject(useShape, { error: 'must be an object of limits' }),
);

const modelsSchema = z
  .preprocess(
    withoutUnset,
    z.custom<Record<string, unknown>>(isPlainObject, {
      error: 'must be an object of models and their limits',
    }),
  )
  .superRefine((models, context) => {
    const refuse = (message: string) =>
      context.addIssue({ code: 'custom', message, params: { shown: hidden } });
    const names = Object.keys(models);
    if (names.length > MODELS_MAX) refuse(`must be ${MODELS_MAX} models at most`);
    const message = names.map(reasonAgainstModel).find((reason) => reason !== undefined);
    if (message !== undefined) refuse(message);
  })
  .pipe(z.record(z.string(), useSchema));

/** undefined for a name that a model can have. `__proto__` is none: no object of JavaScript holds it safely. */
function reasonAgainstModel(name: string): string | undefined {
  if (name === '__proto__') return 'has a model with a name that is not allowed';
  return lineSchema.min(1).max(MODEL_MAX).safeParse(name).success
    ? undefined
    : `has a model whose name is not one line of at most ${MODEL_MAX} characters`;
}

const dayResetSchema = z.preprocess(
  withoutUnset,
  z.strictObject(
    {
      time: z
        .string({ error: 'must be text' })
        .regex(TIME, { error: 'must be hours and minutes such as 00:00' })
        .default('00:00'),
      zone: z
        .string({ error: ({ input }) => (input === undefined ? 'is missing' : 'must be text') })
        .refine(isTimeZone, {
          error: 'must be an IANA time zone such as Europe/Berlin, Asia/Shanghai or UTC',
        }),
    },
    { error: 'must be an object of time and zone' },
  ),
);

const limitsShape = {
  ...useShape,
  models: modelsSchema.optional(),
  day_resets_at: dayResetSchema.optional(),
};

/** `limits` as a person writes them; unknown fields are refused. */
export const limitsEntrySchema: z.ZodType<LimitsEntry> = z.preprocess(
  withoutUnset,
  z.strictObject(limitsShape, { error: 'must be an object of limits' }),
);

/** The fields that may stand at a path within `limits`. */
export function limitFieldsAt(path: readonly PropertyKey[]): readonly string[] {
  if (path.length === 0) return Object.keys(limitsShape);
  return path[0] === 'day_resets_at' ? ['time', 'zone'] : limitNames;
}

/** An entry in the program's words; undefined if it limits nothing. */
export function limitsOf({ models, day_resets_at: dayResetsAt, ...uses }: LimitsEntry): Limits | undefined {
  return tidyLimits({
    ...useLimitsOf(uses),
    models:
      models && Object.fromEntries(Object.entries(models).map(([name, entry]) => [name, useLimitsOf(entry)])),
    dayResetsAt,
  });
}

export function useLimitsOf(entry: UseEntry): UseLimits {
  return Object.fromEntries(limitNames.map((name) => [LIMIT_NAMES[name], entry[name]]));
}

/** The same, always in one order, without what is not limited; undefined if nothing is left. */
export function tidyLimits({ models = {}, dayResetsAt, ...uses }: Limits): Limits | undefined {
  const limited = Object.entries(models).flatMap(([name, entry]) => {
    const tidy = tidyUses(entry);
    return Object.keys(tidy).length === 0 ? [] : [[name, tidy] as const];
  });
  const tidy: Limits = {
    ...tidyUses(uses),
    ...(limited.length > 0 && { models: Object.fromEntries(limited) }),
    ...(dayResetsAt && { dayResetsAt: { time: dayResetsAt.time, zone: dayResetsAt.zone } }),
  };
  return Object.keys(tidy).length === 0 ? undefined : tidy;
}

function tidyUses(uses: UseLimits): UseLimits {
  const said = limitNames.map((name) => [LIMIT_NAMES[name], uses[LIMIT_NAMES[name]]] as const);
  return Object.fromEntries(said.filter(([, value]) => value !== undefined));
}

function isPlainObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
