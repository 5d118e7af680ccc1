import { ADMIN_ERRORS, type ErrorAnswer } from '../../admin/contract/error';
import { errorWithSaid } from '../../admin/words/with-said';
import type { TooManyTokens } from './authorise';
import { jsonResponse } from './json-response';

/** An error as the admin API tells it. */
export interface AdminRefusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly fields?: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
}

/** Errors are told apart by their code: modules are loaded several times, so `instanceof` would lie. */
export function adminRefusal(error: unknown, onBug: (error: unknown) => void): AdminRefusal {
  const { code, message, fields, waitSeconds } = (error ?? {}) as Partial<TooManyTokens>;
  if (typeof code !== 'string' || !Object.hasOwn(ADMIN_ERRORS, code)) {
    onBug(error);
    const text = 'The program made a mistake. Its log has the details.';
    return { status: 500, code: 'internal_error', message: text, headers: {} };
  }
  return {
    status: ADMIN_ERRORS[code],
    code,
    message: message ?? '',
    ...(fields !== undefined && { fields }),
    headers: {
      ...(waitSeconds !== undefined && { 'retry-after': String(waitSeconds) }),
      ...(code === 'unauthorized' && { 'www-authenticate': 'Bearer' }),
      // What is left of the body is not read.
      ...(code === 'body_too_large' && { connection: 'close' }),
    },
  };
}

export function refusalResponse({ status, code, message, fields, headers }: AdminRefusal): Response {
  const body: ErrorAnswer = {
    error: { code, message, ...(fields !== undefined && { fields: { ...fields } }) },
  };
  return jsonResponse(errorWithSaid(body.error), status, headers);
}
