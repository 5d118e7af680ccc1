import { z } from 'zod';
import { endpoint } from './endpoint';
import { timeSchema } from './values';

export const sessionApi = {
  read: endpoint('session.read', {
    summary: 'Who is asking',
    answer: z.object({
      by: z.enum(['session', 'bearer']),
      expiresAt: timeSchema.nullable().describe('When a session ends; null for a bearer token'),
      version: z.string().meta({ example: '0.1.0' }),
      timezone: z.string().meta({ example: 'Europe/Berlin' }),
    }),
  }),
};
