import { z } from 'zod';
import { endpoint } from './endpoint';
import { listOf } from './page';
import { countSchema, doneSchema, idParams, idSchema, timeSchema } from './values';

export const tokenItemSchema = z.object({
  id: idSchema,
  /** Empty for a token of the settings. */
  name: z.string(),
  hint: z.string(),
  /** `environment`: one of ALLOWED_TOKENS, wherever those are set; `made`: made at the first start. Neither is revoked here. */
  source: z.enum(['environment', 'made', 'dashboard']),
  /** It is the admin token too. */
  isAdmin: z.boolean(),
  createdAt: timeSchema.nullable(),
  lastUsedAt: timeSchema.nullable(),
  /** Of a token of the settings: since the start. */
  requestCount: countSchema,
});
export type TokenItem = z.output<typeof tokenItemSchema>;

const nameSchema = z.string().trim().min(1, { error: 'must not be empty' }).max(100);

export const tokensApi = {
  list: endpoint('tokens.list', {
    summary: 'Client tokens',
    answer: listOf(tokenItemSchema),
  }),
  create: endpoint('tokens.create', {
    summary: 'Make a client token; this answer is the only one that shows it',
    body: z.strictObject({ name: nameSchema }),
    answer: z.object({ token: z.string(), item: tokenItemSchema }),
  }),
  rename: endpoint('tokens.rename', {
    summary: 'Rename a client token',
    params: idParams,
    body: z.strictObject({ name: nameSchema }),
    answer: tokenItemSchema,
  }),
  revoke: endpoint('tokens.revoke', {
    summary: 'Revoke a client token, at once and for good',
    params: idParams,
    answer: doneSchema,
  }),
};
