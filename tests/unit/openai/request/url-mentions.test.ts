import { describe, expect, it } from 'vitest';
import { ModelFilter } from '../../../../lib/openai/models/model-filter';
import { hasTooManyFields, modelInForm, modelInUrl } from '../../../../lib/openai/request/url-mentions';

const FILTER = new ModelFilter(['old', 'meta/llama', 'a/b/c/d/e', 'f/g/h/i/j/k', 'my model', 'x+y', 'q?r']);

const inPath = (path: string) => modelInUrl({ path, query: '', headers: [] }, FILTER);
const inQuery = (query: string) => modelInUrl({ path: '/', query, headers: [] }, FILTER);
const inHeaders = (...headers: string[]) => modelInUrl({ path: '/', query: '', headers }, FILTER);

describe('a path names a filtered model', () => {
  it.each([
    ['/v1/models/old', 'old'],
    ['/models/OLD', 'OLD'],
    ['/models//old/', 'old'],
    ['/models/meta/llama', 'meta/llama'],
    ['/models/x/old', 'x/old'],
    ['/models/a/b/c/d/e', 'a/b/c/d/e'],
    ['/openai/deployments/old/chat/completions', 'old'],
    ['/engines/old', 'old'],
    ['/ai/run/meta/llama', 'meta/llama'],
    ['/models;v=1/old;x=2', 'old'],
    ['\\models\\old', 'old'],
    ['/m%6fdels%2Fo%256cd', 'old'],
    ['/models/old%20:generateContent', 'old :generateContent'],
    ['/models/old+:generateContent', 'old+:generateContent'],
    ['/publishers/google/models/%20old%20%3ArawPredict', ' old :rawPredict'],
    ['/models/my+model', 'my+model'],
    ['/models/x+y', 'x+y'],
  ])('%s', (path, model) => {
    expect(inPath(path)).toBe(model);
  });

  it.each([
    '/',
    '/old',
    '/chat/old',
    '/old/models',
    '/models',
    '/models/older',
    '/models/f/g/h/i/j/k',
    '/runs/old',
  ])('and not %s', (path) => {
    expect(inPath(path)).toBeUndefined();
  });
});

describe('a query names a filtered model', () => {
  it.each([
    ['?model=old', 'old'],
    ['model=old', 'old'],
    ['?a=1&model=old', 'old'],
    ['?a=1;model=old', 'old'],
    ['?a&b=&model=old&c', 'old'],
    ['?m%6Fdel=o%6cd', 'old'],
    ['?model=+old+', 'old'],
    ['?model=my+model', 'my model'],
    ['?model=my%20model', 'my model'],
    ['?model=x+y', 'x+y'],
    ['?model=x%2By', 'x+y'],
    ['?model=q?r', 'q?r'],
    ['model=q?r', 'q?r'],
    ['?fallback[]=old', 'old'],
    ['?x={"model":"old"}', 'old'],
    ['?x=%20[{"model":"old"}]', 'old'],
    ['?models=["new","old"]', 'old'],
    ['?model=a=b&engine=old', 'old'],
  ])('%s', (query, model) => {
    expect(inQuery(query)?.trim()).toBe(model);
  });

  it.each([
    '',
    '?',
    '?old',
    '?a=old',
    '?model',
    '?engine:old',
    '?model=new',
    '?x=["old"]',
    '?x="model":"old"',
    '?x=old&model',
  ])('and not %j', (query) => {
    expect(inQuery(query)).toBeUndefined();
  });

  it('a field with each step', () => {
    const reading = modelInForm('a=1&b=2&model=old', FILTER);
    expect([reading.next().done, reading.next().done, reading.next()]).toEqual([
      false,
      false,
      { done: true, value: 'old' },
    ]);
  });

  it('has too many fields from 1,001 on', () => {
    expect(hasTooManyFields('a&'.repeat(999))).toBe(false);
    expect(hasTooManyFields('a;'.repeat(999))).toBe(false);
    expect(hasTooManyFields('a&'.repeat(1_000))).toBe(true);
    expect(hasTooManyFields('a;'.repeat(1_000))).toBe(true);
  });
});

describe('a header names a filtered model', () => {
  it.each([
    [['x-model', 'old'], 'old'],
    [['accept', '*/*', 'X-Model-Id', 'old'], 'old'],
    [['x-model', 'new, old'], 'old'],
    [['x-models', 'new;old'], 'old'],
    [['x-models', 'new|old'], 'old'],
    [['x-models', 'new  ,  old'], 'old'],
    [['x-model', 'my model'], 'my model'],
    [['x-model', 'o%6cd'], 'old'],
    [['x-config', '{"model":"old"}'], 'old'],
    [['x-config', '[{"model":"old"}]'], 'old'],
    [['x-config', '%7B"model":"old"}'], 'old'],
    [['x-models', '["new","old"]'], 'old'],
    [['x-a', '{"model":"new"}', 'x-b', '{"model":"old"}'], 'old'],
  ])('%j', (headers, model) => {
    expect(inHeaders(...headers)).toBe(model);
  });

  it.each([
    [[]],
    [['x-model']],
    [['old', 'x-model']],
    [['x-other', 'old']],
    [['x-other', '']],
    [['x-model', 'new']],
    [['x-other', ' {"model":"old"}']],
    [['x-other', '["old"]']],
    [['X-Metadata', '{"model":"old"}']],
    [['a', 'x-model', 'old', 'b']],
  ])('and not %j', (headers) => {
    expect(inHeaders(...headers)).toBeUndefined();
  });
});
