import { expect, it } from 'vitest';
import { ReportBuilder, summarize } from '../../../../lib/probing/keys/probe-report';
import { keyState } from '../../balancer/support';

it('groups keys of a provider that fared alike, the largest group first, and names the first ten', () => {
  const report = new ReportBuilder();
  report.add('groq', 'alive', 'may list the models', keyState('z'));
  for (let i = 0; i < 12; i += 1) report.add('openai', 'rejected', '401 invalid_api_key', keyState(`k${i}`));
  const { groups, probed, rejected, alive } = report.build();
  expect({ probed, rejected, alive }).toEqual({ probed: 13, rejected: 12, alive: 1 });
  expect(groups.map(({ provider, outcome, text, count }) => [provider, outcome, text, count])).toEqual([
    ['openai', 'rejected', '401 invalid_api_key', 12],
    ['groq', 'alive', 'may list the models', 1],
  ]);
  expect(groups[0]?.keys).toHaveLength(10);
  expect(groups[0]?.keys[0]).toEqual({ keyId: 'k0', hint: 'sk-...k0' });
});

it.each([
  ['the key, masked', '401: Incorrect API key provided: sk-proj-abc********wxyz.'],
  ['our hint', '401: Incorrect API key sk-...N'],
  ['a request id', '500: failed (request_0123456789abcdefN)'],
  ['another id', '500: trace 123e4567-e89b-12d3-a456-42661417400N failed'],
  ['a time', '429: try again at 2026-01-01T00:00:0NZ'],
  ['an organisation', '403: org-abcdefghN is suspended'],
])('does not tell texts apart that differ only in %s', (_what, text) => {
  const report = new ReportBuilder();
  for (const n of ['1', '2', '3']) {
    report.add('openai', 'rejected', text.replaceAll('N', n).replace('wxyz', `wxy${n}`), keyState(n));
  }
  expect(report.build().groups).toHaveLength(1);
});

it('keeps what tells failures apart', () => {
  const report = new ReportBuilder();
  for (const text of ['401 invalid_api_key', '403 invalid_api_key', "404: no 'gpt-4o'", "404: no 'gpt-4'"]) {
    report.add('openai', 'rejected', text, keyState());
  }
  expect(report.build().groups.map(({ text }) => text)).toHaveLength(4);
});

it('does not grow without bounds when every key has a text of its own', () => {
  const report = new ReportBuilder();
  const words = (i: number) => String.fromCharCode(97 + (i % 26), 97 + (Math.floor(i / 26) % 26));
  for (let i = 0; i < 500; i += 1) report.add('openai', 'unproven', words(i), keyState());
  const { groups, unproven } = report.build();
  expect(groups).toHaveLength(201);
  expect(groups[0]).toMatchObject({ text: 'other reasons', count: 300 });
  expect(unproven).toBe(500);
});

it('is summed up in a line', () => {
  const report = new ReportBuilder();
  report.add('openai', 'alive', 'x', keyState('a'));
  report.add('openai', 'rejected', 'x', keyState('b'));
  report.recovered = 1;
  expect(summarize(report.build())).toBe('probed 2 keys: 1 recovered, 1 rejected, 0 unproven');
  report.add('openai', 'skipped', 'x', keyState('c'));
  report.disabled = 1;
  report.note('one is left alone');
  expect(summarize(report.build())).toBe(
    'probed 2 keys: 1 recovered, 1 disabled, 1 rejected, 0 unproven, 1 skipped; one is left alone',
  );
});
