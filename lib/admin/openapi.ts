import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiResponsesObject } from 'zod-openapi';
import { ADMIN_BASE, type EndpointName } from './contract/addresses';
import { ADMIN_API } from './contract/api';
import type { Endpoint } from './contract/endpoint';
import { errorAnswerSchema, unparsedAnswerSchema } from './contract/error';
import { ADMIN_FIELDS, ENDPOINT_ROLES } from './contract/roles';
import type { AdminContext } from './context';
import { exampleOf, type Schema, type Schemas } from './openapi/examples';
import { refusalsOf } from './openapi/refusals';
import { ABOUT, SECURITY_SCHEMES, TAGS } from './openapi/tags';
import { SAID_ERROR_SCHEMA, SAID_SCHEMA, withSaidProperties } from './words/said-schema';
import { withSaid } from './words/with-said';

/** The whole admin API, described by the very schemas that check what goes in. */
export function openapiDocument({ version }: Pick<AdminContext, 'version'>) {
  const paths: Record<string, Record<string, ZodOpenApiOperationObject>> = {};
  for (const [resource, endpoints] of Object.entries(ADMIN_API)) {
    for (const endpoint of Object.values(endpoints)) {
      const path = `${ADMIN_BASE}${endpoint.path}`;
      paths[path] = { ...paths[path], [endpoint.method.toLowerCase()]: operation(resource, endpoint) };
    }
  }
  const document = createDocument({
    openapi: '3.1.0',
    info: { title: 'OpenAI Balance admin API', version, description: ABOUT, license: { name: 'MIT' } },
    servers: [{ url: '/', description: 'This server' }],
    security: [{ adminToken: [] }, { session: [] }],
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
    paths,
    components: {
      schemas: { ErrorAnswer: errorAnswerSchema, UnparsedAnswer: unparsedAnswerSchema },
      securitySchemes: SECURITY_SCHEMES,
    },
  });
  const operations = document.paths as unknown as Operations;
  const schemas = schemasWithCodes(document.components?.schemas ?? {}, operations);
  return {
    ...document,
    openapi: '3.1.0',
    components: { ...document.components, schemas },
    paths: mapped(operations, (methods): unknown => mapped(methods, (one) => withExamples(one, schemas))),
  };
}

function operation(resource: string, endpoint: Endpoint): ZodOpenApiOperationObject {
  const { summary, params, query, body, example, answer, contentTypes = [] } = endpoint;
  return {
    operationId: endpoint.name,
    tags: [resource],
    summary,
    description: roleText(endpoint.name),
    'x-role': endpoint.role,
    ...((params !== undefined || query !== undefined) && {
      requestParams: { ...(params !== undefined && { path: params }), ...(query !== undefined && { query }) },
    }),
    ...(body !== undefined && {
      requestBody: {
        required: true,
        content: { 'application/json': { schema: body, ...(example !== undefined && { example }) } },
      },
    }),
    responses: {
      '200': {
        description:
          answer === undefined ? (FILE_KINDS[contentTypes[0] ?? ''] ?? 'A file, as an attachment') : 'Done',
        content: {
          ...(answer !== undefined && { 'application/json': { schema: answer } }),
          ...Object.fromEntries(contentTypes.map((type) => [type, { schema: { type: 'string' } }])),
        },
      },
      ...(refusalsOf(endpoint) as ZodOpenApiResponsesObject),
    },
  };
}

/** Which role it needs, and what of its input needs more. */
function roleText(name: EndpointName): string {
  const fields = Object.entries(ADMIN_FIELDS[name] ?? {}).map(([field, values]) =>
    values === 'any'
      ? `\`${field}\``
      : `\`${field}\` ${values.map((value) => `\`${String(value)}\``).join(', ')}`,
  );
  const more = fields.length === 0 ? '' : `; \`admin\` with ${fields.join(', ')}`;
  return `Needs the role \`${ENDPOINT_ROLES[name]}\`${more}.`;
}

const FILE_KINDS: Readonly<Record<string, string>> = {
  'text/event-stream':
    'Events until somebody hangs up, each with JSON in its data. The first is always `snapshot`; another comes whenever ' +
    'events were left out, and is the whole truth',
};

interface Media {
  readonly schema: Schema;
  readonly example?: unknown;
}
interface Body {
  readonly content: Readonly<Record<string, Media>>;
}
interface Operation {
  readonly parameters?: unknown;
  readonly requestBody?: Body;
  readonly responses: Readonly<Record<string, Body>>;
}
type Operations = Readonly<Record<string, Readonly<Record<string, Operation>>>>;

/**
 * The schemas check what goes in, and the codes of texts are put into what goes out: so they are put into its
 * description too.
 */
function schemasWithCodes(schemas: Schemas, operations: Operations): Record<string, Schema> {
  const goesIn = new Set<string>();
  for (const { parameters, requestBody } of Object.values(operations).flatMap(Object.values<Operation>)) {
    collectRefs([parameters, requestBody], schemas, goesIn);
  }
  const described = mapped(schemas, (schema, name) => {
    if (name === 'ErrorAnswer') return refusalWithCodes(schema);
    return goesIn.has(name) || name === 'UnparsedAnswer' ? schema : (withSaidProperties(schema) as Schema);
  });
  return { ...described, Said: SAID_SCHEMA };
}

function collectRefs(value: unknown, schemas: Schemas, found: Set<string>): void {
  if (typeof value !== 'object' || value === null) return;
  for (const [field, inner] of Object.entries(value)) {
    const name = field === '$ref' && typeof inner === 'string' ? (inner.split('/').at(-1) ?? '') : undefined;
    if (name === undefined) collectRefs(inner, schemas, found);
    else if (!found.has(name)) {
      found.add(name);
      collectRefs(schemas[name], schemas, found);
    }
  }
}

function refusalWithCodes(schema: Schema): Schema {
  const { properties, required = [], ...rest } = schema as Schema & { readonly required?: readonly string[] };
  return {
    ...rest,
    properties: { ...properties, said: SAID_ERROR_SCHEMA },
    required: [...required, 'said'],
  } as Schema;
}

/** With the codes of the answer itself, and with a body and an answer to look at. */
function withExamples(given: Operation, schemas: Schemas): Operation {
  const { requestBody, responses } = given;
  const done = responses['200'];
  return {
    ...given,
    ...(requestBody !== undefined && {
      requestBody: withExample(requestBody, (schema) => exampleOf(schema, schemas)),
    }),
    responses: {
      ...responses,
      ...(done !== undefined && {
        '200': withExample(
          {
            ...done,
            content: mapped(done.content, (media) => ({ ...media, schema: withCodes(media.schema) })),
          },
          (schema) => withSaid(exampleOf(schema, schemas)),
        ),
      }),
    },
  };
}

const withCodes = (schema: Schema): Schema => withSaidProperties(schema) as Schema;

function withExample<B extends Body>(body: B, make: (schema: Schema) => unknown): B {
  const json = body.content['application/json'];
  // What is a file is text to its schema.
  if (json === undefined || json.schema.type === 'string') return body;
  const { example = make(json.schema) } = json;
  return { ...body, content: { ...body.content, 'application/json': { ...json, example } } };
}

function mapped<V, W>(
  values: Readonly<Record<string, V>>,
  change: (value: V, name: string) => W,
): Record<string, W> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, change(value, name)]));
}
