import { z } from 'zod';
import { endpoint } from './endpoint';
import { timeSchema } from './values';

export const sessionApi = {
  read: endpoint('session.read', {
    summary: 'Who is asking',
    answer: z.object({
      by: z.enum(['session', 'bearer']),
      /** When a session ends; null for a bearer token. */
      expiresAt: timeSchema.nullable(),
      version: z.string(),
      timezone: z.string(),
    }),
  }),
};
