import { z } from 'zod';
import { isTag, KEY_TAGS, tagsIn, withoutRepeats } from '../../config/key-tags';

const wrong = {
  error: `must be tags of 1 to ${KEY_TAGS.lengthMax} characters, without commas and control characters`,
};

/** Of one key. Each once, as it is written first. */
export const tagsSchema = z
  .array(z.string().trim().refine(isTag, wrong).meta({ example: 'production' }))
  .max(KEY_TAGS.countMax, { error: `must be ${KEY_TAGS.countMax} tags at most` })
  .overwrite(withoutRepeats);

/** Of a filter. */
export const tagListSchema = z
  .string()
  .trim()
  .max(KEY_TAGS.countMax * (KEY_TAGS.lengthMax + 2))
  .refine((text) => {
    const tags = tagsIn(text, ',');
    // None would be all keys, also for what deletes them.
    return tags.length > 0 && tags.every(isTag);
  }, wrong)
  .meta({ example: 'production,team a' })
  .describe('A tag, or several with commas between them: keys that have them all. Case does not matter');
