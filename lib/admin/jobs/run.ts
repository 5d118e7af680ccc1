import type { AdminContext } from '../context';
import { recordAct } from '../audit/record';
import { notFound } from '../error';
import { jobItem } from './job-item';

/** Does not wait for the end of the run. */
export async function runJob(context: AdminContext, { name }: { readonly name: string }) {
  const { jobs } = context;
  const statusOf = () => jobs.statuses.find((status) => status.name === name);
  if (statusOf() === undefined) throw notFound('job');
  void jobs.run(name);
  await recordAct(context, { action: 'jobs.run', target: name });
  const status = statusOf();
  if (status === undefined) throw notFound('job');
  return jobItem(status);
}
