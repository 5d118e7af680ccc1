import { z } from 'zod';
import { endpoint } from './endpoint';
import { PAGE_SIZE_MAX } from './page';
import { countSchema, idSchema, queryInteger, timeSchema } from './values';

export const auditItemSchema = z
  .object({
    id: idSchema,
    at: timeSchema,
    actor: z
      .string()
      .meta({ example: 'session 203.0.113.7' })
      .describe(
        '`session 203.0.113.7` or `bearer 127.0.0.1` with the admin token; `oidc anna@example.org 203.0.113.7` with the verified ' +
          'e-mail address, else the subject, of who has signed in at the OpenID provider',
      ),
    action: z
      .string()
      .meta({ example: 'keys.import' })
      .describe('`keys.import`, `keys.reveal`, `settings.update`, `session.sign_in`...'),
    target: z.string().meta({ example: 'openai' }),
    detail: z.record(z.string(), z.unknown()).describe('More about it, never a secret'),
  })
  .meta({ id: 'AuditEntry' });
export type AuditItem = z.output<typeof auditItemSchema>;

export const auditApi = {
  list: endpoint('audit.list', {
    summary: 'Who changed what, the newest first',
    query: z.strictObject({
      page: queryInteger(1, 1_000_000).default(1),
      pageSize: queryInteger(1, PAGE_SIZE_MAX).default(50),
      cursor: idSchema.optional().describe('`nextCursor` of the page before'),
    }),
    answer: z.object({
      items: z.array(auditItemSchema),
      total: countSchema,
      isTotalApproximate: z
        .boolean()
        .describe('True: there are more than `total`; more than 10,000 are not counted'),
      page: countSchema,
      pageSize: countSchema,
      nextCursor: z.string().nullable(),
    }),
  }),
};
