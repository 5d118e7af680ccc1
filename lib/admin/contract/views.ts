import { z } from 'zod';
import { SAVED_VIEWS, VIEW_PAGES } from '../../config/saved-views';
import { endpoint } from './endpoint';
import { countSchema, doneSchema, idParams, idSchema, timeSchema } from './values';

const isOneLine = (text: string): boolean => !/\p{Cc}/u.test(text);
const ONE_LINE = { error: 'must be one line without control characters' };

const nameSchema = z
  .string()
  .trim()
  .min(1, { error: 'must not be empty' })
  .max(SAVED_VIEWS.nameMax, { error: `must be ${SAVED_VIEWS.nameMax} characters at most` })
  .refine(isOneLine, ONE_LINE)
  .meta({ example: 'Failing in production' });

const valueSchema = z
  .string()
  .max(SAVED_VIEWS.valueMax, { error: `must be ${SAVED_VIEWS.valueMax} characters at most` })
  .refine(isOneLine, ONE_LINE);

const stateSchema = z
  .strictObject({
    query: z
      .record(z.string().max(40), valueSchema)
      .meta({ example: { status: 'cooling', tag: 'production', sort: 'failures' } })
      .describe("What the page's address says; what is left out is as it is by default. Nothing secret"),
    columns: z
      .record(z.string().max(40), z.boolean())
      .meta({ example: { weight: true, note: false } })
      .describe('Columns that were chosen or put away; all others are as they are by default'),
  })
  .meta({ id: 'ViewState' });
export type ViewState = z.output<typeof stateSchema>;

const pageSchema = z.enum(VIEW_PAGES);

export const viewItemSchema = z
  .object({
    id: idSchema,
    page: pageSchema,
    name: nameSchema,
    state: stateSchema,
    createdAt: timeSchema,
    updatedAt: timeSchema,
    version: countSchema.describe('Send it with an update; it changes when somebody edits the view'),
  })
  .meta({ id: 'SavedView', description: 'What a page of the dashboard shows, under a name' });
export type ViewItem = z.output<typeof viewItemSchema>;

export const viewsApi = {
  list: endpoint('views.list', {
    summary: 'Saved views of all pages, by page and name; 100 at most',
    answer: z.object({ items: z.array(viewItemSchema) }),
  }),
  create: endpoint('views.create', {
    summary: 'Save what a page shows under a name',
    example: { page: 'keys', name: 'Cooling', state: { query: { status: 'cooling' }, columns: {} } },
    body: z.strictObject({ page: pageSchema, name: nameSchema, state: stateSchema }),
    answer: viewItemSchema,
  }),
  update: endpoint('views.update', {
    summary: 'Rename a view, or put another state in its place',
    example: { name: 'Cooling now' },
    params: idParams,
    body: z.strictObject({
      version: countSchema.optional(),
      name: nameSchema.optional(),
      state: stateSchema.optional(),
    }),
    answer: viewItemSchema,
  }),
  delete: endpoint('views.delete', {
    summary: 'Delete a view',
    params: idParams,
    answer: doneSchema,
  }),
};
