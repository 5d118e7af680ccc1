import { ADMIN_ERRORS, type AdminErrorCode } from './contract/error';

/** A refusal that is the caller's to read. Told apart by `code`; the message is public and holds no secret. */
export class AdminError extends Error {
  override readonly name = 'AdminError';
  readonly status: number;

  constructor(
    readonly code: AdminErrorCode,
    message: string,
    /** What is wrong with which field of the input. */
    readonly fields?: Readonly<Record<string, string>>,
  ) {
    super(message);
    this.status = ADMIN_ERRORS[code];
  }
}

/** The input is wrong in one field. */
export function wrongField(field: string, message: string): AdminError {
  return new AdminError('invalid_input', `${field}: ${message}`, { [field]: message });
}

export function notFound(what: string): AdminError {
  return new AdminError('not_found', `There is no such ${what}.`);
}
