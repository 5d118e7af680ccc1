import { z } from 'zod';

/** Every code of an error answer, with its HTTP status. */
export const ADMIN_ERRORS = {
  invalid_input: 400,
  unauthorized: 401,
  forbidden_origin: 403,
  /** The caller's role is not enough; the message says which is. */
  role_required: 403,
  not_found: 404,
  method_not_allowed: 405,
  request_timeout: 408,
  /** It has changed since it was read. */
  conflict: 409,
  /** The thing exists already. */
  duplicate: 409,
  /** The thing cannot be changed this way; the message says why and what to do. */
  not_allowed: 409,
  body_too_large: 413,
  too_many_requests: 429,
  internal_error: 500,
  database_failed: 503,
  /** A provider was asked for this answer, and failed. */
  upstream_failed: 502,
} as const;

export type AdminErrorCode = keyof typeof ADMIN_ERRORS;

export const errorAnswerSchema = z
  .object({
    error: z.object({
      code: z.string(),
      message: z.string().meta({ example: 'Rate limit reached' }),
      fields: z
        .record(z.string(), z.string())
        .optional()
        .describe('What is wrong with which field; nested fields are written `filter.status`, items `ids.3`'),
    }),
  })
  .meta({ id: 'ErrorAnswer', description: 'The body of every answer with a status of 400 or more' });
export type ErrorAnswer = z.output<typeof errorAnswerSchema>;

export const unparsedAnswerSchema = z
  .object({
    error: z.object({
      message: z.string().meta({ example: 'Rate limit reached' }),
      type: z.string(),
      param: z.null(),
      code: z.string(),
    }),
  })
  .meta({
    id: 'UnparsedAnswer',
    description:
      'The body when a request could not even be parsed, and nobody knew yet whom it was for: ' +
      "the gateway's own form",
  });
