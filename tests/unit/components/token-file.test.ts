import { expect, it } from 'vitest';
import { readTokenFile, TOKENS_AT_ONCE } from '../../../components/settings/token-file';

const fileOf = (text: string) => readTokenFile(new File([text], 'tokens.json'));
const token = { name: 'a' };

it('reads what an export has written, and a list alone', async () => {
  expect(await fileOf(JSON.stringify({ tokens: [token] }))).toEqual({ tokens: [token] });
  expect(await fileOf(JSON.stringify([token]))).toEqual({ tokens: [token] });
});

it.each([
  ['no JSON', '{', 'json'],
  ['another object', '{"keys":[]}', 'json'],
  ['a list of other things', '[1]', 'json'],
  ['an empty file', '', 'json'],
  ['an empty list', '{"tokens":[]}', 'none'],
  ['too many', JSON.stringify(Array(TOKENS_AT_ONCE + 1).fill(token)), 'many'],
  ['too large a file', ' '.repeat(3 * 2 ** 20 + 1), 'large'],
])('says of %s what is wrong', async (_what, text, problem) => {
  expect(await fileOf(text)).toEqual({ problem });
});
