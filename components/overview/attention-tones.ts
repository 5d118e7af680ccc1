import type { AttentionItem } from '@/lib/admin/contract/stats';
import type { Tone } from '../ui/badge';

export const attentionTones: Readonly<Record<AttentionItem['severity'], Tone>> = {
  high: 'bad',
  medium: 'warn',
  low: 'neutral',
};
