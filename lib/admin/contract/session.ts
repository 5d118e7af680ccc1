import { z } from 'zod';
import { ROLES } from '../../auth/role';
import { endpoint } from './endpoint';
import { timeSchema } from './values';

export const sessionApi = {
  read: endpoint('session.read', {
    summary: 'Who is asking',
    answer: z.object({
      by: z
        .enum(['session', 'bearer', 'oidc'])
        .describe('`session` and `bearer`: with the admin token. `oidc`: signed in at the OpenID provider'),
      role: z.enum(ROLES).describe('What this caller may do now; the admin token is always `admin`'),
      name: z
        .string()
        .meta({ example: 'Anna Example' })
        .nullable()
        .describe('As the OpenID provider calls who has signed in; null for the admin token'),
      expiresAt: timeSchema.nullable().describe('When a session ends; null for a bearer token'),
      version: z.string().meta({ example: '0.1.0' }),
      timezone: z.string().meta({ example: 'Europe/Berlin' }),
    }),
  }),
};
