/** What requests come to, in the words of the statistics. */
export const LOG_RESULTS = [
  'succeeded',
  'failed',
  'rateLimited',
  'serverErrors',
  'broken',
  'clientErrors',
  'cancelled',
] as const;
