// Who holds a contract: a person or a legal entity. Decides what of them may be shown without a case; who may see the rest is
// decided elsewhere.

import type { Bin } from '../../../shared/vocabulary/bin';
import { type Iin, maskIin } from '../../../shared/vocabulary/iin';
import { maskName } from '../../../shared/vocabulary/name';
import type { SubscriberKind } from '../../../shared/vocabulary/subscriber';

/** A holder or user of a line. A person has an IIN, a legal entity a BIN. Personal data. */
export interface Subscriber {
  readonly kind: SubscriberKind;
  readonly iin: Iin | null;
  readonly bin: Bin | null;
  readonly fullName: string;
}

/** What is left of a subscriber for those who may not see who it is. */
export interface MaskedSubscriber {
  readonly maskedIin: string | null;
  readonly maskedName: string;
}

const QUOTATION_MARKS = /[«»"'“”„]/gu;

/** The subscriber without identity: last digits of the IIN, initials of the name. A legal entity has no IIN to mask. */
export function maskSubscriber(subscriber: Subscriber): MaskedSubscriber {
  return {
    maskedIin: subscriber.iin === null ? null : maskIin(subscriber.iin),
    maskedName: maskName(subscriber.fullName.replace(QUOTATION_MARKS, '')),
  };
}
