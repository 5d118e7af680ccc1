import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

/** What is read of the messages that node:cluster itself sends (Node's lib/internal/cluster). */
interface ClusterMessage {
  readonly act?: string;
  readonly seq?: number;
  readonly ack?: number;
}

/** The line to a process that has ended has its end within a moment. */
const LOOKS_MAX = 1_000;

/**
 * node:cluster hands a new connection to a worker, and keeps it until the worker says that it has it. One that dies
 * before says nothing, and the client would wait without end. What such a worker has not taken goes to another one, as
 * from a worker that is closing; if nobody is left, it is closed. Returns what it has not taken, as it changes.
 */
export function handBackConnections(
  worker: ChildProcess,
  isAnotherThere: () => boolean,
): ReadonlySet<number> {
  const untaken = new Set<number>();
  const send = worker.send.bind(worker) as (...args: unknown[]) => boolean;
  worker.send = (...args: unknown[]) => {
    const { act, seq } = args[0] as ClusterMessage;
    if (act === 'newconn' && seq !== undefined) untaken.add(seq);
    return send(...args);
  };
  // Before node:cluster hands over the next one.
  worker.prependListener('internalMessage', ({ ack }: ClusterMessage) => {
    if (ack !== undefined) untaken.delete(ack);
  });
  const handBack = async () => {
    // What it has said before its end is heard first.
    for (let looks = 0; worker.connected && looks < LOOKS_MAX; looks += 1) await sleep(1);
    if (untaken.size === 0) return;
    // Node does not tell while a connection is on its way, and node:cluster would go on to count on this worker.
    worker.emit('disconnect');
    const accepted = !isAnotherThere();
    for (const ack of untaken) worker.emit('internalMessage', { cmd: 'NODE_CLUSTER', ack, accepted });
  };
  worker.once('exit', () => void handBack());
  return untaken;
}
