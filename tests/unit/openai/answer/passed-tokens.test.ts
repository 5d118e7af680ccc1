import { describe, expect, it } from 'vitest';
import { AnswerStream } from '../../../../lib/openai/answer/answer-stream';
import { tokensInBytes } from '../../../../lib/openai/answer/passed-tokens';

const chunk = (delta: object) =>
  `data: ${JSON.stringify({ id: 'chatcmpl-1', object: 'chat.completion.chunk', choices: [{ delta }] })}\n\n`;

function passed(...events: string[]) {
  const stream = new AnswerStream();
  stream.push(Buffer.from([...events, 'data: [DONE]\n\n'].join('')));
  stream.end();
  return stream.passedTokens;
}

describe('the tokens that have passed', () => {
  it('of events that bring a token each are as many, and not what their wrapping would be', () => {
    const words = Array.from({ length: 50 }, () => chunk({ content: ' word' }));
    const { least, most } = passed(...words, chunk({}));
    expect(least).toBe(51);
    expect(most).toBeLessThan(51 * 6);
  });

  it('of events that bring much text are as many as the text may have', () => {
    const { least, most } = passed(chunk({}), chunk({ content: 'x'.repeat(4_000) }));
    expect(least).toBe(2);
    expect(most).toBeGreaterThanOrEqual(1_000);
    expect(most).toBeLessThan(1_010);
  });

  it.each([
    ['a chat', (text: string) => chunk({ content: text })],
    [
      'Anthropic',
      (text: string) => `data: ${JSON.stringify({ type: 'content_block_delta', delta: { text } })}\n\n`,
    ],
    [
      'a response',
      (text: string) => `data: ${JSON.stringify({ type: 'response.output_text.delta', delta: text })}\n\n`,
    ],
  ])('of events that all bring as much text are as many as that may have: of %s', (_name, eventOf) => {
    const { least, most } = passed(...Array.from({ length: 20 }, () => eventOf('word '.repeat(50))));
    expect(least).toBe(20);
    expect(most).toBeGreaterThanOrEqual(1_000);
    expect(most).toBeLessThan(1_300);
  });

  it('of comments, and of nothing, are none', () => {
    expect(passed(`: ${'keep '.repeat(50)}\n\n`)).toEqual({ least: 0, most: 0 });
    expect(passed()).toEqual({ least: 0, most: 0 });
  });

  it('of an answer that is no stream are a fourth of its bytes at most', () => {
    expect(tokensInBytes(401)).toEqual({ least: 0, most: 101 });
  });
});
