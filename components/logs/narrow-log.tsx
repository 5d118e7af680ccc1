import type { ReactNode } from 'react';
import type { ErrorLogItem, LogKind, RequestLogItem } from '@/lib/admin/contract/logs';
import { formatCount, formatDuration, formatUsd } from '@/lib/client/format';
import type { LogItem } from '@/lib/client/logs';
import { isColumnShown, type ColumnChoices } from '../shared/columns/chosen-columns';
import { StatusCode } from '../shared/status-code';
import { Moment } from '../shared/time';
import { joined, TwoLines } from '../shared/two-lines';
import { VerdictText } from '../shared/verdict-text';
import { GoneMark } from './gone-mark';
import { logColumns } from './log-columns';
import { modelsOf } from './log-view';

type IsShown = (id: string) => boolean;

/** Has no room in two lines unless somebody asks for it. */
const WIDE_ONLY: ReadonlySet<string> = new Set(['endpoint', 'tokens', 'ttfb']);

/** A row in two lines, with what was chosen. The API tells the two logs apart by the address, and so does this. */
export function narrowRow(kind: LogKind, choices: ColumnChoices): (item: LogItem) => ReactNode {
  const shown = new Set(
    logColumns[kind].filter((column) => isColumnShown(column, choices)).map(({ id }): string => id),
  );
  const isShown: IsShown = (id) => shown.has(id) && (!WIDE_ONLY.has(id) || choices[id] === true);
  return (item) =>
    kind === 'errors' ? (
      <NarrowError row={item as ErrorLogItem} isShown={isShown} />
    ) : (
      <NarrowRequest row={item as RequestLogItem} isShown={isShown} />
    );
}

function NarrowRequest({ row, isShown }: { readonly row: RequestLogItem; readonly isShown: IsShown }) {
  const more = joined(...moreOf(row, isShown));
  return (
    <TwoLines
      first={<Head row={row} outcome={row.outcome} model={modelsOf(row)} isShown={isShown} />}
      firstEnd={<Moment at={row.at} />}
      second={
        <>
          {isShown('outcome') && row.outcome !== 'success' && (
            <>
              <VerdictText name={row.outcome} />
              {' · '}
            </>
          )}
          <Names row={row} isShown={isShown} />
          {more !== '' && ` · ${more}`}
        </>
      }
      secondEnd={isShown('duration') ? formatDuration(row.durationMs) : null}
    />
  );
}

/** What may stand at the end of the second line. */
function moreOf(row: RequestLogItem, isShown: IsShown): readonly (string | null)[] {
  const { attemptCount, promptTokens, completionTokens, ttfbMs, costUsd } = row;
  const texts: readonly (readonly [string, string | null])[] = [
    ['attempts', attemptCount > 1 ? `×${attemptCount}` : null],
    ['endpoint', row.endpoint],
    ['tokens', `${formatCount(promptTokens ?? 0)} → ${formatCount(completionTokens ?? 0)}`],
    ['ttfb', ttfbMs === null ? null : formatDuration(ttfbMs)],
    ['token', row.token],
    ['cost', costUsd === null ? null : formatUsd(costUsd)],
    ['requestId', row.requestId],
  ];
  return texts.filter(([id]) => isShown(id)).map(([, text]) => text);
}

function NarrowError({ row, isShown }: { readonly row: ErrorLogItem; readonly isShown: IsShown }) {
  const more = joined(isShown('endpoint') ? row.endpoint : '', isShown('requestId') ? row.requestId : '');
  return (
    <TwoLines
      first={<Head row={row} outcome={row.verdict} model={row.model} isShown={isShown} />}
      firstEnd={<Moment at={row.at} />}
      second={
        <>
          {isShown('outcome') && (
            <>
              <VerdictText name={row.verdict} />
              {' · '}
            </>
          )}
          {more !== '' && `${more} · `}
          <Names row={row} isShown={isShown} /> {isShown('message') && <bdi>{row.message}</bdi>}
        </>
      }
      secondEnd={null}
    />
  );
}

interface NamesProps {
  readonly row: LogItem;
  readonly isShown: IsShown;
}

/** The provider and the key, and which of them is there no more. */
function Names({ row, isShown }: NamesProps) {
  const isKeyShown = isShown('key');
  const isProviderShown = isShown('provider');
  return (
    <>
      {joined(isProviderShown ? row.provider : '', isKeyShown ? row.keyHint : '')}
      {isKeyShown && row.gone.includes('key') ? (
        <GoneMark of="key" among={row.gone} />
      ) : (
        isProviderShown && <GoneMark of="provider" among={row.gone} />
      )}
    </>
  );
}

interface HeadProps {
  readonly row: LogItem;
  readonly outcome: string;
  readonly model: string | null;
  readonly isShown: IsShown;
}

function Head({ row, outcome, model, isShown }: HeadProps) {
  return (
    <>
      {isShown('status') && (
        <span className="shrink-0">
          <StatusCode status={row.status} outcome={outcome} />
        </span>
      )}
      {isShown('model') && <span className="truncate font-mono text-xs text-ink">{model ?? '–'}</span>}
    </>
  );
}
