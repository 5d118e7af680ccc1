import type { BalancedRequest, LoopPorts } from './balanced-request';
import type { KeyState } from '../pool/key-state';
import type { Lease, LeaseRequest } from '../pool/lease';
import type { Pool } from '../pool/pool';
import { heals } from '../pool/shortage';
import { isKindSentTwice } from './retry';
import type { Stop } from '../stop';
import { stopWith } from '../stop';
import type { Dialed, Transport } from './transport';

/** An attempt on its way. */
export interface Attempt<Answer> {
  readonly lease: Lease;
  /** When its lease was taken. */
  readonly at: number;
  /** Keys of the pool that were not disabled then. */
  readonly candidates: number;
  /** It was sent because another one had not been answered for long. */
  readonly isHedge: boolean;
  readonly dialed: Promise<Dialed<Answer>>;
  /** Ends it if it may have to give way to another one; fires with the client's leaving too. */
  readonly stop: Stop | undefined;
  readonly mayGiveUp: (atWork: ReadonlySet<KeyState>) => boolean;
}

/** Sends the attempts of one request: one at a time, and once two beside each other if the first stays silent. */
export class Dials<Answer> {
  #isHedged = false;
  // Fields, for most requests are never asked who is at work on them.
  #first: KeyState | undefined;
  #second: KeyState | undefined;

  constructor(
    private readonly request: BalancedRequest,
    private readonly transport: Transport<Answer>,
    private readonly ports: LoopPorts,
  ) {
    ports.hedging?.requestCame();
  }

  /** `mayGiveUp`: whether somebody else could be asked, beside those that are at work on the request. */
  start(
    pool: Pool,
    lease: Lease,
    at: number,
    mayGiveUp: Attempt<Answer>['mayGiveUp'],
    isHedge = false,
  ): Attempt<Answer> {
    const { candidates } = pool;
    const { signal } = this.request;
    const stop = isHedge || this.#mayHedge ? stopWith(signal) : undefined;
    if (isHedge) this.#second = lease.key;
    else this.#first = lease.key;
    const dialed = this.transport.dial(pool, lease, stop ?? signal, () => mayGiveUp(this.#atWork()));
    return { lease, at, candidates, isHedge, dialed, stop, mayGiveUp };
  }

  /** It has come back, or been given up. */
  ended({ isHedge }: Attempt<Answer>): void {
    if (isHedge) this.#second = undefined;
    else this.#first = undefined;
  }

  #atWork(): ReadonlySet<KeyState> {
    return new Set([this.#first, this.#second].filter((key) => key !== undefined));
  }

  /**
   * Resolves with a second attempt beside the first if that has not been answered in time and the share of the traffic
   * that may be sent twice is not used up. If no other key is free, it waits for one as any request may, but before all
   * who wait, since it came before them. Resolves with undefined as soon as there will be none.
   */
  async hedge(
    first: Attempt<Answer>,
    pool: Pool,
    requestWithout: (key: KeyState) => LeaseRequest,
  ): Promise<Attempt<Answer> | undefined> {
    const { hedging, clock } = this.ports;
    if (hedging === undefined || !this.#mayHedge) return undefined;
    const answered = stopWith(this.request.signal);
    void first.dialed.then(() => answered.abort());
    await clock.sleep(hedging.afterMs, answered);
    if (answered.aborted || this.request.mayBeSentTwice?.() !== true || !hedging.take()) return undefined;
    const lease = await this.#otherLease(pool, requestWithout(first.lease.key), answered);
    if (lease === undefined) {
      hedging.giveBack();
      return undefined;
    }
    this.#isHedged = true;
    return this.start(pool, lease, clock.now(), first.mayGiveUp, true);
  }

  async #otherLease(pool: Pool, request: LeaseRequest, signal: Stop): Promise<Lease | undefined> {
    const { clock, waitingRoom: room } = this.ports;
    const now = clock.now();
    const leased = pool.lease(request, now);
    if (leased.ok) return leased.lease;
    const { shortage } = leased;
    if (room === undefined || !heals(shortage) || !room.isWorthWaiting(shortage, room.waitMs))
      return undefined;
    const { client = '', priority } = this.request;
    const ticket = { client, priority, deadline: now + room.waitMs, isFirst: true, signal };
    const waited = await room.wait([{ pool, request, shortage }], ticket);
    return waited.kind === 'served' ? waited.lease : undefined;
  }

  /** Ends an attempt that another one was faster than; an answer that comes all the same is discarded. */
  giveUp({ stop, dialed }: Attempt<Answer>): void {
    stop?.abort();
    void dialed.then(({ answer }) => {
      if (answer !== undefined) this.transport.discard(answer);
    });
  }

  get #mayHedge(): boolean {
    const { hedging } = this.ports;
    return hedging !== undefined && hedging.afterMs > 0 && !this.#isHedged && isKindSentTwice(this.request);
  }
}

/** The one that comes back first, and the other one. */
export async function inOrder<Answer>(
  one: Attempt<Answer>,
  other: Attempt<Answer>,
): Promise<readonly [Attempt<Answer>, Attempt<Answer>]> {
  const ahead = await Promise.race([one.dialed.then(() => one), other.dialed.then(() => other)]);
  return ahead === one ? [one, other] : [other, one];
}
