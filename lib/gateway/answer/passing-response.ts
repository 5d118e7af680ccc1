import type { ClientResponse } from '../exchange/exchange';

/** Passes everything on to another response; what it is made for is changed in a class below it. */
export class PassingResponse implements ClientResponse {
  constructor(protected readonly response: ClientResponse) {}

  start(status: number, headers: readonly string[]): void {
    this.response.start(status, headers);
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
