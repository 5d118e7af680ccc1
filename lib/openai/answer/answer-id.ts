import type { HeaderRecord } from '../../balancer/ports';

/** As OpenAI and most others, Anthropic, Azure, Bedrock, OpenRouter and Cloudflare name it; the first that is there. */
const HEADERS = [
  'x-request-id',
  'request-id',
  'apim-request-id',
  'x-amzn-requestid',
  'x-generation-id',
  'cf-ray',
] as const;
/** Longer ones, and those with other characters, are no ids that anybody would read out to a support desk. */
const ID = /^[\w.:/+=-]{1,128}$/;

/** The provider's own id of its answer, by which its support finds it; undefined if it names none. */
export function answerIdIn(headers: HeaderRecord): string | undefined {
  for (const name of HEADERS) {
    const value = headers[name];
    if (typeof value === 'string' && ID.test(value)) return value;
  }
  return undefined;
}
