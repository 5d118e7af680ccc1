import type { ClientRequest, ClientResponse } from '../../../lib/gateway/exchange/exchange';
import { Stop } from '../../../lib/balancer/stop';
import { ExchangeLog } from '../../../lib/gateway/record/exchange-log';
import type { RequestRecord } from '../../../lib/gateway/record/record';

/** What a client gets to see. It takes everything unless `takes` is false; `resume` asks for more. */
export class SeenResponse implements ClientResponse {
  status: number | undefined;
  headers: Record<string, string> = {};
  /** Each write on its own. */
  readonly writes: string[] = [];
  /** `whole`: it ended well. `broken`: the client can tell that something is missing. */
  ending: 'whole' | 'broken' | undefined;
  lastWords: string | undefined;
  closesAfter = false;
  takes = true;
  resume: (() => void) | undefined;

  get text(): string {
    return this.writes.join('');
  }

  start(status: number, headers: readonly string[]): void {
    if (status > 999) throw new RangeError(`invalid status ${status}`);
    this.status = status;
    for (let i = 0; i + 1 < headers.length; i += 2) this.headers[headers[i]!] = headers[i + 1]!;
  }

  write(chunk: Buffer): boolean {
    if (this.ending !== undefined) return true;
    this.writes.push(chunk.toString('utf8'));
    return this.takes;
  }

  onDrain(resume: () => void): void {
    this.resume = resume;
  }

  end(chunk?: Buffer): void {
    if (chunk !== undefined) this.write(chunk);
    this.ending = 'whole';
  }

  closeAfter(): void {
    this.closesAfter = true;
  }

  breakOff(lastWords: Buffer | undefined): void {
    this.lastWords = lastWords?.toString('utf8');
    this.ending = 'broken';
  }
}

/** A request without a body, of a client that can go away. */
export function requestOf(
  headers: Readonly<Record<string, string>> = {},
  { method = 'POST', body = Buffer.alloc(0) }: { readonly method?: string; readonly body?: Buffer } = {},
): ClientRequest {
  return {
    method,
    url: '/v1/chat/completions',
    rawHeaders: Object.entries(headers).flat(),
    header: (name) => headers[name],
    remoteAddress: undefined,
    signal: new Stop(),
    readBody: () => Promise.resolve({ ok: true, body }),
  };
}

/** A log, and the records that it has told. */
export function logOf(now: () => number = () => 0): {
  readonly log: ExchangeLog;
  readonly records: RequestRecord[];
} {
  const records: RequestRecord[] = [];
  const recorder = { record: (record: RequestRecord) => void records.push(record) };
  return { log: new ExchangeLog(recorder, now, 'POST', '/chat/completions', 'req_1'), records };
}
