import { waitFor } from '../../support/wait-for';
import type { Answer } from './ask';
import type { StagedProvider } from './staged-provider';

/** Repeats a chat request until its answer, or what the upstream has seen, is as wanted; resolves with that answer. */
export function askUntil(
  provider: StagedProvider,
  isAsWanted: (answer: Answer) => boolean,
  fields?: Readonly<Record<string, unknown>>,
): Promise<Answer> {
  let last: Answer | undefined;
  return waitFor(
    async () => {
      last = await provider.chat(fields);
      return isAsWanted(last) ? last : undefined;
    },
    { what: () => `the wanted answer; the last was ${last?.status} ${last?.text}` },
  );
}
