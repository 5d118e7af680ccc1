import type { EndpointInput } from '../contract/endpoint';
import type { PortableToken, tokensApi } from '../contract/tokens';
import { recordOrRefuse } from '../audit/record';
import type { AdminContext } from '../context';
import { inChunks, type FileAnswer } from '../file-answer';
import type { ClientTokenRow } from '../../store/client-token-row';
import { filterTokens } from './list';
import { rulesOf } from './token-item';

/** The tokens made here that pass, as an import takes them. */
export async function exportTokens(
  context: AdminContext,
  { secrets, ...filter }: EndpointInput<typeof tokensApi.export>,
): Promise<FileAnswer> {
  const tokens = filterTokens(context, filter);
  const detail = { secrets };
  await recordOrRefuse(context, { action: 'tokens.export', target: `${tokens.length} tokens`, detail });
  return {
    contentType: 'application/json; charset=utf-8',
    filename: 'tokens.json',
    chunks: linesOf(tokens, secrets),
  };
}

async function* linesOf(tokens: readonly ClientTokenRow[], secrets: boolean) {
  yield '{"tokens":[';
  yield* inChunks(tokens, (token, index) => {
    const { name, value, hint } = token;
    const portable: PortableToken = { name, ...(secrets ? { value } : { hint }), ...rulesOf(token) };
    return `${index === 0 ? '\n' : ',\n'}${JSON.stringify(portable)}`;
  });
  yield '\n]}\n';
}
