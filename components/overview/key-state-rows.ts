import type { KeyStatus } from '@/lib/admin/contract/keys';
import type { KeyCounts } from '@/lib/admin/contract/stats';

export type { KeyCounts };

export interface KeyStatusCount {
  readonly status: KeyStatus;
  readonly count: number;
}

/** The counts in the order in which one wants to read them. */
export function keyStateRows(keys: KeyCounts): readonly KeyStatusCount[] {
  return [
    { status: 'active', count: keys.active },
    { status: 'cooling', count: keys.cooling },
    { status: 'disabled_auto', count: keys.disabledAuto },
    { status: 'disabled_manual', count: keys.disabledManual },
  ];
}
