import { isLeftAlone, saidKind } from './with-said';

/** The JSON schema of a text's code and values, for the components of the API's description. */
export const SAID_SCHEMA = {
  type: 'object',
  description: 'What a text of the program says: a stable code, and its values by name',
  properties: {
    code: { type: 'string' },
    params: {
      type: 'object',
      additionalProperties: {
        anyOf: [{ type: 'string' }, { type: 'number' }, { $ref: '#/components/schemas/Said' }],
      },
    },
  },
  required: ['code', 'params'],
  additionalProperties: false,
} as const;

const SAID_OR_NULL = { anyOf: [{ $ref: '#/components/schemas/Said' }, { type: 'null' }] } as const;
const BESIDE = { text: SAID_OR_NULL, list: { type: 'array', items: SAID_OR_NULL } } as const;

/** Beside the `error` of an answer that refuses. */
export const SAID_ERROR_SCHEMA = {
  type: 'object',
  description: 'What the message and the texts of the fields say',
  properties: { message: SAID_OR_NULL, fields: { type: 'object', additionalProperties: SAID_OR_NULL } },
  required: ['message'],
  additionalProperties: false,
} as const;

/** The JSON schema of an answer in which `xSaid` stands beside every text `x`, as `withSaid` puts it there. */
export function withSaidProperties(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withSaidProperties);
  if (typeof schema !== 'object' || schema === null) return schema;
  const { properties, required = [], ...rest } = schema as ObjectSchema;
  const others = Object.fromEntries(
    Object.entries(rest).map(([name, value]) => [name, withSaidProperties(value)]),
  );
  if (properties === undefined) return others;
  const texts = Object.entries(properties).flatMap(([name, value]) => besideOf(name, value));
  return {
    ...others,
    properties: {
      ...Object.fromEntries(
        Object.entries(properties).map(([name, value]) => [
          name,
          isLeftAlone(name) ? value : withSaidProperties(value),
        ]),
      ),
      ...Object.fromEntries(texts.map(({ name, schema: beside }) => [`${name}Said`, beside])),
    },
    required: [...required, ...texts.flatMap(({ name }) => (required.includes(name) ? [`${name}Said`] : []))],
  };
}

interface ObjectSchema {
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly required?: readonly string[];
}

function besideOf(name: string, schema: unknown): { readonly name: string; readonly schema: object }[] {
  const kind = saidKind(name);
  if (kind === undefined || !mayBe(schema, kind === 'text' ? 'string' : 'array')) return [];
  return [{ name, schema: BESIDE[kind] }];
}

function mayBe(schema: unknown, type: string): boolean {
  const { type: own, anyOf = [] } = schema as {
    readonly type?: unknown;
    readonly anyOf?: readonly unknown[];
  };
  return own === type || (Array.isArray(own) && own.includes(type)) || anyOf.some((one) => mayBe(one, type));
}
