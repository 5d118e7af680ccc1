import { expect } from 'vitest';
import type { Answer } from './ask';

/** The answer is an error of our own: the OpenAI envelope and nothing else, with a request id, without our innards. */
export function expectRefusal(answer: Answer, status: number | readonly number[], code?: string): void {
  expect([status].flat(), `${answer.status} ${answer.text}`).toContain(answer.status);
  expect(answer.headers['content-type']).toMatch(/^application\/json/);
  expect(answer.headers['x-request-id']).toMatch(/^[\w.:-]+$/);
  expect(answer.json()).toEqual({
    error: {
      message: expect.stringMatching(/^\S.*\S$/) as string,
      type: expect.stringMatching(/^[a-z_]+$/) as string,
      param: null,
      code: code ?? (expect.stringMatching(/^[a-z_]+$/) as string),
    },
  });
  expect(answer.text).not.toMatch(/\bat (async )?\S+ \(|node_modules|\.(ts|js|mjs):\d/);
}
