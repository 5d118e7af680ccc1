import { z } from 'zod';
import type { Endpoint } from '../../admin/contract/endpoint';
import { AdminError, wrongField } from '../../admin/error';
import { messageOf } from '../../admin/words/issue-message';

/** What a caller says, not looked at yet. */
export interface RawInput {
  readonly params?: unknown;
  readonly query?: unknown;
  readonly body?: unknown;
}

/** The parameters of an address. Throws `invalid_input` for one that is there twice: nobody knows which one is meant. */
export function queryOf(address: string): object {
  const { searchParams } = new URL(address);
  const seen = new Set<string>();
  for (const name of searchParams.keys()) {
    if (seen.has(name)) throw wrongField(name.slice(0, FIELD_MAX), 'must be given only once');
    seen.add(name);
  }
  return Object.fromEntries(searchParams);
}

/** All that an endpoint is told, in one object. Throws `invalid_input`, which names every field that is wrong. */
export function readInput(endpoint: Endpoint, { params = {}, query = {}, body = {} }: RawInput): object {
  const problems: Problems = new Map();
  const read = (schema: z.ZodType | undefined, value: unknown): object => {
    if (schema === undefined) return {};
    const result = schema.safeParse(value);
    if (result.success) return result.data as object;
    for (const issue of result.error.issues.slice(0, PROBLEMS_MAX)) addProblem(problems, issue);
    return {};
  };
  const input = {
    ...read(endpoint.query ?? NO_QUERY, query),
    ...read(endpoint.body, body),
    ...read(endpoint.params, params),
  };
  const [first] = problems;
  if (first === undefined) return input;
  const [field, message] = first;
  const fields = Object.fromEntries(problems);
  throw new AdminError('invalid_input', field === '' ? message : `${field}: ${message}`, fields);
}

const NO_QUERY = z.strictObject({});
/** More mistakes than this are not made by hand. */
const PROBLEMS_MAX = 100;
const FIELD_MAX = 100;

/** By field, whatever it is called: an object has fields of its own, such as `constructor`. */
type Problems = Map<string, string>;

/** What is wrong, by field. Zod says of an unknown field only that it is one; here it is the field that is wrong. */
function addProblem(problems: Problems, issue: z.core.$ZodIssue): void {
  const path = issue.path.map(String);
  const isUnknown = issue.code === 'unrecognized_keys';
  const message = isUnknown ? 'is not a known field' : messageOf(issue);
  const places = isUnknown ? issue.keys.slice(0, PROBLEMS_MAX).map((key) => [...path, key]) : [path];
  for (const place of places) {
    const field = place.join('.').slice(0, FIELD_MAX);
    if (!problems.has(field) && problems.size < PROBLEMS_MAX) problems.set(field, message);
  }
}
