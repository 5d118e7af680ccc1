import type { PlanBuilder } from '../plan-builder';
import { isObject, objectOf, textOf } from '../rows';
import type { JsonObject } from '../rows';
import { looksSealed, type Unseal } from './litellm-secrets';

/** A value with all in it as it counts there; `item` is what remarks name. What is not known is null. */
export type Resolve = (value: unknown, item: string) => unknown;

const VARIABLE = 'os.environ/';
/** So deep does LiteLLM look for variables. */
const DEPTH_MAX = 10;

/** The variable that a value names; undefined if it is the value itself. */
export function variableNamed(value: unknown): string | undefined {
  const written = textOf(value);
  return written.startsWith(VARIABLE) ? written.slice(VARIABLE.length) : undefined;
}

/** Of a file: any value may name a variable, and none is encrypted. */
export function fromFile(builder: PlanBuilder, variables: JsonObject): Resolve {
  return everywhere((written, item) => {
    const name = variableNamed(written);
    if (name === undefined) return written;
    const found = valueOf(variables, name);
    if (found !== '') return found;
    // What is no name may be the secret itself.
    const shown = /^[A-Za-z_]\w*$/.test(name) ? name : 'its name is none';
    builder.remarks.add(`variable that was not given: ${shown}`, item);
    return null;
  });
}

/** Of the database, where a value is encrypted or not, and may name a variable either way. */
export function fromDatabase(
  builder: PlanBuilder,
  plain: Resolve,
  { unseal, isKeyGiven }: { readonly unseal: Unseal; readonly isKeyGiven: boolean },
): Resolve {
  return everywhere((written, item) => {
    const opened = isKeyGiven ? unseal(written) : undefined;
    if (opened !== undefined || !looksSealed(written)) return plain(opened ?? written, item);
    const why = isKeyGiven
      ? 'with another LITELLM_SALT_KEY than the one given'
      : 'and no LITELLM_SALT_KEY was given';
    builder.remarks.add(`value left out: it is encrypted, ${why}`, item);
    return null;
  });
}

/** The variables of a file may name others, of the environment. */
export function valueOf(variables: JsonObject, name: string): string {
  const other = variableNamed(variables[name]);
  const found = other === undefined ? textOf(variables[name]) : textOf(variables[other]);
  return variableNamed(found) === undefined ? found : '';
}

function everywhere(resolve: (written: string, item: string) => unknown): Resolve {
  const each = (value: unknown, item: string, depth: number): unknown => {
    if (typeof value === 'string') return resolve(value.trim(), item);
    if (depth >= DEPTH_MAX) return value;
    if (Array.isArray(value)) return value.map((one: unknown) => each(one, item, depth + 1));
    if (!isObject(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, each(one, item, depth + 1)]));
  };
  return (value, item) => each(value, item, 0);
}

/** Those fields of an object that are asked for, resolved; all others as they are. */
export function resolvedFields(
  given: unknown,
  fields: ReadonlySet<string>,
  resolve: (value: unknown) => unknown,
): JsonObject {
  const pairs = Object.entries(objectOf(given));
  return Object.fromEntries(
    pairs.map(([name, value]) => [name, fields.has(name) ? resolve(value) : value] as const),
  );
}
