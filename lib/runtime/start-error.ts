import type { SettingProblem } from '../config/reconcile';

/** The settings are wrong, so the program cannot start. The message is for people. */
export class StartError extends Error {
  readonly code = 'start_failed';

  constructor(problems: readonly SettingProblem[]) {
    const lines = problems.map((problem) => `  ${problem.message} (from the ${problem.source})`);
    super(['The settings are wrong:', ...lines].join('\n'));
  }
}

/** Expected failures carry a code and explain themselves; others need their stack. */
export function messageOf(error: unknown): string {
  const { code, message, stack } = error as { code?: unknown; message?: unknown; stack?: unknown };
  return typeof code === 'string' ? `${String(message)} [${code}]` : String(stack ?? message);
}
