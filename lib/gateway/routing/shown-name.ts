import { keptText } from '../../openai/json/kept-text';
import { withoutKeys } from '../record/without-keys';

/** Longer names of models are forwarded as they are, and known by so many characters. */
const MODEL_MAX = 191;

/** What is remembered of the name of a model: its beginning, and nothing that looks like a key. */
export function shownName(model: string): string {
  return withoutKeys(model.length <= MODEL_MAX ? model : keptText(model, MODEL_MAX));
}
