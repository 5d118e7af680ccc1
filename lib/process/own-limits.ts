import type { Gateway } from '../gateway/gateway';
import { isDiskTrouble } from '../store/database/database-error';
import type { LogWriter } from '../store/write-behind/log-writer';
import { Connections } from './connections';
import type { Logger } from './logger';
import { ProcessLoad } from './process-load';
import { descriptorsMax, MemoryReturn, watchHeap } from './process-watch';
import { DISK, Troubles } from './troubles';

/** The limits of the process and its machine, and what is done before they are reached. */
export class OwnLimits {
  readonly load = new ProcessLoad(descriptorsMax());
  readonly troubles: Troubles;
  readonly connections: Connections;

  constructor(logger: Logger) {
    this.troubles = new Troubles(() => performance.now(), logger);
    this.connections = new Connections(this.load.limits, () => this.troubles.met('file descriptors'));
  }

  /** A write to the database has failed. */
  writeFailed(error: unknown): void {
    if (isDiskTrouble(error)) this.troubles.began(DISK);
  }

  /** Looks after memory and disk from now on. Returns what ends that. */
  watch(gateway: Gateway, logWriter: LogWriter): () => void {
    const memory = new MemoryReturn(() => performance.now());
    return watchHeap((usedBytes, limitBytes, isCollected) => {
      const change = this.load.heap(usedBytes, limitBytes, isCollected);
      if (change === 'began') this.troubles.began('memory');
      if (change === 'over') this.troubles.over('memory');
      if (logWriter.stats.lastError === undefined) this.troubles.over(DISK);
      this.troubles.sweep();
      memory.look(gateway.bodyBytes, this.load.isHeapFull, gateway.inFlight);
    });
  }
}
