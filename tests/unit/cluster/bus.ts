import { ALONE, type Company } from '../../../lib/balancer/limits/company';
import { joinedUses } from '../../../lib/balancer/limits/saved-parts';
import { newKeyState, savedStateOf } from '../../../lib/balancer/pool/key-state';
import { Pool, type PoolConfig } from '../../../lib/balancer/pool/pool';
import type { Instance } from '../../../lib/cluster/instances';
import { messagesOf, type Message } from '../../../lib/cluster/messages';
import { SharedStates } from '../../../lib/cluster/shared-states';
import { SharedUses } from '../../../lib/cluster/shared-uses';
import { EventHub } from '../../../lib/runtime/events/event-hub';
import { keyConfig, noEgresses, poolConfig, SeededRandom, START_MS } from '../balancer/support';

const NEVER_USED = savedStateOf(newKeyState(keyConfig('a')), START_MS);

function instance({ id, name }: Member): Instance {
  const nothing = { inFlight: 0, waiting: 0, requestsPerMinute: 0, serves: true };
  return { id, name, version: '', host: '', pid: 1, upMs: 1, answers: true, ...nothing };
}

interface Parcel {
  readonly from: string;
  readonly text: string;
  readonly arrivesAt: number;
}

/** Instances in virtual time: what one sends leaves at most so often, and all hear it in the same order, later. */
export class Bus {
  now = START_MS;
  isBroken = false;
  /** Nothing reaches it, and nothing comes from it. */
  cutOff: Member | undefined;
  readonly members: Member[] = [];
  readonly #onTheWay: Parcel[] = [];
  /** What is saved of each key's uses. */
  readonly #database = new Map<string, string>();
  #started = 0;

  constructor(
    private readonly sendMs = 50,
    public travelMs = 5,
  ) {}

  join(keyIds: string, over: Partial<PoolConfig> = {}): Member {
    const member = new Member(this, `m${this.members.length}`, keyIds, over);
    this.members.push(member);
    this.#tellWhoLives();
    return member;
  }

  leave(member: Member): void {
    this.members.splice(this.members.indexOf(member), 1);
    this.#tellWhoLives();
  }

  /** Everything that the member has used stands in the database. */
  save({ name, pool }: Member): void {
    for (const key of pool.keys) {
      const { keyId } = key.config;
      const { uses } = savedStateOf(key, this.now);
      if (uses !== undefined)
        this.#database.set(keyId, joinedUses(this.#database.get(keyId) ?? null, uses, name));
    }
  }

  /** As `save` has left it; nobody else need be told. */
  stored(keyId: string, text: string): void {
    this.#database.set(keyId, text);
  }

  /** A member of that name starts with what stands in the database, and asks what it has missed. */
  start(name: string, keyIds: string, over: Partial<PoolConfig> = {}): Member {
    this.#started += 1;
    const saved = (keyId: string): string | undefined => this.#database.get(keyId);
    const member = new Member(this, `${name}+${this.#started}`, keyIds, over, name, saved);
    this.members.push(member);
    this.#tellWhoLives();
    for (const { uses } of this.members) uses.tellAll();
    return member;
  }

  post(from: string, messages: readonly Message[]): void {
    if (this.isBroken || this.cutOff?.id === from) return;
    this.#onTheWay.push({ from, text: JSON.stringify(messages), arrivesAt: this.now + this.travelMs });
  }

  #tellWhoLives(): void {
    const living = this.members.map(instance);
    for (const { company, uses, id } of this.members) {
      company.instances = living.length;
      company.hearers = living.map((each) => each.id);
      uses.live(living.filter((other) => other.id !== id));
    }
  }

  /** Time goes on, and with it everything on the way. */
  advance(ms: number): void {
    for (const end = this.now + ms; this.now < end; this.now += 1) {
      for (const member of this.members) member.sendDue(this.sendMs);
      while (this.#onTheWay[0] !== undefined && this.#onTheWay[0].arrivesAt <= this.now) {
        const { from, text } = this.#onTheWay.shift()!;
        for (const member of this.members) {
          if (member !== this.cutOff) for (const message of messagesOf(text)) member.hear(message, from);
        }
      }
    }
  }
}

export class Member {
  readonly company: { -readonly [field in keyof Company]: Company[field] };
  readonly pool: Pool;
  readonly uses: SharedUses;
  readonly #states: SharedStates;
  readonly #waiting = new Map<string, () => Message>();
  #sentAt = -Infinity;

  constructor(
    private readonly bus: Bus,
    readonly id: string,
    keyIds: string,
    over: Partial<PoolConfig>,
    /** The same after a restart. */
    readonly name = id,
    saved: (keyId: string) => string | undefined = () => undefined,
  ) {
    this.company = { ...ALONE, self: name };
    const events = new EventHub();
    const config = poolConfig({ ...over, company: this.company });
    this.pool = new Pool(config, new SeededRandom(), events, noEgresses());
    const keys = [...keyIds].map((keyId) => keyConfig(keyId));
    this.pool.setKeys(keys, (keyId) => {
      const uses = saved(keyId);
      return uses === undefined ? undefined : { ...NEVER_USED, uses };
    });
    const parts = {
      pools: new Map([['p', this.pool]]),
      egresses: noEgresses(),
      selfId: id,
      self: name,
      now: () => bus.now,
      send: (name: string, make: () => Message) => void this.#waiting.set(name, make),
    };
    this.uses = new SharedUses(parts);
    this.#states = new SharedStates(parts);
    events.add(this.uses.events);
    events.add(this.#states.events);
  }

  hear(message: Message, from: string): void {
    const isOwn = from === this.id;
    if (message.kind === 'use') this.uses.take(message, from, 0, isOwn);
    else if (message.kind === 'use_before' && !isOwn) this.uses.recall(message, 0);
    else if (!isOwn) this.#states.take(message, 0);
  }

  sendDue(everyMs: number): void {
    if (this.#waiting.size === 0 || this.bus.now - this.#sentAt < everyMs) return;
    this.#sentAt = this.bus.now;
    const messages = [...this.#waiting.values()].map((make) => make());
    this.#waiting.clear();
    this.bus.post(this.id, messages);
  }
}
