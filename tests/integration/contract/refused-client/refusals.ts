import type { RecordedRequest } from '../../../support/scripted-upstream';
import type { Answer } from '../ask';
import type { StagedProvider } from '../staged-provider';

/** What a provider refuses of one client, whichever key is used. */
export interface Refusal {
  readonly name: string;
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
  isMeant(request: RecordedRequest): boolean;
  ask(provider: StagedProvider): Promise<Answer>;
}

interface Said {
  readonly status: number;
  readonly body: unknown;
}

function chatRefusal(name: string, mark: string, said: Said): Refusal {
  return {
    name,
    ...asAnswer(said),
    isMeant: ({ body }) => body.includes(mark),
    ask: (provider) => provider.chat({ messages: [{ role: 'user', content: mark }] }),
  };
}

function pathRefusal(name: string, path: string, said: Said, ask: Refusal['ask']): Refusal {
  return { name, ...asAnswer(said), isMeant: ({ url }) => url.includes(path), ask };
}

function asAnswer({ status, body }: Said): Pick<Refusal, 'status' | 'contentType' | 'body'> {
  return typeof body === 'string'
    ? { status, contentType: 'text/html; charset=UTF-8', body }
    : { status, contentType: 'application/json', body: JSON.stringify(body) };
}

const openaiError = (message: string, code: string | null) => ({
  error: { message, type: 'invalid_request_error', param: null, code },
});

const UPGRADE = {
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-version': '13',
  'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
};

export const REFUSALS: readonly Refusal[] = [
  chatRefusal('a malformed request (400)', 'NOT WELL FORMED', {
    status: 400,
    body: openaiError("Invalid type for 'messages[0].content'.", 'invalid_type'),
  }),
  chatRefusal('a prompt that moderation flags (403)', 'BADWORD', {
    status: 403,
    body: {
      error: {
        message: 'openai/gpt-4o requires moderation on Example. Your input was flagged for "violence".',
        code: 403,
        metadata: { reasons: ['violence'], flagged_input: 'BADWORD', provider_name: 'Example' },
      },
      user_id: 'user_0',
    },
  }),
  pathRefusal(
    'an endpoint outside the scopes (401)',
    '/embeddings',
    {
      status: 401,
      body: openaiError(
        'You have insufficient permissions for this operation. Missing scopes: model.request. Check that you have ' +
          'the correct role in your organization (Reader, Writer, Owner) and project (Member, Owner).',
        null,
      ),
    },
    (provider) => provider.ask('/embeddings', { body: { model: 'text-embedding-3-small', input: 'hi' } }),
  ),
  chatRefusal('another organization (401)', 'ORGANIZATION', {
    status: 401,
    body: openaiError(
      'OpenAI-Organization header should match organization for API key',
      'mismatched_organization',
    ),
  }),
  chatRefusal('more tokens than the credit covers (402)', 'VERY LONG', {
    status: 402,
    body: {
      error: {
        message:
          'This request requires more credits, or fewer max_tokens. You requested up to 65536 tokens, but can only ' +
          'afford 30104. To increase, visit https://openrouter.ai/settings/credits and upgrade to a paid account',
        code: 402,
        metadata: { provider_name: null },
      },
      user_id: 'user_0',
    },
  }),
  chatRefusal('a word that the firewall blocks (403, a page)', 'DROP TABLE', {
    status: 403,
    body:
      '<!DOCTYPE html>\n<html lang="en-US"><head><title>Attention Required! | Cloudflare</title></head>' +
      '<body><h1>Sorry, you have been blocked</h1></body></html>',
  }),
  pathRefusal(
    'the figures of the organization (403, in words unknown)',
    '/organization/usage',
    { status: 403, body: { detail: 'Not for you.' } },
    (provider) => provider.ask('/organization/usage/completions?start_time=1730419200'),
  ),
  pathRefusal('a WebSocket (403)', '/realtime', { status: 403, body: openaiError('No.', null) }, (provider) =>
    provider.ask('/realtime?model=gpt-realtime', { headers: UPGRADE }),
  ),
];
