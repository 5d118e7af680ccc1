import type { RequestKind } from '../pool/lease';
import type { Outcome } from './verdict';

/** How providers say that they have no such object. */
const MISSING =
  /not[ _]found|no such|\bno\b.*\bfound\b|not exist|n't exist|(not|unable to|n't) find|unknown|expired/i;

/**
 * Whether the answer says that an object is not there which the request names and whose owner nobody knows: another key
 * may have it. Nothing was done then. A question for the object itself says so by its status alone; every other answer
 * has to name the object.
 */
export function isMissingObject(
  outcome: Outcome,
  { method, sought }: RequestKind & { readonly sought?: readonly string[] | undefined },
): boolean {
  if (sought === undefined || outcome.kind !== 'answer' || outcome.facts.subject !== 'request') return false;
  const { status, facts } = outcome;
  if (status === 404 && (method === 'GET' || method === 'HEAD')) return true;
  const { message = '', code = '' } = facts;
  const isNamed = sought.some((id) => message.includes(id));
  return (status === 404 || status === 400) && isNamed && MISSING.test(`${code} ${message}`);
}
