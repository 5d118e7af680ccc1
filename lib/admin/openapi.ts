import { createDocument, type ZodOpenApiOperationObject } from 'zod-openapi';
import { ADMIN_API } from './contract/api';
import type { Endpoint } from './contract/endpoint';
import { errorAnswerSchema } from './contract/error';
import type { AdminContext } from './context';

const ERROR = {
  description: 'Why not',
  content: { 'application/json': { schema: errorAnswerSchema } },
};

/** The whole admin API, described by the very schemas that check what goes in. */
export function openapiDocument({ version }: Pick<AdminContext, 'version'>) {
  const paths: Record<string, Record<string, ZodOpenApiOperationObject>> = {};
  for (const [resource, endpoints] of Object.entries(ADMIN_API)) {
    for (const [name, endpoint] of Object.entries(endpoints)) {
      const path = `/api/admin${endpoint.path}`;
      paths[path] = {
        ...paths[path],
        [endpoint.method.toLowerCase()]: operation(resource, name, endpoint),
      };
    }
  }
  const document = createDocument({
    openapi: '3.1.0',
    info: { title: 'OpenAI Balance admin API', version },
    security: [{ adminToken: [] }, { session: [] }],
    paths,
    components: {
      securitySchemes: {
        adminToken: { type: 'http', scheme: 'bearer' },
        session: { type: 'apiKey', in: 'cookie', name: 'next-auth.session-token' },
      },
    },
  });
  return { ...document, openapi: '3.1.0' };
}

function operation(resource: string, name: string, endpoint: Endpoint): ZodOpenApiOperationObject {
  const { summary, params, query, body, answer, contentType } = endpoint;
  return {
    operationId: `${resource}.${name}`,
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
          ...(contentType !== undefined && { [contentType]: { schema: { type: 'string' } } }),
        },
      },
      default: ERROR,
    },
  };
}
