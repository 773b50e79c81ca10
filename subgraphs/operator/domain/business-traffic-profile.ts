// A grey list of traffic that is known and legitimate: a call centre, a courier service, a network probe. An entry expires, lowers
// the severity of indicators that such traffic sets off by nature, and never hides them: a part of such requests turns out to be fraud.

import type { Instant } from '../../../shared/vocabulary/instant';

export const TRAFFIC_PURPOSES = ['CALL_CENTRE', 'DELIVERY', 'NOTIFICATION', 'MACHINE', 'NETWORK_PROBE'] as const;
export type TrafficPurpose = (typeof TRAFFIC_PURPOSES)[number];

/** One entry, for one contract. */
export interface BusinessTrafficProfile {
  readonly purpose: TrafficPurpose;
  readonly grantedAt: Instant;
  readonly expiresAt: Instant;
}

/** Whether an entry holds at an instant. */
export function profileHolds(profile: BusinessTrafficProfile | null, now: Instant): boolean {
  return profile !== null && profile.grantedAt <= now && now < profile.expiresAt;
}
