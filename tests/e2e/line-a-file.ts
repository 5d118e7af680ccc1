import type {
  FullConfig,
  FullResult,
  Reporter,
  Suite,
  TestCase,
  TestError,
  TestResult,
} from '@playwright/test/reporter';
import { relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

interface FileState {
  left: Set<string>;
  all: TestCase[];
  durationMs: number;
}

/** A line for each file when the last of its tests is done; of tests that fail, why. */
export default class LineAFile implements Reporter {
  readonly #files = new Map<string, FileState>();

  printsToStdio(): boolean {
    return true;
  }

  onBegin(_config: FullConfig, suite: Suite): void {
    for (const test of suite.allTests()) {
      const state = this.#files.get(test.location.file) ?? { left: new Set(), all: [], durationMs: 0 };
      state.left.add(test.id);
      state.all.push(test);
      this.#files.set(test.location.file, state);
    }
  }

  onTestEnd(test: TestCase, result: TestResult): void {
    const { file, line } = test.location;
    const state = this.#files.get(file);
    if (!state) return;
    state.durationMs += result.duration;
    const isWrong = result.status !== test.expectedStatus && result.status !== 'skipped';
    if (isWrong)
      say(`✗ ${relative('.', file)}:${line} ${test.title}\n${result.errors.map(textOf).join('\n')}`);
    const hasAnotherTry = isWrong && result.status !== 'interrupted' && result.retry < test.retries;
    if (hasAnotherTry || !state.left.delete(test.id) || state.left.size > 0) return;
    say(lineOf(relative('.', file), state));
  }

  onError(error: TestError): void {
    say(`✗ ${textOf(error)}`);
  }

  onEnd(result: FullResult): void {
    say(`Playwright: ${result.status} in ${(result.duration / 1000).toFixed(1)} s`);
  }
}

function lineOf(file: string, { all, durationMs }: FileState): string {
  const counted = (outcome: string) => all.filter((test) => test.outcome() === outcome).length;
  const failed = counted('unexpected');
  const odd = [
    [failed, 'failed'],
    [counted('flaky'), 'flaky'],
    [counted('skipped'), 'skipped'],
  ] as const;
  const notes = odd.filter(([count]) => count > 0).map(([count, name]) => `, ${count} ${name}`);
  return `${failed > 0 ? '✗' : '✓'} ${file} (${all.length} tests${notes.join('')}) ${Math.round(durationMs / 1000)} s`;
}

function textOf({ message, stack, snippet }: TestError): string {
  return stripVTControlCharacters([stack ?? message ?? '', snippet ?? ''].join('\n'));
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
