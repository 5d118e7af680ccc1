import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CLIENTS } from '../../../scripts/compatibility/clients';
import { renderPage } from '../../../scripts/compatibility/page';
import { pagePath, readResults } from '../../../scripts/compatibility/results';
import { compared } from '../../../scripts/compatibility/suites';

const { clients, operations, suites } = readResults();

describe('docs/compatibility.md', () => {
  it('is what the results make', () => {
    expect(readFileSync(pagePath, 'utf8')).toBe(renderPage({ clients, operations, suites }));
  });

  it('tells of every client on the list, and of nothing that fails', () => {
    expect(clients.map(({ name }) => name)).toEqual(CLIENTS.map(({ name }) => name));
    expect(clients.filter(({ verdict }) => verdict === 'fails')).toEqual([]);
    expect(suites.map(({ name }) => name).toSorted()).toEqual(['openai-node', 'openai-python']);
    expect(suites.flatMap(({ lost }) => lost)).toEqual([]);
    expect(operations.operations.length).toBeGreaterThan(250);
    expect(operations.operations.filter(({ verdict }) => verdict === 'not')).toEqual([]);
  });

  it('shows what fails, and a pipe in it breaks no table', () => {
    const failing = {
      name: 'a client',
      version: '1',
      tried: 'chat',
      verdict: 'fails',
      why: 'a|b\nc',
    } as const;
    const page = renderPage({ clients: [failing], operations, suites });
    expect(page).toContain(String.raw`| a client | 1 | chat | fails: a\|b c |`);
  });
});

describe('comparing the two runs of a suite', () => {
  const suite = { name: 'a suite', version: '1' };

  it('loses what passes directly and fails or is missing through the gateway, and nothing else', () => {
    const directly = new Map([
      ['fine', true],
      ['refused', true],
      ['missing', true],
      ['broken', false],
    ]);
    const through = new Map([
      ['fine', true],
      ['refused', false],
      ['broken', false],
    ]);
    expect(compared(suite, directly, through)).toEqual({
      ...suite,
      passedDirectly: 3,
      passedThrough: 1,
      failedDirectly: 1,
      lost: ['refused', 'missing'],
    });
  });

  it('takes a suite of which nothing has run for no success', () => {
    expect(() => compared(suite, new Map(), new Map())).toThrow('no test has run');
  });
});
