import { describe, expect, it } from 'vitest';
import { readYaml } from '../../../lib/moving-in/yaml-text';

const MODELS = 250;

const models = (line: (index: number) => string): string =>
  `model_list:\n${Array.from({ length: MODELS }, (_one, index) => line(index)).join('\n')}`;

describe('YAML', () => {
  it.each([
    ['merged maps', 'a: &a {x: 1, y: 2}\nb: {<<: *a, y: 3}', { a: { x: 1, y: 2 }, b: { x: 1, y: 3 } }],
    [
      'words for booleans, and dates',
      'a: [yes, off, 2026-11-30]',
      { a: [true, false, '2026-11-30T00:00:00.000Z'] },
    ],
    ['names that every object has', '__proto__: {a: 1}', JSON.parse('{"__proto__":{"a":1}}') as object],
  ])('has %s as they are in Python', async (_what, text, value) => {
    expect(await readYaml(text)).toEqual({ ok: true, value, lineOfTwin: undefined });
  });

  it('may name one anchor as often as it likes', async () => {
    const text = `common: &common {api_key: sk-test, rpm: 5}\n${models((index) => `- {name: m${index}, <<: *common}`)}`;
    const read = await readYaml(text);
    expect(read).toMatchObject({
      ok: true,
      value: { model_list: Array.from({ length: MODELS }, () => ({ api_key: 'sk-test', rpm: 5 })) },
    });
  });

  it('takes the last of two equal keys, as Python does, and tells where', async () => {
    const read = await readYaml('a: 1\nb:\n  c: 2\n  c: 3\n');
    expect(read).toEqual({ ok: true, value: { a: 1, b: { c: 3 } }, lineOfTwin: 4 });
  });

  const levels = (count: number, of: (name: string) => string): string =>
    Array.from({ length: count }, (_one, index) => `a${index + 1}: &a${index + 1} ${of(`*a${index}`)}`).join(
      '\n',
    );

  it.each([
    ['lists in lists', `a: ${'['.repeat(50_000)}`],
    ['maps in maps', `a: ${'{b: '.repeat(50_000)}`],
    ['blocks in blocks', '- '.repeat(50_000)],
    ['aliases that grow', `a0: &a0 [x]\n${levels(20, (name) => `[${Array(9).fill(name).join()}]`)}`],
    [
      'merges that grow',
      `a0: &a0 {x: 1}\n${levels(20, (name) => `{<<: ${name}, y: [${name}, ${name}, ${name}]}`)}`,
    ],
    ['aliases in aliases', `a0: &a0 [x]\n${levels(20_000, (name) => `[${name}]`)}`],
    ['a circle', 'a: &a\n  b: *a\n'],
    ['a merge of what is no map', 'a: &x text\nb: {<<: *x}\n'],
  ])('with %s is refused', async (_what, text) => {
    expect(await readYaml(text)).toMatchObject({
      ok: false,
      reason: expect.stringMatching(/^it is nested too deeply, or its aliases/) as string,
    });
  });

  it.each([
    ['nothing', ''],
    ['several documents', 'a: 1\n---\nb: 2\n'],
  ])('of %s is not one document', async (_what, text) => {
    expect(await readYaml(text)).toEqual({ ok: false, reason: 'it is not one document' });
  });

  it('is read while all else goes on', async () => {
    const text = Array.from({ length: 20_000 }, (_one, index) => `k${index}: 1`).join('\n');
    let turns = 0;
    const timer = setInterval(() => (turns += 1), 1);
    const read = await readYaml(text);
    clearInterval(timer);
    expect(read.ok && Object.keys(read.value as object)).toHaveLength(20_000);
    expect(turns).toBeGreaterThan(1);
  });
});
