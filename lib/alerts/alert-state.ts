import { z } from 'zod';
import { ALERT_RULES } from '../config/alert-rules';

/** How a message fared. */
export interface Delivered {
  readonly ok: boolean;
  /** Of the receiver's answer; null without one. */
  readonly status: number | null;
  /** Why it did not arrive; holds no secret. */
  readonly error: string | null;
}

const openSchema = z.object({
  key: z.string(),
  rule: z.enum(ALERT_RULES),
  severity: z.enum(['high', 'medium', 'low']),
  since: z.number().nullable(),
  /** The highest that was told. */
  level: z.number(),
  /** As it was told. */
  text: z.string(),
});

const stateSchema = z.object({
  /** What it was told of, and not yet that it is over. */
  open: z.array(openSchema),
  /** Undefined before the first message. */
  last: z
    .object({
      at: z.number(),
      ok: z.boolean(),
      status: z.number().nullable(),
      error: z.string().nullable(),
    })
    .optional(),
});

/** An incident that a receiver was told of. */
export type ToldIncident = Readonly<z.output<typeof openSchema>>;
/** What is kept of a receiver: who starts next, or takes the work over, goes on from there. */
export interface AlertState {
  readonly open: readonly ToldIncident[];
  readonly last?: (Delivered & { readonly at: number }) | undefined;
}

/** Rows are 64 KiB at most. */
export const OPEN_MAX = 64;
const TEXT_CHARS = 200;

export function writeState({ open, last }: AlertState): string {
  const kept = open.slice(0, OPEN_MAX).map((one) => ({ ...one, text: one.text.slice(0, TEXT_CHARS) }));
  return JSON.stringify({ open: kept, last });
}

/** Nothing is known of what cannot be read. */
export function readState(text: string): AlertState {
  try {
    return stateSchema.parse(JSON.parse(text));
  } catch {
    return { open: [] };
  }
}
