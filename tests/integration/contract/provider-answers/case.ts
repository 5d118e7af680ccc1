import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { keyStatusSchema } from '../../../../lib/admin/contract/keys';

/** Its README.md says what the fields mean. */
const folder = fileURLToPath(new URL('../../../fixtures/provider-answers/', import.meta.url));

const count = z.number().int().min(0);
const oneOrMore = <S extends z.ZodType>(schema: S) =>
  z.union([schema.transform((value) => [value]), z.array(schema).min(1)]);
const texts = oneOrMore(z.string().min(1));
const chunk = z.union([z.string(), z.strictObject({ waitMs: count })]);

const answerSchema = z.strictObject({
  status: z.number().int().default(200),
  headers: z.record(z.string(), z.string()).default({}),
  body: z.unknown().optional(),
  bodyText: z.string().optional(),
  chunks: z.array(chunk).optional(),
  gzip: z.boolean().default(false),
});

const whenSchema = z.strictObject({
  key: z.union([z.literal('any'), oneOrMore(count)]).default([0]),
  model: z.string().optional(),
  path: z.string().optional(),
  content: z.string().optional(),
  userAgent: z.string().optional(),
});

const request = {
  content: z.string().default('hi'),
  model: z.string().optional(),
  path: z.string().default('/chat/completions'),
  stream: z.boolean().default(false),
  tag: z.string().optional(),
  userAgent: z.string().optional(),
  /** Before the first of them, and after each. */
  waitMs: count.default(0),
  gapMs: count.default(0),
  /** The index of a key. */
  verify: count.optional(),
};
const turnSchema = z.strictObject(request);
const stepSchema = z.strictObject({
  ...request,
  times: z.number().int().min(1).default(1),
  seq: z.array(turnSchema).min(1).optional(),
});

const keySchema = z.strictObject({
  status: oneOrMore(keyStatusSchema).optional(),
  failures: count.optional(),
  restS: z.tuple([z.number(), z.number()]).optional(),
  scope: z.enum(['key', 'model']).optional(),
  reasonIncludes: z.string().optional(),
});

/** Unknown fields are refused: an expectation that nobody reads would always hold. */
const expectedSchema = z.strictObject({
  clientStatuses: z.array(z.number().int()).optional(),
  clientAll: z.number().int().optional(),
  tags: z.record(z.string(), z.number().int()).default({}),
  keys: z.record(z.string().regex(/^\d+$/), keySchema).default({}),
  keysNot: z.array(keyStatusSchema).default([]),
  badHitsMax: count.optional(),
  bodyIncludes: texts.default([]),
  bodyExcludes: texts.default([]),
  headMsMax: count.optional(),
  raMax: count.optional(),
  /** `outcome:status` of rows of the log. */
  outcomeExcludes: texts.default([]),
});

const caseSchema = z.object({
  id: z.string(),
  kind: z.string(),
  title: z.string(),
  answer: answerSchema,
  when: whenSchema.prefault({}),
  keyCount: z.number().int().min(1).default(2),
  /** Fields of the admin API's provider. */
  provider_settings: z.record(z.string(), z.unknown()).default({}),
  steps: z
    .array(stepSchema)
    .min(1)
    .prefault([{ times: 4 }]),
  expected: expectedSchema.refine((value) => Object.values(value).some(isSaying), 'expects nothing'),
});

export type AnswerCase = z.output<typeof caseSchema>;
export type BadAnswer = AnswerCase['answer'];
export type When = AnswerCase['when'];
export type Step = AnswerCase['steps'][number];
export type Turn = z.output<typeof turnSchema>;
export type Expected = AnswerCase['expected'];
export type ExpectedKey = z.output<typeof keySchema>;

/** Every case of the folder. Throws for a file that is none, naming it. */
export function readCases(): AnswerCase[] {
  const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
  return names.sort().map((name) => {
    const read = caseSchema.safeParse(JSON.parse(readFileSync(`${folder}${name}`, 'utf8')));
    if (!read.success) throw new Error(`${name}: ${z.prettifyError(read.error)}`);
    return read.data;
  });
}

function isSaying(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.keys(value).length > 0;
  return value !== undefined;
}
