import { z } from 'zod';
import { endpoint } from './endpoint';

export const openapiApi = {
  read: endpoint('openapi.read', {
    summary: 'This description of the admin API, OpenAPI 3.1',
    answer: z.looseObject({ openapi: z.string() }),
  }),
};
