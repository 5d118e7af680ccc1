import { createDocument, type ZodOpenApiOperationObject } from 'zod-openapi';
import { ADMIN_BASE } from './contract/addresses';
import { ADMIN_API } from './contract/api';
import type { Endpoint } from './contract/endpoint';
import { errorAnswerSchema, unparsedAnswerSchema } from './contract/error';
import type { AdminContext } from './context';
import { SAID_ERROR_SCHEMA, SAID_SCHEMA, withSaidProperties } from './words/said-schema';

/** Why an error of a status comes. */
const REASONS = {
  '400': 'A parameter or the body is wrong; `fields` says what',
  '401': 'No session and no admin token, or a wrong one',
  '403': 'The session was used from a page of another origin',
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

const ANYWHERE: readonly ErrorStatus[] = ['400', '401', '429', '431', '500', '503'];

/** The statuses with which an endpoint may refuse. */
function errorStatuses({ method, params, body, asksProvider }: Endpoint): ErrorStatus[] {
  return [
    ...ANYWHERE,
    ...(method === 'GET' ? [] : (['403', '409'] as const)),
    ...(params === undefined && method === 'GET' ? [] : (['404'] as const)),
    ...(body === undefined ? [] : (['413'] as const)),
    ...(asksProvider === true ? (['502'] as const) : []),
  ];
}

function errorAnswers(endpoint: Endpoint) {
  return Object.fromEntries(
    errorStatuses(endpoint).map((status) => {
      const schema = status === '431' ? unparsedAnswerSchema : errorAnswerSchema;
      return [status, { description: REASONS[status], content: { 'application/json': { schema } } }];
    }),
  );
}

const ABOUT =
  'Texts of the program are in English, each with a stable code: beside a text `x` stands `xSaid`, `{code, params}`, or null ' +
  'for the words of a provider. An error has the codes of its message and fields in `said`, beside `error`.';

/** The whole admin API, described by the very schemas that check what goes in. */
export function openapiDocument({ version }: Pick<AdminContext, 'version'>) {
  const paths: Record<string, Record<string, ZodOpenApiOperationObject>> = {};
  for (const [resource, endpoints] of Object.entries(ADMIN_API)) {
    for (const endpoint of Object.values(endpoints)) {
      const path = `${ADMIN_BASE}${endpoint.path}`;
      paths[path] = {
        ...paths[path],
        [endpoint.method.toLowerCase()]: operation(resource, endpoint),
      };
    }
  }
  const document = createDocument({
    openapi: '3.1.0',
    info: { title: 'OpenAI Balance admin API', version, description: ABOUT },
    security: [{ adminToken: [] }, { session: [] }],
    paths,
    components: {
      securitySchemes: {
        adminToken: { type: 'http', scheme: 'bearer' },
        session: { type: 'apiKey', in: 'cookie', name: 'next-auth.session-token' },
      },
    },
  });
  return {
    ...document,
    openapi: '3.1.0',
    components: { ...document.components, schemas: { ...document.components?.schemas, Said: SAID_SCHEMA } },
    paths: withCodes(document.paths),
  };
}

/** The schemas check what goes in, and the codes of texts are put into what goes out: so they are put into its description too. */
function withCodes(paths: unknown): Record<string, unknown> {
  return mapped(paths, (operations) =>
    mapped(operations, (given) => ({
      ...(given as object),
      responses: mapped((given as { readonly responses: unknown }).responses, answerWithCodes),
    })),
  );
}

function answerWithCodes(answer: unknown, status: string): unknown {
  const { content, ...rest } = answer as Answer;
  const json = content['application/json'];
  // A request that could not even be parsed is answered in the gateway's own form.
  if (json === undefined || status === '431') return answer;
  const schema = status === '200' ? withSaidProperties(json.schema) : refusalWithCodes(json.schema);
  return { ...rest, content: { ...content, 'application/json': { ...json, schema } } };
}

interface Answer {
  readonly content: Readonly<Record<string, { readonly schema: unknown }>>;
}

function refusalWithCodes(schema: unknown): object {
  const {
    properties,
    required = [],
    ...rest
  } = schema as {
    readonly properties?: object;
    readonly required?: readonly string[];
  };
  return { ...rest, properties: { ...properties, said: SAID_ERROR_SCHEMA }, required: [...required, 'said'] };
}

function mapped(values: unknown, change: (value: unknown, name: string) => unknown): Record<string, unknown> {
  const entries = Object.entries(values ?? {});
  return Object.fromEntries(entries.map(([name, value]) => [name, change(value, name)]));
}

function operation(resource: string, endpoint: Endpoint): ZodOpenApiOperationObject {
  const { summary, params, query, body, answer, contentTypes = [] } = endpoint;
  return {
    operationId: endpoint.name,
    tags: [resource],
    summary,
    ...((params !== undefined || query !== undefined) && {
      requestParams: { ...(params !== undefined && { path: params }), ...(query !== undefined && { query }) },
    }),
    ...(body !== undefined && {
      requestBody: { required: true, content: { 'application/json': { schema: body } } },
    }),
    responses: {
      '200': {
        description: 'Done',
        content: {
          ...(answer !== undefined && { 'application/json': { schema: answer } }),
          ...Object.fromEntries(contentTypes.map((type) => [type, { schema: { type: 'string' } }])),
        },
      },
      ...errorAnswers(endpoint),
    },
  };
}
