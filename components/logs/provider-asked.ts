import type { LogStory } from '@/lib/admin/contract/logs';

/** Whom the client has asked: a route is found below `/v1`, everything else where the first attempt went. */
export function providerAsked({
  request,
  attempts,
  skippedProviders,
}: Pick<LogStory, 'request' | 'attempts' | 'skippedProviders'>): string | undefined {
  if (request === null || request.route !== null) return undefined;
  const first = skippedProviders[0]?.provider ?? attempts[0]?.provider ?? request.provider ?? undefined;
  // `groq/llama` is a model below `/v1` alone.
  return request.modelAsked?.startsWith(`${first ?? ''}/`) === true ? undefined : first;
}
