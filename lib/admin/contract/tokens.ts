import { z } from 'zod';
import { endpoint } from './endpoint';
import { listOf } from './page';
import { countSchema, doneSchema, idParams, idSchema, timeSchema } from './values';

export const tokenItemSchema = z
  .object({
    id: idSchema,
    name: z.string().describe('Empty for a token of the settings'),
    hint: z.string().meta({ example: 'sk-abc...wxyz' }),
    source: z
      .enum(['environment', 'made', 'dashboard'])
      .describe(
        '`environment`: one of ALLOWED_TOKENS, wherever those are set; `made`: made at the first ' +
          'start. Neither is revoked here',
      ),
    isAdmin: z.boolean().describe('It is the admin token too'),
    createdAt: timeSchema.nullable(),
    lastUsedAt: timeSchema.nullable(),
    requestCount: countSchema.describe(
      'Of a token of the settings: since the start, of all instances that run',
    ),
  })
  .meta({ id: 'Token' });
export type TokenItem = z.output<typeof tokenItemSchema>;

const nameSchema = z.string().trim().min(1, { error: 'must not be empty' }).max(100);

export const tokensApi = {
  list: endpoint('tokens.list', {
    summary: 'Client tokens',
    answer: listOf(tokenItemSchema),
  }),
  create: endpoint('tokens.create', {
    summary: 'Make a client token; this answer is the only one that shows it',
    example: { name: 'my notebook' },
    body: z.strictObject({ name: nameSchema }),
    answer: z.object({ token: z.string().meta({ example: 'sk-cl...9f2a' }), item: tokenItemSchema }),
  }),
  rename: endpoint('tokens.rename', {
    summary: 'Rename a client token',
    params: idParams,
    example: { name: 'my notebook' },
    body: z.strictObject({ name: nameSchema }),
    answer: tokenItemSchema,
  }),
  revoke: endpoint('tokens.revoke', {
    summary: 'Revoke a client token, at once and for good',
    params: idParams,
    answer: doneSchema,
  }),
};
