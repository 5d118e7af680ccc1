import { z } from 'zod';
import { endpoint } from './endpoint';
import { PAGE_SIZE_MAX } from './page';
import { countSchema, idSchema, queryInteger, timeSchema } from './values';

export const auditItemSchema = z.object({
  id: idSchema,
  at: timeSchema,
  /** `session 203.0.113.7` or `bearer 127.0.0.1`. */
  actor: z.string(),
  /** `keys.import`, `keys.reveal`, `settings.update`, `session.sign_in`... */
  action: z.string(),
  target: z.string(),
  /** More about it, never a secret. */
  detail: z.record(z.string(), z.unknown()),
});
export type AuditItem = z.output<typeof auditItemSchema>;

export const auditApi = {
  list: endpoint('audit.list', {
    summary: 'Who changed what, the newest first',
    query: z.strictObject({
      page: queryInteger(1, 1_000_000).default(1),
      pageSize: queryInteger(1, PAGE_SIZE_MAX).default(50),
      /** `nextCursor` of the page before. */
      cursor: idSchema.optional(),
    }),
    answer: z.object({
      items: z.array(auditItemSchema),
      total: countSchema,
      /** True: there are more than `total`; more than 10,000 are not counted. */
      isTotalApproximate: z.boolean(),
      page: countSchema,
      pageSize: countSchema,
      nextCursor: z.string().nullable(),
    }),
  }),
};
