import { z } from 'zod';
import type { Page } from './channel';
import { figuresSchema } from './figures';

const pageSchema = z.object({
  /** Stays the same when it is started anew. */
  name: z.string(),
  version: z.string(),
  host: z.string(),
  pid: z.number(),
  /** How long it has run; milliseconds. */
  upMs: z.number(),
  inFlight: z.number(),
  waiting: z.number(),
  requestsPerMinute: z.number(),
  /** Whether clients reach it; so do those of a version that does not say. */
  serves: z.boolean().default(true),
  /** Whether it says what it has heard of what others use of limits; older versions do not. */
  answers: z.boolean().optional(),
  /** Undefined where its version tells others. */
  figures: figuresSchema.optional().catch(undefined),
});

/** What an instance says of itself. */
export type InstancePage = z.infer<typeof pageSchema>;

export interface Instance extends InstancePage {
  /** Names the process, for as long as it runs. */
  readonly id: string;
}

/** The pages that this version can read, in an order that stays. */
export function instancesOf(pages: readonly Page[]): Instance[] {
  const read = pages.flatMap(({ from, text }) => {
    const page = pageOf(text);
    return page === undefined ? [] : [{ ...page, id: from }];
  });
  return read.sort((a, b) => a.host.localeCompare(b.host) || a.pid - b.pid || (a.id < b.id ? -1 : 1));
}

function pageOf(text: string): InstancePage | undefined {
  try {
    return pageSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
