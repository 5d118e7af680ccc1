import { expect, it } from 'vitest';
import { logsApi } from '../../../lib/admin/contract/logs';
import { chatCompletion, reply } from '../../support/scripted-upstream';
import { CLIENT, useServer } from './support';

/**
 * USD for a million tokens, written down by hand as of 29 November 2026: input, cached input, output. Those of
 * Anthropic stand on its price page of that day, the others are as they were published and are quoted.
 */
interface Page {
  readonly provider: string;
  readonly model: string;
  readonly input: number;
  readonly cached?: number;
  readonly output?: number;
}

const page = (provider: string, model: string, input: number, cached?: number, output?: number): Page => ({
  provider,
  model,
  input,
  ...(cached !== undefined && { cached }),
  ...(output !== undefined && { output }),
});

const PAGES: readonly Page[] = [
  page('openai', 'gpt-4o', 2.5, 1.25, 10),
  page('openai', 'gpt-4o-mini', 0.15, 0.075, 0.6),
  page('openai', 'gpt-4.1', 2, 0.5, 8),
  page('openai', 'gpt-4.1-mini', 0.4, 0.1, 1.6),
  page('openai', 'gpt-4.1-nano', 0.1, 0.025, 0.4),
  page('openai', 'gpt-5', 1.25, 0.125, 10),
  page('openai', 'gpt-5-mini', 0.25, 0.025, 2),
  page('openai', 'gpt-5-nano', 0.05, 0.005, 0.4),
  page('openai', 'gpt-5.4', 2.5, 0.25, 15),
  page('openai', 'o3', 2, 0.5, 8),
  page('openai', 'o4-mini', 1.1, 0.275, 4.4),
  page('openai', 'text-embedding-3-small', 0.02),
  page('anthropic', 'claude-sonnet-4-5', 3, 0.3, 15),
  page('anthropic', 'claude-haiku-4-5', 1, 0.1, 5),
  page('anthropic', 'claude-opus-4-5', 5, 0.5, 25),
  page('anthropic', 'claude-opus-4-1', 15, 1.5, 75),
  page('google', 'gemini-2.5-pro', 1.25, 0.125, 10),
  page('google', 'gemini-2.5-flash', 0.3, 0.03, 2.5),
  page('google', 'gemini-2.5-flash-lite', 0.1, 0.01, 0.4),
  page('groq', 'llama-3.3-70b-versatile', 0.59, undefined, 0.79),
  page('groq', 'llama-3.1-8b-instant', 0.05, undefined, 0.08),
  page('mistral', 'mistral-small-latest', 0.1, undefined, 0.3),
  page('x-ai', 'grok-4', 3, 0.75, 15),
  page('moonshotai', 'kimi-k2-0905-preview', 0.6, 0.15, 2.5),
];

const SLUGS = [...new Set(PAGES.map(({ provider }) => provider))];
const parts = useServer({ MAX_RETRIES: '0' });
const { call } = parts;

const PROMPT = 51_234;
const CACHED = 20_117;
const COMPLETION = 7_321;
const REASONING = 5_003;

/** What the provider tells, in its own words. */
function usageOf({ provider, cached = 0, output }: Page): object {
  const cachedTokens = cached === 0 ? 0 : CACHED;
  if (provider === 'anthropic') {
    return {
      usage: {
        input_tokens: PROMPT - cachedTokens,
        cache_read_input_tokens: cachedTokens,
        output_tokens: COMPLETION,
      },
    };
  }
  if (provider === 'google') {
    return {
      usageMetadata: {
        promptTokenCount: PROMPT,
        cachedContentTokenCount: cachedTokens,
        candidatesTokenCount: COMPLETION - REASONING,
        thoughtsTokenCount: REASONING,
      },
    };
  }
  if (output === undefined) return { usage: { prompt_tokens: PROMPT, total_tokens: PROMPT } };
  return {
    usage: {
      prompt_tokens: PROMPT,
      completion_tokens: COMPLETION,
      total_tokens: PROMPT + COMPLETION,
      prompt_tokens_details: { cached_tokens: cachedTokens },
      completion_tokens_details: { reasoning_tokens: REASONING },
    },
  };
}

const PATHS: Readonly<Record<string, (model: string) => string>> = {
  anthropic: () => '/messages',
  google: (model) => `/models/${model}:generateContent`,
};

async function ask(
  provider: string,
  model: string,
  answer: object,
  path = '/chat/completions',
): Promise<number> {
  parts.upstream.fallbackReply = reply.json(200, { ...chatCompletion('Hello'), ...answer });
  const response = await fetch(`${parts.server.url}/${provider}/v1${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${CLIENT}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model, input: 'Hello', messages: [{ role: 'user', content: 'Hello' }] }),
  });
  expect(response.status).toBe(200);
  await response.text();
  const [row] = (await call(logsApi.requests, { pageSize: 1 })).items;
  return row?.costUsd ?? NaN;
}

async function addProviders(): Promise<void> {
  for (const slug of SLUGS) {
    const made = await parts.ask('POST', 'providers', {
      name: slug,
      slug,
      baseUrl: parts.upstream.baseUrl,
    });
    expect(made.status).toBe(200);
    await parts.ask('POST', 'keys/import', { provider: slug, text: `sk-price-0123456789abcdef-${slug}` });
  }
}

it('twenty models and more cost what their price pages say, within 0.1 %', async () => {
  await addProviders();
  for (const one of PAGES) {
    const { provider, model, input, cached = 0, output } = one;
    const path = output === undefined ? '/embeddings' : PATHS[provider]?.(model);
    const cost = await ask(provider, model, usageOf(one), path);
    const cachedTokens = cached === 0 ? 0 : CACHED;
    const tokens = (PROMPT - cachedTokens) * input + cachedTokens * cached + COMPLETION * (output ?? 0);
    const told = `${provider} ${model}: ${cost} for ${tokens / 1e6}`;
    expect(Math.abs(cost / (tokens / 1e6) - 1), told).toBeLessThan(0.001);
  }
});

it('caches of five minutes and an hour, sound, images, batches and flex have the prices of their pages', async () => {
  const near = (usd: number) => expect.closeTo(usd, 9) as number;
  const written = {
    input_tokens: 1_000,
    cache_creation_input_tokens: 30_000,
    cache_creation: { ephemeral_5m_input_tokens: 10_000, ephemeral_1h_input_tokens: 20_000 },
    output_tokens: 100,
    service_tier: 'standard',
  };
  const claude = (usage: object) => ask('anthropic', 'claude-sonnet-4-5', { usage }, '/messages');
  expect(await claude(written)).toEqual(near((1_000 * 3 + 10_000 * 3.75 + 20_000 * 6 + 100 * 15) / 1e6));
  // What nobody has told a price for is unknown.
  expect(await claude({ ...written, service_tier: 'priority' })).toBeNaN();
  expect(await claude({ ...written, speed: 'fast' })).toBeNaN();

  const heard = {
    promptTokenCount: 3_000,
    promptTokensDetails: [
      { modality: 'TEXT', tokenCount: 1_000 },
      { modality: 'AUDIO', tokenCount: 2_000 },
    ],
    candidatesTokenCount: 10,
  };
  const gemini = (model: string, usageMetadata: object) =>
    ask('google', model, { usageMetadata }, `/models/${model}:generateContent`);
  expect(await gemini('gemini-2.5-flash', heard)).toEqual(near((1_000 * 0.3 + 2_000 * 1 + 10 * 2.5) / 1e6));
  const drawn = {
    promptTokenCount: 100,
    candidatesTokenCount: 1_300,
    candidatesTokensDetails: [{ modality: 'IMAGE', tokenCount: 1_290 }],
  };
  expect(await gemini('gemini-2.5-flash-image', drawn)).toEqual(
    near((100 * 0.3 + 1_290 * 30 + 10 * 2.5) / 1e6),
  );
  const spoken = {
    usage: {
      prompt_tokens: 1_000,
      completion_tokens: 500,
      prompt_tokens_details: { audio_tokens: 900 },
      completion_tokens_details: { audio_tokens: 400 },
    },
  };
  expect(await ask('openai', 'gpt-audio', spoken)).toEqual(
    near((100 * 2.5 + 900 * 32 + 100 * 10 + 400 * 64) / 1e6),
  );
  // A list without a rate for sound does not say that sound costs what text does.
  expect(await ask('openai', 'gpt-4o', spoken)).toBeNaN();

  const plain = { usage: { prompt_tokens: 10_000, completion_tokens: 1_000 } };
  const full = (10_000 * 1.25 + 1_000 * 10) / 1e6;
  expect(await ask('openai', 'gpt-5', { ...plain, service_tier: 'default' })).toEqual(near(full));
  expect(await ask('openai', 'gpt-5', { ...plain, service_tier: 'flex' })).toEqual(near(full / 2));
  expect(await ask('openai', 'gpt-5', { ...plain, service_tier: 'priority' })).toBeNaN();
  const said = { metadata: { service_tier: 'flex' }, ...plain, service_tier: 'default' };
  expect(await ask('openai', 'gpt-5', said)).toEqual(near(full));
  expect(await ask('groq', 'llama-3.1-8b-instant', { ...plain, service_tier: 'flex' })).toEqual(
    near((10_000 * 0.05 + 1_000 * 0.08) / 1e6),
  );
});

it('a batch costs half, once, however often it is asked for', async () => {
  const batch = {
    id: 'batch_1',
    object: 'batch',
    model: 'gpt-5',
    status: 'completed',
    usage: { input_tokens: 10_000, output_tokens: 1_000, total_tokens: 11_000 },
  };
  parts.upstream.fallbackReply = reply.json(200, batch);
  for (let n = 0; n < 2; n += 1) {
    const response = await fetch(`${parts.server.url}/openai/v1/batches/batch_1`, {
      headers: { authorization: `Bearer ${CLIENT}` },
    });
    expect(await response.json()).toEqual(batch);
  }
  const { items } = await call(logsApi.requests, { pageSize: 2 });
  expect(items.map(({ model, costUsd, promptTokens }) => [model, costUsd, promptTokens])).toEqual([
    [null, null, null],
    ['gpt-5', expect.closeTo((10_000 * 1.25 + 1_000 * 10) / 2e6, 9), 10_000],
  ]);
});
