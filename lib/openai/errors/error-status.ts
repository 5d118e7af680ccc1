/** Codes of the error that a response of OpenAI ends with: what its request asked for cannot be done. */
const CODES_OF_REQUEST = [
  'invalid_prompt',
  'data_residency_mismatch',
  'bio_policy',
  'invalid_image',
  'invalid_image_format',
  'invalid_base64_image',
  'invalid_image_url',
  'invalid_image_mode',
  'image_too_large',
  'image_too_small',
  'image_parse_error',
  'image_content_policy_violation',
  'image_file_too_large',
  'image_file_not_found',
  'unsupported_image_media_type',
  'empty_image_file',
  'failed_to_download_image',
];

/** The HTTP status that providers mean by their well-known error codes, types and status words, in lower case. */
const STATUS_BY_WORD: ReadonlyMap<string, number> = new Map([
  ['invalid_request_error', 400],
  ['invalid_argument', 400],
  ['failed_precondition', 400],
  ['context_length_exceeded', 400],
  ...CODES_OF_REQUEST.map((code) => [code, 400] as const),
  ['invalid_api_key', 401],
  ['authentication_error', 401],
  ['unauthenticated', 401],
  ['billing_error', 402],
  ['permission_error', 403],
  ['permission_denied', 403],
  ['not_found_error', 404],
  ['not_found', 404],
  ['model_not_found', 404],
  ['request_too_large', 413],
  ['rate_limit_exceeded', 429],
  ['rate_limit_error', 429],
  ['resource_exhausted', 429],
  ['insufficient_quota', 429],
  ['server_error', 500],
  ['vector_store_timeout', 504],
  ['api_error', 500],
  ['internal', 500],
  ['unavailable', 503],
  ['timeout_error', 504],
  ['deadline_exceeded', 504],
  ['overloaded_error', 529],
]);

/**
 * The HTTP status that the parts of an error speak of: the first number in 400..599 (a numeric string counts), else the
 * first well-known word; so pass them from the most to the least specific.
 */
export function statusOf(parts: readonly unknown[]): number | undefined {
  for (const part of parts) {
    const number = typeof part === 'string' && /^\d{3}$/.test(part) ? Number(part) : part;
    if (typeof number === 'number' && Number.isInteger(number) && number >= 400 && number <= 599)
      return number;
  }
  for (const part of parts) {
    const status = typeof part === 'string' ? STATUS_BY_WORD.get(part.toLowerCase()) : undefined;
    if (status !== undefined) return status;
  }
  return undefined;
}
