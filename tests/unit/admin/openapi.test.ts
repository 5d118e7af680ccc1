import { describe, expect, it } from 'vitest';
import { ADMIN_BASE } from '../../../lib/admin/contract/addresses';
import { ENDPOINTS } from '../../../lib/admin/contract/api';
import { ADMIN_ERRORS } from '../../../lib/admin/contract/error';
import { openapiDocument } from '../../../lib/admin/openapi';
import { answerSchemaOf, undescribed } from '../../integration/admin/described';

interface Media {
  readonly schema: object;
  readonly example?: unknown;
}
interface Body {
  readonly description?: string;
  readonly content: Readonly<Record<string, Media>>;
}
interface Operation {
  readonly tags: readonly string[];
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly schema: object }[];
  readonly requestBody?: Body;
  readonly responses: Readonly<Record<string, Body>>;
}

const document = openapiDocument({ version: '1.2.3' });
const paths = document.paths as Readonly<Record<string, Readonly<Record<string, Operation>>>>;
const schemas = document.components.schemas as Readonly<Record<string, object>>;

const operationOf = ({ method, path }: { readonly method: string; readonly path: string }): Operation =>
  paths[ADMIN_BASE + path]![method.toLowerCase()]!;

function refsIn(value: unknown): string[] {
  const refs = JSON.stringify(value).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g);
  return [...new Set([...refs].map(([, name]) => name!))];
}

/** The schemas that something leads to, over others too. */
function reached(value: unknown, found = new Set<string>()): Set<string> {
  for (const name of refsIn(value)) {
    if (found.has(name)) continue;
    found.add(name);
    reached(schemas[name], found);
  }
  return found;
}

it('what is shared has a name, is there, and is used', () => {
  expect([...reached(paths)].filter((name) => schemas[name] === undefined)).toEqual([]);
  expect(Object.keys(schemas).filter((name) => !reached(paths).has(name))).toEqual([]);
  for (const name of ['Provider', 'Key', 'Proxy', 'Setting', 'Token', 'RequestLog', 'Task', 'UsageTotals']) {
    expect(schemas, name).toHaveProperty(name);
  }
});

it('every operation has a tag with a description, and the parameters that are in its path', () => {
  const tags = new Map((document.tags ?? []).map(({ name, description }) => [name, description]));
  for (const endpoint of ENDPOINTS) {
    const { tags: own, parameters = [] } = operationOf(endpoint);
    for (const tag of own) expect(tags.get(tag), tag).toMatch(/\w/);
    const inPath = parameters.filter((one) => one.in === 'path').map(({ name }) => name);
    expect(inPath, endpoint.name).toEqual([...endpoint.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name));
  }
});

it('every way in is described', () => {
  const schemes = document.components.securitySchemes ?? {};
  expect(document.security).toEqual(Object.keys(schemes).map((name) => ({ [name]: [] })));
  for (const scheme of Object.values(schemes)) expect(scheme).toHaveProperty('description');
});

describe('an example', () => {
  it.each(ENDPOINTS.map((endpoint) => [endpoint.name, endpoint] as const))(
    'is what the schemas of %s take',
    (_name, endpoint) => {
      const { requestBody, responses } = operationOf(endpoint);
      if (endpoint.body !== undefined) {
        const { example } = requestBody!.content['application/json']!;
        expect(endpoint.body.safeParse(example).error).toBeUndefined();
      }
      if (endpoint.answer === undefined) return;
      const { example } = responses['200']!.content['application/json']!;
      expect(endpoint.answer.safeParse(example).error).toBeUndefined();
      expect(undescribed(example, answerSchemaOf(endpoint))).toEqual([]);
    },
  );

  it('of a refusal has a code of its status, and says in codes what it says in words', () => {
    for (const endpoint of ENDPOINTS) {
      for (const [status, { content, description }] of Object.entries(operationOf(endpoint).responses)) {
        if (status === '200' || status === '431') continue;
        const { error, said } = content['application/json']!.example as {
          error: { code: keyof typeof ADMIN_ERRORS };
          said: { message: object | null };
        };
        expect(String(ADMIN_ERRORS[error.code]), `${endpoint.name} ${status}`).toBe(status);
        expect(description).toContain(`\`${error.code}\``);
        expect(said.message, `${endpoint.name} ${status}`).not.toBeNull();
      }
    }
  });
});

it('codes of texts are described in what comes out, and in nothing that goes in', () => {
  const goesIn = ENDPOINTS.map(operationOf).map(({ parameters, requestBody }) => [parameters, requestBody]);
  for (const name of reached(goesIn)) expect(JSON.stringify(schemas[name]), name).not.toContain('Said"');
  expect(JSON.stringify(schemas.Key)).toContain('"reasonSaid"');
  expect(schemas.ErrorAnswer).toMatchObject({ required: ['error', 'said'] });
});

it('files and events are described by what they are', () => {
  for (const endpoint of ENDPOINTS.filter(({ answer }) => answer === undefined)) {
    const { content, description } = operationOf(endpoint).responses['200']!;
    expect(Object.keys(content)).toEqual(endpoint.contentTypes);
    expect(description).not.toBe('Done');
  }
});

it('most fields of what comes out say what they are or look like', () => {
  const fields = Object.values(schemas).flatMap((schema) =>
    Object.values((schema as { properties?: Record<string, object> }).properties ?? {}),
  );
  const isTold = (field: object) => /"(description|example|enum|const|\$ref)"/.test(JSON.stringify(field));
  expect(fields.filter(isTold).length / fields.length).toBeGreaterThan(0.75);
});
