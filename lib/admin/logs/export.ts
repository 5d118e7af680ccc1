import type { EndpointInput } from '../contract/endpoint';
import type { logsApi } from '../contract/logs';
import { recordOrRefuse } from '../audit/record';
import type { AdminContext } from '../context';
import { csvLine, type FileAnswer } from '../file-answer';
import { logFilters } from './filters';
import { errorLogItem, requestLogItem } from './log-item';
import { walkLog } from './walk';

type Item = Readonly<Record<string, string | number | boolean | null>>;

/** Rows that pass, read while they are sent. */
export async function exportLogs(
  context: AdminContext,
  input: EndpointInput<typeof logsApi.export>,
): Promise<FileAnswer> {
  const { kind, format, ...filter } = input;
  const filters = logFilters(filter, kind);
  await recordOrRefuse(context, { action: 'logs.export', target: kind, detail: { format, filter } });
  const { requestLogs, errorLogs } = context.store;
  const pages = kind === 'requests' ? walkLog(requestLogs, filters) : walkLog(errorLogs, filters);
  return {
    contentType: format === 'csv' ? 'text/csv; charset=utf-8' : 'application/x-ndjson; charset=utf-8',
    filename: `${kind}.${format}`,
    chunks: lines(pages, format),
  };
}

async function* lines(
  pages: AsyncIterable<
    readonly (Parameters<typeof requestLogItem>[0] | Parameters<typeof errorLogItem>[0])[]
  >,
  format: 'csv' | 'jsonl',
): AsyncGenerator<string> {
  let columns: readonly string[] | undefined;
  for await (const rows of pages) {
    const items = rows.map((row): Item => ('attempts' in row ? requestLogItem(row) : errorLogItem(row)));
    let chunk = '';
    for (const item of items) {
      if (format === 'jsonl') {
        chunk += `${JSON.stringify(item)}\n`;
        continue;
      }
      if (columns === undefined) {
        columns = Object.keys(item);
        chunk += csvLine(columns);
      }
      chunk += csvLine(columns.map((column) => item[column] ?? null));
    }
    if (chunk !== '') yield chunk;
  }
}
