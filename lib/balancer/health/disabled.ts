/** Why a key or an egress proxy is out of use, and who brings it back: a probe (`auto`) or a person (`manual`). */
export interface Disabled {
  readonly by: 'auto' | 'manual';
  readonly reason: string;
}
