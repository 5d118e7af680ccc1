import { errorBody, readUpstreamError } from './errors';
import { isFields, parsed } from '../json/json-fields';

/**
 * The last event of a stream, `data: {"error":...}\n\n`, for what an upstream said of its failure: its own JSON on one
 * line if clients know it for an error in a stream, else its message in our envelope, else `fallback`.
 */
export function upstreamErrorEvent(text: string, fallback: string): Buffer {
  return Buffer.from(`data: ${oneLine(text, fallback)}\n\n`);
}

function oneLine(text: string, fallback: string): string {
  const value = parsed(text);
  const top: unknown = Array.isArray(value) ? value[0] : value;
  if (isFields(top)) {
    const isKnown = top.type === 'response.failed' || (typeof top.error === 'object' && top.error !== null);
    if (isKnown) return JSON.stringify(top);
  }
  const error = readUpstreamError(text);
  return errorBody({
    message: error?.message ?? fallback,
    type: error?.type ?? 'server_error',
    code: error?.code ?? 'upstream_error',
  });
}
