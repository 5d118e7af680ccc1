import type { LogStory } from '../../../lib/admin/contract/logs';
import { gatewayPath } from '../curl-command';
import { providerAsked } from '../provider-asked';
import { recordedBody } from '../recorded-body';

/** Why a request cannot be sent again. */
export type Refusal =
  'rowGone' | 'socket' | 'noBody' | 'hidden' | 'notKept' | 'cut' | 'changed' | 'notJson' | 'lasting';

/** The request once more, as far as the log has it. */
export interface Resend {
  /** At the gateway. */
  readonly path: string;
  /** To the byte what came then. */
  readonly body: string;
  /** It may do more at the provider than answer, so one is asked first. */
  readonly mayLast: boolean;
}

/** What is only answered, below `/v1`, whatever is asked. */
const ANSWERED: readonly RegExp[] = [
  /^\/(?:chat\/)?completions$/,
  /^\/(?:embeddings|moderations|rerank|score|classify|pooling)$/,
  /^\/messages(?:\/count_tokens)?$/,
  /^\/responses(?:\/input_tokens)?$/,
  /^\/images\/generations$/,
  /^\/audio\/speech$/,
  /^\/(?:models|tunedModels)\/[^/]+:(?:generateContent|streamGenerateContent|countTokens|embedContent|batchEmbedContents)$/,
];
/** Of a tool that the client runs; others work at the provider. */
const CLIENT_TOOLS: ReadonlySet<unknown> = new Set([undefined, 'function', 'custom']);

type Json = Readonly<Record<string, unknown>>;

/**
 * The request of a story, if it can be sent again: it had a body of JSON that was recorded whole, and its path is one
 * that answers and makes nothing. Headers and query are not recorded.
 */
export function resendOf(
  story: Pick<LogStory, 'request' | 'attempts' | 'skippedProviders' | 'socket' | 'errors'>,
): Resend | Refusal {
  const { request, socket } = story;
  if (request === null) return 'rowGone';
  if (socket !== null) return 'socket';
  if (request.method !== 'POST' || request.requestBytes === 0) return 'noBody';
  if (!ANSWERED.some((path) => path.test(request.endpoint))) return 'lasting';
  const { text, sent, kept, isCut, isHidden } = recordedBody(story);
  if (isHidden) return 'hidden';
  if (text === undefined) return 'notKept';
  if (isCut) return 'cut';
  // What is no text, or has had a part replaced, is not as long as it was.
  if (kept !== sent) return 'changed';
  const body = objectIn(text);
  if (body === undefined) return 'notJson';
  return {
    path: gatewayPath(providerAsked(story), request.endpoint),
    body: text,
    mayLast: mayLast(request.endpoint, body),
  };
}

function objectIn(text: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
  } catch {
    return undefined;
  }
}

/** The answer is kept at the provider, goes on in the background, or tools work there. */
function mayLast(endpoint: string, body: Json): boolean {
  const { store, background, tools, mcp_servers: servers, container, conversation } = body;
  const isKept = endpoint === '/responses' ? store !== false : store === true;
  const isNamed = [servers, container, conversation].some((value) => value !== undefined && value !== null);
  return isKept || background === true || isNamed || hasHostedTool(tools);
}

function hasHostedTool(tools: unknown): boolean {
  if (!Array.isArray(tools)) return tools !== undefined && tools !== null;
  return tools.some((tool: unknown) => {
    if (typeof tool !== 'object' || tool === null) return true;
    const { type, functionDeclarations, function_declarations: declared } = tool as Json;
    const isGoogles = functionDeclarations !== undefined || declared !== undefined;
    return !CLIENT_TOOLS.has(type) || (type === undefined && !isGoogles && !('name' in tool));
  });
}
