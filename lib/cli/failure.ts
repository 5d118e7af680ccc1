/**
 * Something that the person at the terminal has to know and can do something about. The message is all that is shown.
 */
export class CliFailure extends Error {
  constructor(
    readonly code: 'usage' | 'failed',
    message: string,
  ) {
    super(message);
  }
}

export const failed = (message: string): CliFailure => new CliFailure('failed', message);
export const misused = (message: string): CliFailure => new CliFailure('usage', message);
