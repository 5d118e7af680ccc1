// The load generator: a process of its own that takes jobs over IPC, one at a time.
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from './connection';
import { percentiles, type Job, type LoadResult } from './job';
import { SentTimes } from './sent-times';

const ANSWER_TIMEOUT_MS = 10_000;
const STREAMS_PER_TICK = 10;

/** What was measured, as it grows. */
class Tally {
  readonly #latenciesMs: number[] = [];
  readonly #statuses: Record<string, number> = {};
  readonly #startedAt = performance.now();
  #bodyBytes = 0;

  body(bytes: number): void {
    this.#bodyBytes += bytes;
  }

  count(status: number | 'lost' | 'ended'): void {
    this.#statuses[status] = (this.#statuses[status] ?? 0) + 1;
  }

  latency(ms: number): void {
    this.#latenciesMs.push(ms);
  }

  result(): LoadResult {
    return {
      bodyBytes: this.#bodyBytes,
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
  let lastAnswerAt = performance.now();
  const connections = new Set<Connection>();
  return new Promise((resolve) => {
    const done = (status: number | 'lost'): void => {
      tally.count(status);
      unanswered -= 1;
      lastAnswerAt = performance.now();
      if (unanswered > 0) return;
      clearInterval(watch);
      resolve(tally.result());
    };
    const open = (): void => {
      let sentAt = 0;
      const next = (): void => {
        if (unsent === 0) return connection.close();
        unsent -= 1;
        sentAt = performance.now();
        connection.send();
      };
      const connection = new Connection(job, {
        answered(status) {
          tally.latency(performance.now() - sentAt);
          done(status);
          next();
        },
        data: (chunk) => tally.body(chunk.length),
        lost(isWaiting) {
          connections.delete(connection);
          if (isWaiting) done('lost');
          open();
        },
      });
      connections.add(connection);
      next();
    };
    // What hangs must not hang the measurement.
    const watch = setInterval(() => {
      if (performance.now() - lastAnswerAt < ANSWER_TIMEOUT_MS) return;
      for (const connection of connections) connection.close();
      while (unanswered > 0) done('lost');
    }, 1_000);
    for (let i = 0; i < job.connections; i++) open();
  });
}

/** Requests at even distances. Latency counts from the sending: the timer's own lateness is not the gateway's. */
async function openLoop(job: Extract<Job, { kind: 'open' }>): Promise<LoadResult> {
  const tally = new Tally();
  const idle: Sender[] = [];
  let unanswered = 0;
  const answered = (status: number | 'lost'): void => {
    tally.count(status);
    unanswered -= 1;
  };
  const newSender = (): Sender => {
    const sender: Sender = {
      sentAt: 0,
      connection: new Connection(job, {
        answered(status) {
          tally.latency(performance.now() - sender.sentAt);
          answered(status);
          idle.push(sender);
        },
        data: (chunk) => tally.body(chunk.length),
        lost(isWaiting) {
          if (isWaiting) answered('lost');
          else idle.splice(idle.indexOf(sender), 1);
        },
      }),
    };
    return sender;
  };

  const startedAt = performance.now();
  const total = job.perSecond * job.seconds;
  for (let sent = 0; sent < total; sent++) {
    const waitMs = startedAt + (sent * 1_000) / job.perSecond - performance.now();
    if (waitMs > 0) await sleep(waitMs);
    const sender = idle.shift() ?? newSender();
    unanswered += 1;
    sender.sentAt = performance.now();
    sender.connection.send();
  }
  const deadline = performance.now() + ANSWER_TIMEOUT_MS;
  while (unanswered > 0 && performance.now() < deadline) await sleep(10);
  for (; unanswered > 0;) answered('lost');
  for (const { connection } of idle) connection.close();
  return tally.result();
}

interface Sender {
  readonly connection: Connection;
  sentAt: number;
}

/** Streams that stay open; what is measured is how late each event arrives. */
async function streams(job: Extract<Job, { kind: 'streams' }>): Promise<LoadResult> {
  const tally = new Tally();
  const connections: Connection[] = [];
  let isSettled = false;
  let flowing = 0;
  for (let i = 0; i < job.streams; i++) {
    let isFlowing = false;
    const sentTimes = new SentTimes();
    const connection = new Connection(job, {
      answered: () => tally.count('ended'),
      lost: () => tally.count('lost'),
      data(chunk) {
        if (!isFlowing) {
          isFlowing = true;
          flowing += 1;
          tally.count(connection.status);
        }
        const times = sentTimes.in(chunk);
        if (!isSettled) return;
        const now = performance.timeOrigin + performance.now();
        for (const time of times) tally.latency(now - time);
      },
    });
    connection.send();
    connections.push(connection);
    if (i % STREAMS_PER_TICK === 0) await sleep(10);
  }
  const deadline = performance.now() + ANSWER_TIMEOUT_MS;
  while (flowing < job.streams && performance.now() < deadline) await sleep(50);
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

process.on('disconnect', () => process.exit());
process.on('message', (job: Job) => {
  void run(job).then((result) => process.send?.({ kind: 'result', result }));
});
