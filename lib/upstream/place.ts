/** Where a provider's API begins in the path of its address: `v1`, `v1beta`, `v4`, or `openai` before that. */
const API = /^(?:openai|v\d+(?:[a-z]+\d*)?)$/;

/**
 * The path of a place beside the one that OpenAI's clients are served from: of `/v1beta/openai` the place `/v1beta`, of
 * `/openai/v1` the place `/openai/deployments/gpt-4o`. `prefix`: the path of the base URL, without a slash at the end.
 */
export function placeBeside(prefix: string, place: string): string {
  const parts = prefix.split('/');
  const api = parts.findIndex((part) => API.test(part));
  return (api === -1 ? prefix : parts.slice(0, api).join('/')) + place;
}

/** The address that requests for a place go to; the base URL itself without one. */
export function addressAt(baseUrl: string, place: string | undefined): string {
  if (place === undefined) return baseUrl;
  const { origin, pathname } = new URL(baseUrl);
  return origin + placeBeside(pathname.replace(/\/+$/, ''), place);
}
