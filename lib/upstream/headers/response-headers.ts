import type { HeaderRecord } from '../../balancer/ports';
import { HOP_BY_HOP } from './request-headers';

/** Facts about the upstream's own connection or site that would be untrue, or harmful, coming from us. */
const NOT_PASSED: ReadonlySet<string> = new Set([
  'set-cookie',
  'set-cookie2',
  'alt-svc',
  'strict-transport-security',
  'public-key-pins',
  'clear-site-data',
  'nel',
  'report-to',
]);

/**
 * The headers of an upstream's answer that go to the client, as a flat list of names and values. The upstream's own
 * `x-request-id` moves to `x-upstream-request-id`, because ours takes its place.
 */
export function clientResponseHeaders(headers: HeaderRecord): string[] {
  const passed: string[] = [];
  for (const name in headers) {
    const value = headers[name];
    if (value === undefined || HOP_BY_HOP.has(name) || NOT_PASSED.has(name)) continue;
    const passedName = name === 'x-request-id' ? 'x-upstream-request-id' : name;
    if (typeof value === 'string') passed.push(passedName, value);
    else for (const one of value) passed.push(passedName, one);
  }
  return passed;
}
