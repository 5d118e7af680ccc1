import { describe, expect, it } from 'vitest';
import { AllowedModels } from '../../../../lib/openai/models/allowed-models';
import { ModelFilter } from '../../../../lib/openai/models/model-filter';
import { readRequestHead } from '../../../../lib/openai/request/request-head';
import { modelInUrl } from '../../../../lib/openai/request/url-mentions';

describe('models that may be asked for', () => {
  it.each([
    ['gpt-4o', 'gpt-4o', true],
    ['gpt-4o', ' GPT-4o ', true],
    ['gpt-4o', 'models/gpt-4o', true],
    ['gpt-4o', 'gpt-4o-mini', false],
    ['gpt-4o', 'openai/gpt-4o', false],
    ['gpt-4o', 'gpt-4o:free', false],
    ['gpt-4o*', 'gpt-4o-mini', true],
    ['gpt-4o*', 'xgpt-4o', false],
    ['*/gpt-*-mini', 'openai/gpt-4o-mini', true],
    ['*/gpt-*-mini', 'openai/gpt-mini', false],
    ['a*a', 'a', false],
    ['a*a', 'aa', true],
    ['*', 'anything', true],
    ['**', '', true],
    ['', '', true],
    ['gpt.4o', 'gpt-4o', false],
  ])('%s: %s is %s', (pattern, name, isAllowed) => {
    expect(new AllowedModels([pattern]).has(name)).toBe(isAllowed);
  });

  it('takes no long time for any pattern and any name', () => {
    const models = new AllowedModels([`${'*a'.repeat(500)}*b`]);
    expect(models.has('a'.repeat(1_000))).toBe(false);
    expect(models.has('a'.repeat(100_000))).toBe(false);
  });
});

const filter = new ModelFilter(['old'], new AllowedModels(['good', 'my-model', 'org/*']));

describe('a request of which only some models may be asked', () => {
  const read = (body: string) => readRequestHead(Buffer.from(body), 'application/json', filter);

  it.each([
    ['{"model":"good"}', undefined],
    ['{"model":"bad"}', 'not_allowed'],
    ['{"model":"old"}', 'filtered'],
    ['{"model":"good","model":"bad"}', 'not_allowed'],
    ['{"model":"good","models":["good","org/x"]}', undefined],
    ['{"model":"good","models":["good","bad"]}', 'not_allowed'],
    ['{"model":"good","fallbacks":[{"bad":["good"]}]}', 'not_allowed'],
    ['{"model":"good","fallbacks":[{"model":"org/x"},{"model":{"name":"good"}}]}', undefined],
    ['{"model":"good","fallbacks":[{"model":"bad"}]}', 'not_allowed'],
    ['{"model":"good","tools":[{"type":"image_generation","model":"bad"}]}', 'not_allowed'],
    [
      '{"model":"good","messages":[{"role":"user","content":"model: bad"}],"metadata":{"model":"bad"}}',
      undefined,
    ],
    ['{"input":"x"}', undefined],
  ])('%s: %s', (body, problem) => {
    const result = read(body);
    expect(result.ok ? undefined : result.problem).toBe(problem);
  });

  it.each([
    ['/models', undefined],
    ['/files/file-1/content', undefined],
    ['/models/good', undefined],
    ['/models/org/x/predictions', undefined],
    ['/models/bad', 'bad'],
    ['/deployments/my-model/chat/completions', undefined],
    ['/deployments/bad/chat/completions', 'bad'],
    ['/models/good:generateContent', undefined],
    ['/models/bad:generateContent', 'bad:generateContent'],
    ['/deployments/good/models/bad', 'bad'],
    ['/models/old', 'old'],
  ])('%s names what is refused: %s', (path, refused) => {
    expect(modelInUrl({ path, query: '', headers: [] }, filter)).toBe(refused);
  });

  it.each([
    ['?model=good', [], undefined],
    ['?model=bad', [], 'bad'],
    ['?a=b&model=org%2Fx', [], undefined],
    ['', ['x-model', 'good, org/y'], undefined],
    ['', ['x-model', 'good, bad'], 'bad'],
  ] as const)('%s %j names what is refused: %s', (query, headers, refused) => {
    expect(modelInUrl({ path: '/x', query, headers }, filter)).toBe(refused);
  });
});
