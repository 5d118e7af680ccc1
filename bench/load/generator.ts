// The load generator: a process of its own that takes jobs over IPC, one at a time.
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from './connection';
import { percentiles, type Job, type LoadResult } from './job';

const OPEN_CONNECTIONS = 64;
const STREAMS_PER_TICK = 10;
const SENT_FIELD = Buffer.from('"sent":');

/** What was measured, as it grows. */
class Tally {
  readonly #latenciesMs: number[] = [];
  readonly #statuses: Record<string, number> = {};
  readonly #startedAt = performance.now();

  count(status: number | 'lost' | 'ended'): void {
    this.#statuses[status] = (this.#statuses[status] ?? 0) + 1;
  }

  latency(ms: number): void {
    this.#latenciesMs.push(ms);
  }

  result(): LoadResult {
    return {
      events: this.#latenciesMs.length,
      requests: Object.values(this.#statuses).reduce((sum, count) => sum + count, 0),
      statuses: this.#statuses,
      seconds: (performance.now() - this.#startedAt) / 1_000,
      latencyMs: percentiles(Float64Array.from(this.#latenciesMs)),
    };
  }
}

/** Each connection sends its next request as soon as the last one is answered. */
function closedLoop(job: Extract<Job, { kind: 'closed' }>): Promise<LoadResult> {
  const tally = new Tally();
  let unsent = job.requests;
  let unanswered = job.requests;
  return new Promise((resolve) => {
    const open = (): void => {
      let sentAt = 0;
      const next = (): void => {
        if (unsent === 0) return connection.close();
        unsent -= 1;
        sentAt = performance.now();
        connection.send();
      };
      const done = (status: number | 'lost'): void => {
        tally.count(status);
        unanswered -= 1;
        if (unanswered === 0) resolve(tally.result());
      };
      const connection = new Connection(job, {
        answered(status) {
          tally.latency(performance.now() - sentAt);
          done(status);
          next();
        },
        lost(isWaiting) {
          if (isWaiting) done('lost');
          open();
        },
      });
      next();
    };
    for (let i = 0; i < job.connections; i++) open();
  });
}

/** Requests at even distances. Latency counts from the sending: the timer's own lateness is not the gateway's. */
async function openLoop(job: Extract<Job, { kind: 'open' }>): Promise<LoadResult> {
  const tally = new Tally();
  const idle: { connection: Connection; sentAt: number }[] = [];
  for (let i = 0; i < OPEN_CONNECTIONS; i++) {
    const slot = {
      sentAt: 0,
      connection: new Connection(job, {
        answered(status) {
          tally.count(status);
          tally.latency(performance.now() - slot.sentAt);
          idle.push(slot);
        },
        lost: () => tally.count('lost'),
      }),
    };
    idle.push(slot);
  }
  const startedAt = performance.now();
  const total = job.perSecond * job.seconds;
  for (let sent = 0; sent < total; sent++) {
    const waitMs = startedAt + (sent * 1_000) / job.perSecond - performance.now();
    if (waitMs > 0) await sleep(waitMs);
    const slot = idle.shift();
    if (slot === undefined) tally.count('lost');
    else {
      slot.sentAt = performance.now();
      slot.connection.send();
    }
  }
  const deadline = performance.now() + 10_000;
  while (idle.length < OPEN_CONNECTIONS && performance.now() < deadline) await sleep(10);
  for (const { connection } of idle) connection.close();
  return tally.result();
}

/** Streams that stay open; what is measured is how late each event arrives. */
async function streams(job: Extract<Job, { kind: 'streams' }>): Promise<LoadResult> {
  const tally = new Tally();
  const connections: Connection[] = [];
  let isSettled = false;
  for (let i = 0; i < job.streams; i++) {
    let isFlowing = false;
    const connection = new Connection(job, {
      answered: () => tally.count('ended'),
      lost: () => tally.count('lost'),
      data(chunk) {
        if (!isFlowing) tally.count(connection.status);
        isFlowing = true;
        if (!isSettled) return;
        const now = performance.timeOrigin + performance.now();
        for (let at = chunk.indexOf(SENT_FIELD); at !== -1; at = chunk.indexOf(SENT_FIELD, at + 1)) {
          tally.latency(now - Number.parseFloat(chunk.toString('latin1', at + 7, at + 24)));
        }
      },
    });
    connection.send();
    connections.push(connection);
    if (i % STREAMS_PER_TICK === 0) await sleep(10);
  }
  await sleep(1_000);
  isSettled = true;
  process.send?.({ kind: 'plateau' });
  await sleep(job.seconds * 1_000);
  for (const connection of connections) connection.close();
  return tally.result();
}

function run(job: Job): Promise<LoadResult> {
  switch (job.kind) {
    case 'closed':
      return closedLoop(job);
    case 'open':
      return openLoop(job);
    case 'streams':
      return streams(job);
  }
}

process.on('message', (job: Job) => {
  void run(job).then((result) => process.send?.({ kind: 'result', result }));
});
