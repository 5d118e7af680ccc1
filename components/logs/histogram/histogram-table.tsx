'use client';
import { useTranslations } from '@/i18n/use-translations';
import type { LogHistogramAnswer, LogKind } from '@/lib/admin/contract/logs';
import { isUncounted, sumOf, partsOf, totalOf } from './histogram-content';

interface HistogramTableProps {
  readonly kind: LogKind;
  readonly answer: LogHistogramAnswer;
  readonly label: string;
  readonly spanText: (first: number, last: number) => string;
}

/** The same figures for those who cannot see the bars; without those that have no rows. */
export function HistogramTable({ kind, answer, label, spanText }: HistogramTableProps) {
  const t = useTranslations('logs.histogram');
  const charts = useTranslations('charts');
  const parts = partsOf(kind, sumOf(answer.bars));
  return (
    <div className="sr-only">
      <table>
        <caption>{label}</caption>
        <thead>
          <tr>
            <th scope="col">{charts('time')}</th>
            {parts.map((part) => (
              <th key={part} scope="col">
                {t(`parts.${part}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {answer.bars.map((bar, index) =>
            totalOf(bar) === 0 ? null : (
              <tr key={bar.at}>
                <th scope="row">{spanText(index, index)}</th>
                {parts.map((part) => (
                  <td key={part}>
                    {isUncounted(bar, answer) ? t('atLeast', { count: bar[part] }) : bar[part]}
                  </td>
                ))}
              </tr>
            ),
          )}
        </tbody>
      </table>
    </div>
  );
}
