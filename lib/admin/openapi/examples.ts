/** A JSON schema, as far as an example needs it. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly example?: unknown;
  readonly default?: unknown;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly minimum?: number;
}
export type Schemas = Readonly<Record<string, Schema>>;

/** A value that a schema takes, made of the examples of its parts. */
export function exampleOf(schema: Schema, schemas: Schemas): unknown {
  const given = [schema.example, schema.default, schema.const, schema.enum?.[0]];
  const known = given.find((one) => one !== undefined);
  return known === undefined ? builtExample(schema, schemas) : known;
}

function builtExample(schema: Schema, schemas: Schemas): unknown {
  const { $ref, type, properties, items } = schema;
  if ($ref !== undefined) return exampleOf(schemas[$ref.split('/').at(-1) ?? ''] ?? {}, schemas);
  const [choice] = schema.anyOf ?? schema.oneOf ?? schema.allOf ?? [];
  if (choice !== undefined) return exampleOf(choice, schemas);
  if (properties !== undefined) {
    const fields = Object.entries(properties);
    return Object.fromEntries(fields.map(([name, field]) => [name, exampleOf(field, schemas)]));
  }
  if (items !== undefined) return [exampleOf(items, schemas)];
  return plainExample([type].flat()[0], schema.minimum);
}

function plainExample(type: string | undefined, minimum = 1): unknown {
  switch (type) {
    case 'string':
      return 'text';
    case 'number':
    case 'integer':
      return Math.max(1, minimum);
    case 'boolean':
      return true;
    case 'array':
      return [];
    case 'object':
      return {};
    default:
      return null;
  }
}
