import type { IncomingHttpHeaders } from 'node:http';
import { parseAndValidateFlightRouterState } from 'next/dist/server/app-render/parse-and-validate-flight-router-state';

/** Headers that Next's parts send each other. They are not accepted from outside. */
const INTERNAL =
  /^(?:x-(?:invoke|middleware|matched|now|nextjs|next|prerender)-|next-(?:action|resume|test)\b)/;
const ROUTER = /^(?:rsc$|next-(?:router-|hmr-|url$|instant-))/;

/** Takes from a request for a page what Next would stumble over, or believe though a stranger wrote it. */
export function tidyPageHeaders(headers: IncomingHttpHeaders): void {
  const isBroken = !isRouterState(headers['next-router-state-tree']);
  for (const name in headers) {
    if (INTERNAL.test(name) || (isBroken && ROUTER.test(name))) delete headers[name];
  }
}

function isRouterState(header: string | string[] | undefined): boolean {
  try {
    parseAndValidateFlightRouterState(header);
    return true;
  } catch {
    return false;
  }
}
