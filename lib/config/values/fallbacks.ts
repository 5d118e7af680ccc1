import { z } from 'zod';
import type { Fallback } from '../../balancer/routes/model-route';
import { fallbackSlug } from '../../balancer/routes/model-route';
import { normalizeSlug, reasonAgainstSlug } from '../slug';
import { splitList } from './list';
import { lineSchema } from './text';
import { withoutUnset } from './unset';

const MODELS_MAX = 1_000;

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
  .max(191, { error: 'must be 191 characters at most' });

const shape = {
  provider: slugSchema,
  models: z
    .record(modelSchema, modelSchema, { error: 'must be an object of model and model' })
    .refine((models) => Object.keys(models).length <= MODELS_MAX, {
      error: `must be ${MODELS_MAX} models at most`,
    })
    .default({}),
};

/** The fields of a fallback that is no plain slug. */
export const fallbackFields: readonly string[] = Object.keys(shape);

const fallbackSchema = z
  .preprocess(
    (value) => (typeof value === 'string' ? { provider: value } : withoutUnset(value)),
    z.strictObject(shape, { error: 'must be a slug, or an object of provider and models' }),
  )
  .transform(({ provider, models }): Fallback =>
    Object.keys(models).length === 0 ? provider : { provider, models },
  );

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
