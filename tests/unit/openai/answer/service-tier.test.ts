import { describe, expect, it } from 'vitest';
import { countsFromEvent, JsonUsageScanner } from '../../../../lib/openai/answer/usage';

const USAGE = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 };

const inEvent = (event: object) => countsFromEvent(Buffer.from(`data: ${JSON.stringify(event)}\n\n`))?.tier;

function inJson(answer: object): string | undefined {
  const scanner = new JsonUsageScanner();
  scanner.push(Buffer.from(JSON.stringify(answer)));
  return scanner.finish()?.tier;
}

it.each(['default', 'auto', 'standard', 'on_demand', null])('%s is the usual way of serving', (tier) => {
  expect(inEvent({ service_tier: tier, usage: USAGE })).toBe('');
  expect(inJson({ usage: USAGE, service_tier: tier })).toBeUndefined();
});

it('another way is told on top, in a response, and in the usage of Anthropic', () => {
  expect(inEvent({ service_tier: 'flex', choices: [], usage: USAGE })).toBe('flex');
  expect(inEvent({ type: 'response.completed', response: { service_tier: 'priority', usage: USAGE } })).toBe(
    'priority',
  );
  expect(inJson({ usage: USAGE, service_tier: 'flex' })).toBe('flex');
  expect(inJson({ usage: { input_tokens: 1, output_tokens: 1, service_tier: 'batch' } })).toBe('batch');
  expect(inJson({ usage: { input_tokens: 1, output_tokens: 1, speed: 'fast' } })).toBe('fast');
  expect(inJson({ usageMetadata: { promptTokenCount: 1, trafficType: 'ON_DEMAND_PRIORITY' } })).toBe(
    'priority',
  );
});

it.each([
  ['flex', 'flex'],
  ['PRIORITY', 'priority'],
  ['SERVICE_TIER_UNSPECIFIED', undefined],
  ['standard', undefined],
])('Gemini tells %s in its usage', (serviceTier, tier) => {
  expect(inJson({ usageMetadata: { promptTokenCount: 1, serviceTier } })).toBe(tier);
});

it('what a client has put into its metadata changes nothing', () => {
  const metadata = { service_tier: 'flex' };
  expect(inJson({ metadata, usage: USAGE, service_tier: 'default' })).toBeUndefined();
  expect(inJson({ service_tier: 'priority', usage: USAGE, metadata: { service_tier: 'default' } })).toBe(
    'priority',
  );
  expect(inEvent({ type: 'response.completed', response: { metadata, usage: USAGE } })).toBe('');
});

describe('of an answer that is too long to be read whole', () => {
  const long = { output: 'x'.repeat(300_000) };

  it('it is told by the end that is kept, where the answer itself tells it there', () => {
    expect(inJson({ ...long, service_tier: 'flex', usage: USAGE })).toBe('flex');
    expect(inJson({ ...long, usage: USAGE, service_tier: 'flex', metadata: {} })).toBe('flex');
    expect(inJson({ ...long, usage: USAGE, service_tier: 'default' })).toBeUndefined();
    const metadata = { service_tier: 'flex' };
    expect(inJson({ ...long, usage: USAGE, service_tier: 'default', metadata })).toBeUndefined();
    expect(inJson({ ...long, metadata, usage: USAGE })).toBeUndefined();
  });

  it('it is unknown where usage comes first, and another way may be meant', () => {
    expect(inJson({ usage: USAGE, service_tier: 'flex', ...long })).toBe('unknown');
    expect(inJson({ usage: USAGE, service_tier: 'default', ...long })).toBeUndefined();
  });

  it('of both ends of an event too', () => {
    const tierOf = (response: object) => {
      const data = JSON.stringify({ type: 'response.completed', response });
      return countsFromEvent(Buffer.from(`data: ${data}\n\n`), false)?.tier;
    };
    expect(tierOf({ service_tier: 'flex', usage: USAGE, metadata: { a: 'b' } })).toBe('flex');
    expect(tierOf({ usage: USAGE, metadata: { service_tier: 'flex' } })).toBe('');
  });
});
