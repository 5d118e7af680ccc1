import { randomBytes } from 'node:crypto';
import { logIdTime } from '../../store/logs/log-id';

/**
 * Makes ids for log rows: 9 characters of time, 5 of a count and 6 that tell processes apart. They sort by time, and
 * within one process by their making.
 */
export function createLogIds(): (atMs: number) => string {
  const process = randomBytes(3).toString('hex');
  let count = 0;
  return (atMs) => {
    count = (count + 1) % 36 ** 5;
    return `${logIdTime(atMs)}${count.toString(36).padStart(5, '0')}${process}`;
  };
}
