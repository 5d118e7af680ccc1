import type { Endpoint } from '../../../lib/admin/contract/endpoint';
import { openapiDocument } from '../../../lib/admin/openapi';

interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
}

const document = openapiDocument({ version: '0.0.0' }) as unknown as {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly responses: Responses }>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
};
type Responses = Readonly<
  Record<string, { readonly content: Readonly<Record<string, { readonly schema: Schema }>> }>
>;

/** What the description of the API says of the endpoint's good answers. */
export function answerSchemaOf({ method, path }: Pick<Endpoint, 'method' | 'path'>): Schema {
  const operation = document.paths[`/api/admin${path}`]?.[method.toLowerCase()];
  return operation?.responses['200']?.content['application/json']?.schema ?? {};
}

/** Fields that an answer has and its schema does not, and those it lacks, by their place. */
export function undescribed(value: unknown, schema: Schema, place = ''): string[] {
  if (schema.$ref !== undefined) {
    return undescribed(value, document.components.schemas[schema.$ref.split('/').at(-1) ?? ''] ?? {}, place);
  }
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined) {
    const tries = choices.filter((one) => fits(value, one)).map((one) => undescribed(value, one, place));
    return tries.sort((a, b) => a.length - b.length)[0] ?? [`${place} is none of its kinds`];
  }
  if (Array.isArray(value)) {
    return value.flatMap((item, index) => undescribed(item, schema.items ?? {}, `${place}.${index}`));
  }
  if (typeof value !== 'object' || value === null) return [];
  const { properties = {}, required = [], additionalProperties = true } = schema;
  const lacking = required.filter((name) => !(name in value)).map((name) => `${place}.${name} is missing`);
  const fields = Object.entries(value).flatMap(([name, field]) => {
    const own =
      properties[name] ?? (typeof additionalProperties === 'object' ? additionalProperties : undefined);
    if (own !== undefined) return undescribed(field, own, `${place}.${name}`);
    return additionalProperties === false ? [`${place}.${name} is not described`] : [];
  });
  return [...lacking, ...fields];
}

function fits(value: unknown, { type, $ref }: Schema): boolean {
  if ($ref !== undefined || type === undefined) return true;
  const own = value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
  const types = [type].flat();
  return types.includes(own) || (own === 'number' && types.includes('integer'));
}
