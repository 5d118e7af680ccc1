import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';

/** What a client may expect of an operation. `not`: something else arrived, or came back, than was sent. */
export type Verdict = 'works' | 'all_keys' | 'owner' | 'admin' | 'not';

export interface OperationResult {
  /** `GET /files/{file_id}`. */
  readonly operation: string;
  readonly verdict: Verdict;
}

export interface OperationsResult {
  /** The version that the description of the API gives itself. */
  readonly spec: string;
  /** The day when it was read: `2026-11-29`. */
  readonly readOn: string;
  readonly operations: readonly OperationResult[];
}

export interface SuiteResult {
  readonly name: string;
  readonly version: string;
  readonly passedDirectly: number;
  readonly passedThrough: number;
  /** Fail without the gateway too. */
  readonly failedDirectly: number;
  /** Names of tests that pass directly and fail through the gateway. */
  readonly lost: readonly string[];
}

export interface ClientResult {
  readonly name: string;
  /** Of its packages, as installed. */
  readonly version: string;
  /** What was done with it. */
  readonly tried: string;
  readonly verdict: 'works' | 'fails' | 'not_tried';
  /** Why it fails or was not tried. */
  readonly why?: string;
}

export interface Results {
  readonly operations: OperationsResult;
  /** The day of the run that the suites are of; undefined if none has run. */
  readonly suites: readonly SuiteResult[];
  readonly clients: readonly ClientResult[];
}

export const resultsPath = resolve(import.meta.dirname, '../../docs/compatibility.json');
export const pagePath = resolve(import.meta.dirname, '../../docs/compatibility.md');

export function readResults(): Results {
  return JSON.parse(readFileSync(resultsPath, 'utf8')) as Results;
}

export function writeResults(results: Results): void {
  writeFileSync(resultsPath, `${JSON.stringify(results, null, 2)}\n`);
}
