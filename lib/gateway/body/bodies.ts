import { gatewayError, noMemory, overloaded, type GatewayError } from '../answer/errors';
import type { GatewayConfig } from '../config';
import type { LiveExchange } from '../exchange/live-exchange';
import type { Timers } from '../exchange/timers';
import { BodyBudget } from './body-budget';
import { READ_WHOLE_BYTES } from './body-digest';
import type { BodyFiles } from './body-folder';
import type { BodyShare } from './body-share';
import type { BodyTrouble, Spool } from './intake';
import type { RequestBody } from './spooled-body';

export const NO_BODY = Buffer.alloc(0);
const STALLED = 'The request body did not get on while others waited for the room that it takes.';

/** The bodies of all requests: what they take of memory and of disk. */
export class Bodies {
  readonly #memory: BodyBudget;
  readonly #disk: BodyBudget;

  /** `files`: where large bodies find room; without it all stay in memory. */
  constructor(
    { bodiesBytesMax, bodiesOnDiskBytesMax }: GatewayConfig,
    private readonly timers: Timers,
    private readonly files: BodyFiles | undefined,
  ) {
    this.#memory = new BodyBudget(bodiesBytesMax, timers);
    this.#disk = new BodyBudget(bodiesOnDiskBytesMax, timers);
  }

  /** Bytes in memory at this moment. */
  get bytes(): number {
    return this.#memory.held;
  }

  /** Counts from now on. */
  configure({ bodiesBytesMax, bodiesOnDiskBytesMax }: GatewayConfig): void {
    this.#memory.resize(bodiesBytesMax);
    this.#disk.resize(bodiesOnDiskBytesMax);
  }

  /** The memory of one request, empty at first. */
  share(): BodyShare {
    return this.#memory.share();
  }

  /** The whole body of a request, or why it is refused. What it takes is released with the request. */
  async read(exchange: LiveExchange): Promise<RequestBody | GatewayError> {
    const { request, response, config, log, share } = exchange;
    if (request.method === 'GET' || request.method === 'HEAD') return NO_BODY;
    const result = await request.readBody(config.bodyBytesMax, share, this.#spoolOf(exchange), this.timers);
    if (result.ok) {
      const { body } = result;
      if (Buffer.isBuffer(body)) {
        log.requestBody = body;
        return body;
      }
      exchange.spooled = body;
      log.requestBody = body.beginning;
      log.requestBytes = body.length;
      return body;
    }
    log.requestBytes = share.bytesCome;
    if (result.reason === 'client_closed') {
      return gatewayError(
        'client_closed',
        'The client closed the connection before its request was complete.',
      );
    }
    // The rest of its body stays unread, so its connection cannot be used again.
    response.closeAfter();
    return bodyError(result.reason, config);
  }

  /** Safe to call twice. */
  release({ share, spooled, room }: LiveExchange): void {
    share.release();
    spooled?.release();
    room?.release();
  }

  #spoolOf(exchange: LiveExchange): Spool | undefined {
    const { config, share } = exchange;
    if (this.files === undefined || config.bodiesOnDiskBytesMax === 0) return undefined;
    const room = this.#disk.share();
    room.owner = share.owner;
    exchange.room = room;
    return { files: this.files, share: room, wholeBytesMax: wholeBytesMax(config) };
  }
}

/** What is read of a body in a file fits into the memory for all of them. */
export function wholeBytesMax({ bodiesBytesMax }: GatewayConfig): number {
  return Math.min(READ_WHOLE_BYTES, bodiesBytesMax);
}

function bodyError(
  reason: Exclude<BodyTrouble, 'client_closed'>,
  { bodyBytesMax, bodyLimitName }: GatewayConfig,
): GatewayError {
  switch (reason) {
    case 'no_memory':
      return noMemory();
    case 'no_disk':
      return overloaded('has no room on disk left for this request body');
    case 'idle':
      return gatewayError('body_stalled', 'The request body stopped coming.');
    case 'stalled':
      return gatewayError('body_stalled', STALLED);
    case 'disk_full':
      return gatewayError(
        'disk_full',
        'The disk of the gateway is full: the request body finds no room there.',
      );
    case 'disk_failed':
      return gatewayError('disk_failed', 'The gateway cannot write the request body to its disk.');
    case 'too_large': {
      const limit = Number((bodyBytesMax / 2 ** 20).toFixed(2));
      const message = `The request body is larger than the ${limit} MB allowed here (${bodyLimitName}).`;
      return gatewayError('body_too_large', message);
    }
  }
}
