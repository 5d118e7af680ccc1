import type { ErrorAnswer } from '../contract/error';
import type { Said, SaidError } from '../contract/said';
import { readSaid } from './read-said';

/** Where the program's own texts stand in what the admin API tells. */
const TEXTS: ReadonlySet<string> = new Set([
  ...['actor', 'defaultNote', 'detail', 'effect', 'error', 'errorMessage', 'label', 'lastError', 'message'],
  ...['problem', 'reason', 'target', 'text'],
]);
const LISTS: ReadonlySet<string> = new Set(['notes']);
/**
 * What people have written, whatever they call its parts; and keys and providers passed over, whose reasons are codes.
 */
const LEFT_ALONE: ReadonlySet<string> = new Set([
  ...['default', 'filter', 'value', 'customHeaders', 'requestBody', 'skipped', 'skippedProviders'],
]);

/** Whether a field of that name is a text of the program's own, or a list of some; undefined for neither. */
export function saidKind(name: string): 'text' | 'list' | undefined {
  if (TEXTS.has(name)) return 'text';
  return LISTS.has(name) ? 'list' : undefined;
}

export const isLeftAlone = (name: string): boolean => LEFT_ALONE.has(name);

type Beside = Said | null | readonly (Said | null)[];

/** A copy of an answer in which `xSaid` stands beside every text `x` of the program's own. */
export function withSaid(answer: unknown): unknown {
  if (Array.isArray(answer)) return answer.map(withSaid);
  if (typeof answer !== 'object' || answer === null) return answer;
  const fields: [string, unknown][] = [];
  for (const [name, value] of Object.entries(answer)) {
    fields.push([name, isLeftAlone(name) ? value : withSaid(value)]);
    const beside = saidBeside(name, value);
    if (beside !== undefined) fields.push([`${name}Said`, beside]);
  }
  return Object.fromEntries(fields);
}

/** Undefined without a text. null is sent too: a reader who merges events must not keep the text before. */
function saidBeside(name: string, value: unknown): Beside | undefined {
  const kind = saidKind(name);
  if (kind === 'text') return typeof value === 'string' || value === null ? saidOf(value) : undefined;
  return kind === 'list' && Array.isArray(value) ? value.map(saidOf) : undefined;
}

/** The body of an error. Its codes stand beside the `error`, so that this is what it has always been. */
export function errorWithSaid<E extends ErrorAnswer['error']>(
  error: E,
): { readonly error: E; readonly said: SaidError } {
  const { message, fields } = error;
  const ofFields = Object.entries(fields ?? {}).map(([name, text]) => [name, saidOf(text)] as const);
  return {
    error,
    said: {
      message: saidOf(message),
      ...(fields !== undefined && { fields: Object.fromEntries(ofFields) }),
    },
  };
}

function saidOf(text: unknown): Said | null {
  return typeof text === 'string' ? (readSaid(text) ?? null) : null;
}
