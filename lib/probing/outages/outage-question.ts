import type { SeenFailure } from '../../balancer/health/outage';
import type { UpstreamRequest } from '../../upstream/target';
import { FIRST_LIMIT, type OutputLimit } from '../output-limit';

export interface Question {
  readonly request: UpstreamRequest;
  /** It asks for what had failed. */
  readonly isLike: boolean;
}

type Body = Readonly<Record<string, unknown>>;

const CHAT = '/chat/completions';
const CHATS: ReadonlySet<string> = new Set([CHAT, '/responses', '/messages']);

/** The shortest question for each endpoint that computes an answer at next to no cost. */
const BODIES: ReadonlyMap<string, (model: string, limit: OutputLimit) => Body> = new Map([
  [
    CHAT,
    (model: string, limit: OutputLimit): Body => ({
      model,
      messages: [{ role: 'user', content: 'Hi' }],
      ...limit,
    }),
  ],
  ['/completions', (model) => ({ model, prompt: 'Hi', max_tokens: 1 })],
  ['/responses', (model) => ({ model, input: 'Hi', max_output_tokens: 16, store: false })],
  ['/messages', (model) => ({ model, messages: [{ role: 'user', content: 'Hi' }], max_tokens: 1 })],
  ['/embeddings', (model) => ({ model, input: 'Hi' })],
  ['/moderations', (model) => ({ model, input: 'Hi' })],
  ['/rerank', (model) => ({ model, query: 'Hi', documents: ['Hi'] })],
]);

const MODELS: UpstreamRequest = {
  method: 'GET',
  path: '/models',
  rawHeaders: ['accept', 'application/json'],
  body: undefined,
};

/**
 * A question that shows whether the failure is over: the same endpoint and model, streamed if that was. What would cost
 * something or leave something behind (images, files, batches) is not repeated: then the models are asked for, which
 * shows less.
 */
export function questionAfter(seen: SeenFailure, testModel: string, limit = FIRST_LIMIT): Question {
  const path = pathOf(seen);
  const bodyOf = BODIES.get(path);
  const isPost = seen.asks === undefined || seen.asks.method === 'POST';
  // The model that keys are tested with can chat, and nothing else is known of it.
  const model = seen.model === '' && CHATS.has(path) ? testModel : seen.model;
  if (bodyOf === undefined || !isPost || model === '') {
    return { request: MODELS, isLike: seen.asks?.method === 'GET' && path === MODELS.path };
  }
  const isStream = seen.asks?.isStream === true;
  return { isLike: true, request: post(path, model, bodyOf(model, limit), isStream) };
}

function post(path: string, model: string, body: Body, isStream: boolean): UpstreamRequest {
  return {
    method: 'POST',
    path,
    expects: 'answer',
    isStream,
    model,
    rawHeaders: [
      ...['content-type', 'application/json'],
      ...['accept', isStream ? 'text/event-stream' : 'application/json'],
      // No client is there to say it.
      ...(path === '/messages' ? ['anthropic-version', '2023-06-01'] : []),
    ],
    body: Buffer.from(JSON.stringify({ ...body, ...(isStream && { stream: true }) })),
  };
}

/** Whether a question can repeat what failed. */
export function canRepeat(seen: SeenFailure): boolean {
  return seen.kind === 'unreachable' || questionAfter(seen, 'any').isLike;
}

function pathOf({ asks }: SeenFailure): string {
  return asks === undefined ? CHAT : asks.path.replace(/\/$/, '');
}
