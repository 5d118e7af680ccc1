import { describe, expect, it } from 'vitest';
import { endpointLabel, ModelLabels } from '../../../lib/metrics/labels';

describe('the label of a model', () => {
  it('is its own for the first hundred that are served, and `other` for all beyond', () => {
    const labels = new ModelLabels();
    const served = Array.from({ length: 150 }, (_, index) => labels.of(`model-${index}`, true));
    expect(new Set(served).size).toBe(101);
    expect(served[99]).toBe('model-99');
    expect(served[100]).toBe('other');
    expect(labels.of('model-7', false)).toBe('model-7');
  });

  it('cannot be made up: a name that no provider has served gets none', () => {
    const labels = new ModelLabels();
    for (let name = 0; name < 1_000; name += 1) expect(labels.of(`made-up-${name}`, false)).toBe('other');
    expect(labels.of('real', true)).toBe('real');
    expect(labels.of('real', false)).toBe('real');
  });

  it('is never longer than a hundred characters, and empty without a model', () => {
    const labels = new ModelLabels();
    expect(labels.of('m'.repeat(101), true)).toBe('other');
    expect(labels.of(undefined, true)).toBe('');
    expect(labels.of('', true)).toBe('');
  });
});

it('the label of an endpoint is one of a fixed few, whatever the path says', () => {
  expect(endpointLabel('/chat/completions')).toBe('chat/completions');
  expect(endpointLabel('/chat/completions/')).toBe('chat/completions');
  expect(endpointLabel('/models/gpt-4o')).toBe('models');
  expect(endpointLabel('/models/gemini:streamGenerateContent')).toBe('generateContent');
  expect(endpointLabel('/messages/count_tokens')).toBe('messages');
  expect(endpointLabel('/files/file-0123/content')).toBe('files');
  expect(endpointLabel('/filesystem')).toBe('other');
  expect(endpointLabel('/anything')).toBe('other');
  expect(endpointLabel('')).toBe('other');
});
