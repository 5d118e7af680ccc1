import { expect, it } from 'vitest';
import { renamedAddress } from '../../../../lib/gateway/routing/renamed-address';
import { withModelWithin } from '../../../../lib/gateway/routing/models-within';

it.each([
  ['/models/a:generateContent', 'g', '/models/g:generateContent'],
  ['/models/team/a:free:generateContent', 'g', '/models/g:generateContent'],
  ['/models/a:generateContent', 'models/g', '/models/g:generateContent'],
  ['/models/a:generateContent', 'tunedModels/t', '/tunedModels/t:generateContent'],
  ['/tunedModels/a:generateContent', 'models/g', '/models/g:generateContent'],
  ['/models/a:generateContent', 'x/y ?#', '/models/x%2Fy%20%3F%23:generateContent'],
  ['/models/a:generateContent', 'models/', '/models/models%2F:generateContent'],
])("Google's address %s names %s", (path, model, renamed) =>
  expect(renamedAddress({ path, place: '/v1beta' }, model)).toEqual({ path: renamed, place: '/v1beta' }),
);

it("the whole of a deployment's name is replaced", () =>
  expect(renamedAddress({ path: '/embeddings', place: '/openai/deployments/a/b' }, 'c/d')).toEqual({
    path: '/embeddings',
    place: '/openai/deployments/c%2Fd',
  }));

it.each([
  ['g', 'models/g'],
  ['models/g', 'models/g'],
  ['tunedModels/t', 'tunedModels/t'],
])('a name within a body becomes %s once', (sent, renamed) => {
  const body = Buffer.from('{"requests":[{"model":"models/team/a"}]}');
  expect(String(withModelWithin(body, 'team/a', sent))).toBe(`{"requests":[{"model":"${renamed}"}]}`);
});
