import type { ErrorLogItem, RequestLogItem } from '@/lib/admin/contract/logs';
import { formatDuration } from '@/lib/client/format';
import type { LogItem } from '@/lib/client/logs';
import { StatusCode } from '../shared/status-code';
import { Moment } from '../shared/time';
import { joined, TwoLines } from '../shared/two-lines';
import { VerdictText } from '../shared/verdict-text';
import { GoneMark } from './gone-mark';
import { modelsOf } from './log-view';

/** A request in two lines. The API tells the two logs apart by the address, and so do these. */
export function narrowRequest(item: LogItem) {
  const row = item as RequestLogItem;
  const attempts = row.attemptCount > 1 ? `×${row.attemptCount}` : '';
  return (
    <TwoLines
      first={<Head status={row.status} outcome={row.outcome} model={modelsOf(row)} />}
      firstEnd={<Moment at={row.at} />}
      second={
        <>
          {row.outcome !== 'success' && (
            <>
              <VerdictText name={row.outcome} />
              {' · '}
            </>
          )}
          <Names row={row} />
          {attempts !== '' && ` · ${attempts}`}
        </>
      }
      secondEnd={formatDuration(row.durationMs)}
    />
  );
}

export function narrowError(item: LogItem) {
  const row = item as ErrorLogItem;
  return (
    <TwoLines
      first={<Head status={row.status} outcome={row.verdict} model={row.model} />}
      firstEnd={<Moment at={row.at} />}
      second={
        <>
          <VerdictText name={row.verdict} /> · <Names row={row} /> <bdi>{row.message}</bdi>
        </>
      }
      secondEnd={null}
    />
  );
}

/** The provider and the key, and which of them is there no more. */
function Names({ row }: { readonly row: LogItem }) {
  return (
    <>
      {joined(row.provider, row.keyHint)}
      {row.gone.includes('key') ? (
        <GoneMark of="key" among={row.gone} />
      ) : (
        <GoneMark of="provider" among={row.gone} />
      )}
    </>
  );
}

interface HeadProps {
  readonly status: number | null;
  readonly outcome: string;
  readonly model: string | null;
}

function Head({ status, outcome, model }: HeadProps) {
  return (
    <>
      <span className="shrink-0">
        <StatusCode status={status} outcome={outcome} />
      </span>
      <span className="truncate font-mono text-xs text-ink">{model ?? '–'}</span>
    </>
  );
}
