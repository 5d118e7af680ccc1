import type { EndpointInput } from '../contract/endpoint';
import { LOG_FILE_TYPES, type LogFileFormat, type logsApi } from '../contract/logs';
import { recordOrRefuse } from '../audit/record';
import type { AdminContext } from '../context';
import { csvLine, type FileAnswer } from '../file-answer';
import { logFilters } from './filters';
import { writtenError, writtenRequest } from './log-item';
import { walkLog } from './walk';

type Item = Readonly<Record<string, string | number | boolean | null>>;

/** Rows that pass, read while they are sent. */
export async function exportLogs(
  context: AdminContext,
  input: EndpointInput<typeof logsApi.export>,
): Promise<FileAnswer> {
  const { kind, format, ...filter } = input;
  const filters = logFilters(filter, kind);
  await context.catchUpLogs();
  await recordOrRefuse(context, { action: 'logs.export', target: kind, detail: { format, filter } });
  const { signal } = context.caller;
  const { requestLogs, errorLogs } = context.store;
  return {
    contentType: `${LOG_FILE_TYPES[format]}; charset=utf-8`,
    filename: `${kind}.${format}`,
    chunks:
      kind === 'requests'
        ? lines(walkLog(requestLogs, filters, signal), writtenRequest, format)
        : lines(walkLog(errorLogs, filters, signal), writtenError, format),
  };
}

/** One piece for each page, which may be empty. */
async function* lines<Row>(
  pages: AsyncIterable<readonly Row[]>,
  itemOf: (row: Row) => Item,
  format: LogFileFormat,
): AsyncGenerator<string> {
  let columns: readonly string[] | undefined;
  for await (const rows of pages) {
    let chunk = '';
    for (const item of rows.map(itemOf)) {
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
    yield chunk;
  }
}
