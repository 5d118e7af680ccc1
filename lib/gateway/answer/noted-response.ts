import type { ClientResponse } from '../exchange/exchange';

/** A response with one more header. */
export class NotedResponse implements ClientResponse {
  constructor(
    private readonly response: ClientResponse,
    private readonly name: string,
    private readonly value: string,
  ) {}

  start(status: number, headers: readonly string[]): void {
    this.response.start(status, [...headers, this.name, this.value]);
  }

  write(chunk: Buffer): boolean {
    return this.response.write(chunk);
  }

  onDrain(resume: () => void): void {
    this.response.onDrain(resume);
  }

  end(chunk?: Buffer): void {
    this.response.end(chunk);
  }

  closeAfter(): void {
    this.response.closeAfter();
  }

  breakOff(lastWords: Buffer | undefined): void {
    this.response.breakOff(lastWords);
  }
}
