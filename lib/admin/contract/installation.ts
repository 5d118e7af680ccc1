import { z } from 'zod';
import { endpoint } from './endpoint';
import { countSchema } from './values';

/** Of a database, when it is unpacked. */
export const DATABASE_BYTES_MAX = 32 * 2 ** 20;
const CONFIG_MAX = 2 ** 20;
const ENVIRONMENT_MAX = 2 ** 18;
const SECRET_MAX = 4_096;

export const sourceProgramSchema = z
  .enum(['gpt-load', 'new-api', 'one-api', 'litellm', 'gemini-balance'])
  .describe('The program that it comes from');

const moveReportSchema = z
  .object({
    isPreview: z.boolean().describe('Nothing was written'),
    program: z.string().meta({ example: 'gpt-load' }),
    providers: z.array(
      z.object({
        slug: z.string().meta({ example: 'groq' }),
        baseUrl: z.string().meta({ example: 'https://api.groq.com/openai/v1' }),
        isNew: z.boolean().describe('Otherwise it is here already, and its settings stay as they are'),
        keysAdded: countSchema,
        keysKnown: countSchema.describe('Keys that it has already'),
        keysOut: countSchema.describe('Of those that are added: out of use where they come from'),
      }),
    ),
    keysAdded: countSchema.describe('Of all providers'),
    proxiesAdded: countSchema,
    routesAdded: countSchema,
    routesKnown: countSchema.describe('Routes whose names are here already; they stay as they are'),
    tokensAdded: countSchema,
    tokensKnown: countSchema,
    remarks: z
      .array(
        z.object({
          text: z.string().meta({ example: 'users do not come over' }),
          count: countSchema,
          items: z.array(z.string()).describe('The first of them by name; never a secret'),
        }),
      )
      .describe('All that does not come over, or comes over as something else'),
  })
  .meta({ id: 'MoveReport' });
export type MoveReport = z.output<typeof moveReportSchema>;

export const installationApi = {
  'move-in': endpoint('installation.move-in', {
    summary: 'Move in from another gateway: all that is new here, or nothing',
    example: { program: 'litellm', config: 'model_list: []', preview: true },
    body: z.strictObject({
      program: sourceProgramSchema,
      database: z
        .string()
        .optional()
        .describe(
          'Its SQLite file in base64, as it is or packed with gzip; 32 MB at most when it is unpacked. It is read in ' +
            'memory, and kept nowhere',
        ),
      config: z.string().max(CONFIG_MAX).optional().describe("The text of LiteLLM's `config.yaml`"),
      environment: z.string().max(ENVIRONMENT_MAX).optional().describe('The text of its `.env`'),
      encryptionKey: z
        .string()
        .max(SECRET_MAX)
        .optional()
        .describe('What it has encrypted its keys with, unless its `.env` says so'),
      preview: z.boolean().default(false).describe('Says what would come of it, and writes nothing'),
    }),
    answer: moveReportSchema,
  }),
};
