import { LiveHub } from '../admin/live/hub';
import { RateMeter } from '../admin/live/rate-meter';
import { FailureShares } from '../admin/stats/failure-shares';
import { OutageTolls } from '../admin/stats/outage-tolls';

/** What the parts of the program that run before the admin API tell it. */
export class AdminListeners {
  readonly live = new LiveHub();
  readonly rates: RateMeter;
  readonly tolls = new OutageTolls();
  readonly shares = new FailureShares();

  constructor(now: () => number) {
    this.rates = new RateMeter(now);
  }
}
