import { ADMIN_ERRORS } from '../contract/error';
import type { Endpoint } from '../contract/endpoint';
import { errorWithSaid } from '../words/with-said';

/** Why an error of a status comes. */
const REASONS = {
  '400': 'A parameter or the body is wrong; `fields` says what',
  '401': 'No session and no admin token, or a wrong one',
  '403': 'The role of the session is not enough, or it was used from a page of another origin',
  '404': 'There is no such thing',
  '405': 'The address does not take this method; `allow` says which it takes',
  '409': 'It was changed meanwhile, exists already, or cannot be changed this way',
  '413': 'The body is too large',
  '429': 'Too many wrong tokens from this address; Retry-After says how long to wait',
  '431': 'The head of the request is too large',
  '500': 'The program made a mistake',
  '502': 'The provider did not answer as hoped',
  '503': 'The database did not do its work',
} as const;
type ErrorStatus = keyof typeof REASONS;

/** What the program says in such a case. */
const MESSAGES: Readonly<Record<ErrorStatus, string>> = {
  '400': 'page: must be a whole number from 1 to 1000000',
  '401': 'Sign in, or send the admin token as a bearer token.',
  '403': 'This request does not come from the dashboard.',
  '404': 'There is no such key.',
  '405': 'The method is not allowed here.',
  '409': 'The key was changed by somebody else',
  '413': 'The body is larger than the 1048576 bytes allowed here.',
  '429': 'Too many wrong tokens. Wait 60 seconds.',
  '431': 'The request headers are too large.',
  '500': 'The program made a mistake. Its log has the details.',
  '502': 'The answer is no list of models.',
  '503': 'The database did not carry out the statement',
};

const ANYWHERE: readonly ErrorStatus[] = ['400', '401', '403', '429', '431', '500', '503'];

/** The statuses with which an endpoint may refuse. */
function errorStatuses({ method, params, body, asksProvider }: Endpoint): ErrorStatus[] {
  return [
    ...ANYWHERE,
    ...(method === 'GET' ? [] : (['409'] as const)),
    ...(params === undefined && method === 'GET' ? [] : (['404'] as const)),
    ...(body === undefined ? [] : (['413'] as const)),
    ...(asksProvider === true ? (['502'] as const) : []),
  ];
}

/** The codes of a status: `409` has three. */
function codesOf(status: ErrorStatus): string[] {
  return Object.entries(ADMIN_ERRORS).flatMap(([code, of]) => (String(of) === status ? [code] : []));
}

const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });

/** All refusals of an endpoint by status, each with its codes and with one of them whole. */
export function refusalsOf(endpoint: Endpoint): Record<string, object> {
  return Object.fromEntries(errorStatuses(endpoint).map((status) => [status, refusal(status)]));
}

function refusal(status: ErrorStatus): object {
  if (status === '431') {
    // Refused before its path was read, so in the gateway's own form.
    const error = {
      message: MESSAGES[status],
      type: 'invalid_request_error',
      param: null,
      code: 'headers_too_large',
    };
    return answer(REASONS[status], { schema: ref('UnparsedAnswer'), example: { error } });
  }
  const codes = codesOf(status);
  const [code = 'internal_error'] = codes;
  const told = errorWithSaid({ code, message: MESSAGES[status] });
  const names = codes.map((one) => `\`${one}\``).join(', ');
  return answer(`${REASONS[status]}. Code: ${names}`, { schema: ref('ErrorAnswer'), example: told });
}

function answer(description: string, json: object): object {
  return { description, content: { 'application/json': json } };
}
