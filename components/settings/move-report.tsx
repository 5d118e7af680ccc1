'use client';
import { useTranslations } from '@/i18n/use-translations';
import type { MoveReport } from '@/lib/admin/contract/installation';
import { formatCount } from '@/lib/client/format';
import { Counts } from '../shared/counts';
import { useSaid } from '../shared/use-said';
import { Badge } from '../ui/badge';
import { Table, Td, Th, Tr } from '../ui/table';

interface MoveReportProps {
  readonly report: MoveReport;
}

/** What comes over or has come over, provider by provider, and all that does not. */
export function MoveReportView({ report }: MoveReportProps) {
  const t = useTranslations('moveIn');
  const { keysAdded, routesAdded, tokensAdded, proxiesAdded, routesKnown, tokensKnown } = report;
  return (
    <div className="grid min-w-0 gap-3">
      <Counts
        counts={[
          { label: t('counts.keys'), value: keysAdded },
          { label: t('counts.tokens'), value: tokensAdded },
          { label: t('counts.routes'), value: routesAdded },
          { label: t('counts.proxies'), value: proxiesAdded },
        ]}
      />
      {tokensKnown + routesKnown > 0 && (
        <p className="text-xs text-ink-soft">{t('known', { tokens: tokensKnown, routes: routesKnown })}</p>
      )}
      {report.providers.length > 0 && <Providers report={report} />}
      {report.remarks.length > 0 && <Remarks report={report} />}
    </div>
  );
}

function Providers({ report }: MoveReportProps) {
  const t = useTranslations('moveIn');
  return (
    <div className="rounded-md border border-line">
      <Table label={t('providersLabel')}>
        <thead>
          <tr>
            <Th>{t('columns.provider')}</Th>
            <Th>{t('columns.address')}</Th>
            <Th className="text-right">{t('columns.keys')}</Th>
            <Th className="text-right">{t('columns.known')}</Th>
            <Th className="text-right">{t('columns.out')}</Th>
          </tr>
        </thead>
        <tbody>
          {report.providers.map(({ slug, baseUrl, isNew, keysAdded, keysKnown, keysOut }) => (
            <Tr key={slug}>
              <Td>
                <span className="flex flex-wrap items-center gap-2 font-medium">
                  <span className="font-mono" translate="no">
                    {slug}
                  </span>
                  <Badge tone={isNew ? 'good' : 'neutral'}>{t(isNew ? 'isNew' : 'isKnown')}</Badge>
                </span>
              </Td>
              <Td className="font-mono text-xs [overflow-wrap:anywhere] max-sm:basis-full">{baseUrl}</Td>
              <Td label={t('columns.keys')} className="text-right tabular-nums">
                {formatCount(keysAdded)}
              </Td>
              <Td label={t('columns.known')} className="text-right tabular-nums">
                {formatCount(keysKnown)}
              </Td>
              <Td label={t('columns.out')} className="text-right tabular-nums">
                {formatCount(keysOut)}
              </Td>
            </Tr>
          ))}
        </tbody>
      </Table>
    </div>
  );
}

function Remarks({ report }: MoveReportProps) {
  const t = useTranslations('moveIn');
  const said = useSaid();
  return (
    <section className="grid min-w-0 gap-1.5 rounded-md bg-warn-soft px-3 py-2 text-xs">
      <h4 className="font-medium">{t('remarks')}</h4>
      <ul className="grid max-h-80 gap-1 overflow-y-auto" tabIndex={0} aria-label={t('remarks')}>
        {report.remarks.map((remark) => (
          <li key={remark.text} className="[overflow-wrap:anywhere]">
            {said(remark, 'text')}
            {remark.items.length > 0 && (
              <span className="text-ink-soft">
                {' '}
                {t('remarkItems', {
                  count: remark.count,
                  items: remark.items.join(', '),
                  more: remark.count - remark.items.length,
                })}
              </span>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
