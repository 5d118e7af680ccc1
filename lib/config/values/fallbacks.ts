import { z } from 'zod';
import type { Fallback } from '../../balancer/routes/model-route';
import { fallbackSlug } from '../../balancer/routes/model-route';
import { normalizeSlug, reasonAgainstSlug } from '../slug';
import { splitList } from './list';
import { lineSchema } from './text';
import { withoutUnset } from './unset';

const MODELS_MAX = 100;

export const slugSchema = z
  .string({ error: 'must be text' })
  .transform(normalizeSlug)
  .superRefine((slug, context) => {
    const message = reasonAgainstSlug(slug);
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  });

/** The name of a model. */
export const modelSchema = lineSchema
  .trim()
  .min(1, { error: 'must not be empty' })
  .max(191, { error: 'must be 191 characters at most' })
  // Within an address they would lead somewhere else.
  .refine((name) => !/(?:^|[/\\])\.{1,2}(?:$|[/\\])/.test(name), {
    error: 'must have no part that is . or ..',
  });

const objectSchema = z.strictObject(
  {
    provider: slugSchema,
    models: z
      .record(modelSchema, modelSchema, { error: 'must be an object of model and model' })
      .refine((models) => Object.keys(models).length <= MODELS_MAX, {
        error: `must be ${MODELS_MAX} models at most`,
      })
      .default({}),
  },
  { error: 'must be a slug, or an object of provider and models' },
);

const fallbackSchema = z.unknown().transform((value, context): Fallback => {
  const read =
    typeof value === 'string' ? slugSchema.safeParse(value) : objectSchema.safeParse(withoutUnset(value));
  if (read.success) return typeof read.data === 'string' ? read.data : named(read.data);
  for (const { code, path, message } of read.error.issues) {
    const told =
      code === 'unrecognized_keys' ? 'has a field that is not known; allowed are provider, models' : message;
    context.addIssue({ code: 'custom', path: [...path], message: told, input: value });
  }
  return z.NEVER;
});

function named({ provider, models }: z.output<typeof objectSchema>): Fallback {
  return Object.keys(models).length === 0 ? provider : { provider, models };
}

/** Lists may be written as one text too: "a, b". Of several entries for one provider the first counts. */
export const fallbacksSchema = z
  .preprocess(
    (value) => (typeof value === 'string' ? splitList(value) : value),
    z.array(fallbackSchema, { error: 'must be a list of slugs' }),
  )
  .transform((fallbacks): readonly Fallback[] => {
    const firsts = new Map<string, Fallback>();
    for (const fallback of fallbacks) {
      const slug = fallbackSlug(fallback);
      if (!firsts.has(slug)) firsts.set(slug, fallback);
    }
    return [...firsts.values()];
  });
