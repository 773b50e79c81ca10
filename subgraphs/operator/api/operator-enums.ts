// The closed lists of the vocabulary as GraphQL enums, each value with its meaning. No word is written here that is not in its list.

import { registerEnumType } from 'type-graphql';
import { BLOCK_OUTCOMES, ENFORCEMENT_STATES } from '../../../shared/vocabulary/block-order';
import { asEnum } from '../../../shared/vocabulary/closed-list';
import { DEVICE_REGISTRY_STATUSES } from '../../../shared/vocabulary/device';
import { LINE_STATUSES, PLAN_KINDS, SERVICE_STATES, SIM_CHANGE_REASONS } from '../../../shared/vocabulary/line';
import { RISK_LEVELS } from '../../../shared/vocabulary/risk';
import { CAP_JUSTIFICATION_STATUSES, CAP_PURPOSES } from '../../../shared/vocabulary/sim-cap';
import {
  KYC_MATCHES,
  SUBSCRIBER_KINDS,
  VERIFICATION_METHODS,
  VERIFICATION_RESULTS,
} from '../../../shared/vocabulary/subscriber';

export const LineStatusEnum = described('LineStatus', 'State of a contract on a number.', LINE_STATUSES, {
  PENDING_IDENTIFICATION: 'Sold or ported in; the user has not identified themselves yet.',
  IDENTIFICATION_FAILED: 'The last attempt to identify the user failed.',
  ACTIVE: 'In service.',
  SUSPENDED: 'In force, but out of service by the operator or the subscriber.',
  PORTED_OUT: 'Ended: the number went to another operator.',
  DEACTIVATED: 'Ended: the contract was terminated.',
  QUARANTINE: 'Ended: the number rests before it is given to somebody else.',
});

export const PlanKindEnum = described('PlanKind', 'Kind of a tariff plan.', PLAN_KINDS, {
  PREPAID: 'Paid in advance.',
  POSTPAID: 'Paid by invoice.',
  BUSINESS: 'A plan for legal entities.',
});

export const SubscriberKindEnum = described('SubscriberKind', 'Kind of a holder.', SUBSCRIBER_KINDS, {
  PERSON: 'A natural person, known by an IIN.',
  LEGAL_ENTITY: 'A legal entity, known by a BIN.',
});

export const VerificationResultEnum = described(
  'VerificationResult',
  "Result of the end user's biometric verification.",
  VERIFICATION_RESULTS,
  {
    PASSED: 'The face matched the identity document.',
    FAILED: 'The face did not match.',
    INCONCLUSIVE: 'No decision was possible.',
    NOT_PERFORMED: 'Nobody has been verified yet.',
    LEGACY_UNVERIFIED: 'Activated before biometric identification was law.',
  },
);

export const VerificationMethodEnum = described(
  'VerificationMethod',
  'Way of a biometric verification.',
  VERIFICATION_METHODS,
  {
    FACE_LIVENESS_APP: "Face with liveness check in the operator's application.",
    IN_PERSON_FACE: "Face in the operator's shop.",
    EGOV_BIOMETRY: "The state's biometric service.",
  },
);

export const KycMatchEnum = described('KycMatch', "Whether the holder's IIN is the one given.", KYC_MATCHES, {
  TRUE: 'It is.',
  FALSE: 'It is another one.',
  NOT_AVAILABLE: 'There is no identified person to compare with.',
});

export const SimChangeReasonEnum = described('SimChangeReason', 'Why a SIM card was issued.', SIM_CHANGE_REASONS, {
  FIRST_ISSUE: 'The first card of the contract.',
  LOST: 'The card before was lost.',
  DAMAGED: 'The card before was damaged.',
  ESIM: 'Change to an embedded card.',
  UPGRADE: 'Change to a newer kind of card.',
  PORT_IN: 'The number came from another operator.',
  OTHER: 'Another reason.',
});

export const DeviceRegistryStatusEnum = described(
  'DeviceRegistryStatus',
  'List of the national IMEI registry on which a handset stands.',
  DEVICE_REGISTRY_STATUSES,
  {
    WHITE: 'Registered.',
    GREY: 'May be used for thirty days until it is registered.',
    BLACK: 'Lost, stolen or forbidden.',
    UNKNOWN: 'The operator knows no entry.',
  },
);

export const ServiceStateEnum = described('ServiceState', 'State of one service of a line.', SERVICE_STATES, {
  ACTIVE: 'Available.',
  SUSPENDED: 'Not available; emergency numbers stay reachable.',
  THROTTLED: 'Available in part.',
});

export const RiskLevelEnum = described('RiskLevel', 'Level of risk, lowest first.', RISK_LEVELS, {
  LOW: 'Nothing remarkable.',
  MEDIUM: 'Worth a look.',
  HIGH: 'Several kinds of evidence, or one very strong.',
  VERY_HIGH: 'Very strong evidence, confirmed by two other kinds.',
});

export const CapPurposeEnum = described('CapPurpose', 'What lines beyond the cap are for.', CAP_PURPOSES, {
  PERSONAL: "The applicant's own use.",
  FAMILY: 'Members of the family.',
  M2M: 'Devices that talk to devices.',
  BUSINESS: 'A business.',
  OTHER: 'Another purpose.',
});

export const CapJustificationStatusEnum = described(
  'CapJustificationStatus',
  'State of an application for more lines.',
  CAP_JUSTIFICATION_STATUSES,
  {
    SUBMITTED: 'Received.',
    UNDER_REVIEW: 'Being looked at.',
    APPROVED: 'Granted until it expires.',
    REFUSED: 'Refused with reasons; may be submitted again.',
    EXPIRED: 'Its time is over.',
    REVOKED: 'Taken back.',
  },
);

export const EnforcementStateEnum = described(
  'EnforcementState',
  'State of a block order at this operator.',
  ENFORCEMENT_STATES,
  {
    RECEIVED: 'Received, not executed yet.',
    ENFORCED: 'Executed in full.',
    PARTIALLY_ENFORCED: 'Executed in part.',
    FAILED: 'Not executed for a technical reason.',
    NOT_SERVED_HERE: 'The number is not served here.',
    LIFTED: 'Executed and lifted again.',
    SUPERSEDED: 'Overtaken by a later order.',
  },
);

export const BlockOutcomeEnum = described('BlockOutcome', 'What the operator answers to an order.', BLOCK_OUTCOMES, {
  ENFORCED: 'Executed in full.',
  PARTIALLY_ENFORCED: 'Executed in part.',
  FAILED: 'Not executed for a technical reason.',
  NOT_SERVED_HERE: 'The number is not served here.',
  LIFTED: 'The block was lifted.',
  ALREADY_DONE: 'The order had been executed before.',
  SUPERSEDED: 'A later order had been accepted before.',
});

function described<Word extends string>(
  name: string,
  description: string,
  list: readonly Word[],
  meanings: Readonly<Record<Word, string>>,
): { readonly [Member in Word]: Member } {
  const members = asEnum(list);
  const valuesConfig: Partial<Record<Word, { description: string }>> = {};
  for (const word of list) valuesConfig[word] = { description: meanings[word] };
  registerEnumType(members, { name, description, valuesConfig });
  return members;
}
