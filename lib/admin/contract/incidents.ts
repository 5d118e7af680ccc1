import { z } from 'zod';
import { endpoint } from './endpoint';
import { PAGE_SIZE_MAX } from './page';
import { attentionItemSchema, severitySchema } from './stats';
import { countSchema, idSchema, queryInteger, queryTime, timeSchema } from './values';

/** All that the list of what needs attention knows. */
export const incidentKindSchema = z
  .enum([
    ...(['keys', 'waiting', 'provider', 'failing', 'model', 'proxy', 'proxies'] as const),
    ...(['alone', 'budget', 'shortage'] as const),
  ])
  .meta({ id: 'IncidentKind' });
export type IncidentKind = z.output<typeof incidentKindSchema>;

export const incidentSchema = z
  .object({
    id: idSchema,
    kind: incidentKindSchema,
    severity: severitySchema.describe('At its worst'),
    since: timeSchema,
    until: timeSchema.nullable().describe('null while it lasts'),
    item: attentionItemSchema.describe(
      'As `GET /stats/attention` has told it: at its worst; while it lasts, as it is now',
    ),
    toldAt: timeSchema.describe('When the item was as it is here'),
  })
  .meta({ id: 'Incident', description: 'Something that needed attention, from when until when' });
export type IncidentItem = z.output<typeof incidentSchema>;

const filter = {
  from: queryTime.optional().describe('Those that lasted then or later'),
  to: queryTime.optional().describe('Those that had begun by then'),
  kind: incidentKindSchema.optional(),
};

export const incidentsApi = {
  list: endpoint('incidents.list', {
    summary: 'What was out or failing, and still is, the newest first',
    query: z.strictObject({
      page: queryInteger(1, 1_000_000).default(1),
      pageSize: queryInteger(1, PAGE_SIZE_MAX).default(50),
      cursor: idSchema
        .optional()
        .describe('`nextCursor` of the page before; better than `page`, which shifts as incidents begin'),
      ...filter,
    }),
    answer: z.object({
      items: z.array(incidentSchema),
      total: countSchema,
      page: countSchema,
      pageSize: countSchema,
      nextCursor: z.string().nullable().describe('null at the end'),
    }),
  }),
  export: endpoint('incidents.export', {
    summary: 'The same as a CSV file, each with its sentence in English',
    query: z.strictObject(filter),
    contentTypes: ['text/csv'],
  }),
};
