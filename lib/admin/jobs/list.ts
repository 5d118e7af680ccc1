import type { AdminContext } from '../context';
import { jobItem } from './job-item';

export function listJobs({ jobs }: AdminContext) {
  const items = jobs.statuses.map(jobItem);
  return { items, total: items.length, page: 1, pageSize: items.length };
}
