import type { SaidError } from '../admin/contract/said';

/** What the admin API answered instead of what was asked. Told apart by `code`, never by its text. */
export class ApiError extends Error {
  override readonly name = 'ApiError';

  constructor(
    /** 0 when there was no answer at all. */
    readonly status: number,
    readonly code: string,
    message: string,
    /** What is wrong with each field of the request, by its name. */
    readonly fields: Readonly<Record<string, string>> = {},
    /** The codes of the message and of the fields' texts, where they are the program's own. */
    readonly said: SaidError = { message: null },
  ) {
    super(message);
  }
}

export function codeOf(error: unknown): string {
  return error instanceof ApiError ? error.code : 'unexpected';
}

/** What was asked for is not there, or not there any more. */
export function isGone(error: unknown): boolean {
  return error instanceof ApiError && (error.status === 404 || error.status === 410);
}

interface ErrorBody {
  readonly said?: SaidError;
  readonly error?: {
    readonly code?: string;
    readonly message?: string;
    readonly fields?: Record<string, string>;
  };
}

/** The error that an answer holds; also for answers of a proxy in front of us, which know nothing of our format. */
export async function errorOf(response: Response): Promise<ApiError> {
  const body = (await response.json().catch(() => ({}))) as ErrorBody;
  const { code = `http_${response.status}`, message = response.statusText, fields } = body.error ?? {};
  return new ApiError(response.status, code, message, fields, body.said);
}
