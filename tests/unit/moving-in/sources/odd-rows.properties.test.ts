import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { reasonAgainstSlug } from '../../../../lib/config/slug';
import { reasonAgainstHttpUrl } from '../../../../lib/config/values/http-url';
import { tokenSchema } from '../../../../lib/config/values/text';
import type { MovingPlan } from '../../../../lib/moving-in/plan';
import { SOURCE_PROGRAM_NAMES, SOURCE_PROGRAMS } from '../../../../lib/moving-in/programs';
import type { JsonObject, SourceRow } from '../../../../lib/moving-in/rows';

/** What may stand in a cell: what belongs there, something like it, or anything at all. */
const cell = fc.oneof(
  fc.constantFrom(
    ...[
      null,
      undefined,
      0,
      1,
      2,
      3,
      14,
      24,
      -1,
      1e30,
      true,
      '',
      '1',
      'sk-key',
      'openai',
      'constructor',
      '__proto__',
    ],
    ...[
      'active',
      'default',
      'gpt-4o',
      'a,b',
      'https://a.example.com',
      'openai/gpt-4o',
      'constructor/x',
      'os.environ/X',
    ],
    ...[
      '{"a":"b"}',
      '{"proxy":7}',
      '["openai"]',
      '[{"url":"https://a.example.com","weight":"x"}]',
      '[null,1]',
      '{',
      '[]',
    ],
  ),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.jsonValue({ maxDepth: 2 }),
);

const rowsOf = (columns: readonly string[]) =>
  fc.array(fc.record(Object.fromEntries(columns.map((column) => [column, cell]))), { maxLength: 6 });

const parameters = fc.dictionary(
  fc.constantFrom(
    'model',
    'api_base',
    'api_key',
    'rpm',
    'weight',
    'order',
    'extra_headers',
    'timeout',
    'other',
  ),
  cell,
);
const config = fc.record({
  model_list: fc.oneof(
    cell,
    fc.array(fc.record({ model_name: cell, litellm_params: fc.oneof(cell, parameters) })),
  ),
  router_settings: fc.oneof(
    cell,
    fc.record({ fallbacks: cell, model_group_alias: cell, default_fallbacks: cell }),
  ),
  litellm_settings: cell,
  general_settings: cell,
});

function expectGood({ providers, routes, tokens, remarks }: MovingPlan): void {
  const refs = new Set(providers.map(({ ref }) => ref));
  expect(refs.size).toBe(providers.length);
  for (const { slug, baseUrl, keys, fallbacks } of providers) {
    expect([reasonAgainstSlug(slug), reasonAgainstHttpUrl(baseUrl)]).toEqual([undefined, undefined]);
    for (const { value, weight } of keys)
      expect([tokenSchema.safeParse(value).success, weight >= 1 && weight <= 1_000]).toEqual([true, true]);
    for (const fallback of fallbacks) expect(refs).toContain(fallback);
  }
  for (const { targets } of routes) for (const { provider } of targets) expect(refs).toContain(provider);
  for (const { providers: own } of tokens) for (const ref of own) expect(refs).toContain(ref);
  for (const { text, items } of remarks) expect([text, ...items].join('')).not.toMatch(/\p{Cc}/u);
}

describe.each(SOURCE_PROGRAM_NAMES)('whatever is in the tables of %s', (name) => {
  const program = SOURCE_PROGRAMS[name];
  it('makes a plan that can be carried out, or a sentence for people', () => {
    const tables = fc.record(
      Object.fromEntries(program.tables.map((table) => [table.name, rowsOf(table.columns)])),
    );
    fc.assert(
      fc.property(
        tables,
        config,
        fc.constantFrom('', '', '', '', '', 'a key'),
        (rows, settings, encryptionKey) => {
          const source = {
            tables: new Map(Object.entries(rows as Record<string, SourceRow[]>)),
            environment: { X: 'of the environment' },
            encryptionKey,
            ...(program.takesConfig && { config: settings as JsonObject }),
          };
          let plan: MovingPlan;
          try {
            plan = program.read(source);
          } catch (error) {
            expect((error as { code?: string }).code).toBe('unreadable_source');
            return;
          }
          expectGood(plan);
        },
      ),
      { numRuns: 200 },
    );
  });
});
