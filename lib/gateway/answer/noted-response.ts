import type { ClientResponse } from '../exchange/exchange';
import { PassingResponse } from './passing-response';

/** A response with one more header. */
export class NotedResponse extends PassingResponse {
  constructor(
    response: ClientResponse,
    private readonly name: string,
    private readonly value: string,
  ) {
    super(response);
  }

  override start(status: number, headers: readonly string[]): void {
    super.start(status, [...headers, this.name, this.value]);
  }
}
