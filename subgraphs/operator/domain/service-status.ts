// What the network does for a line, service by service: derived from the contract's state and the block measures in force.
// Emergency numbers stay reachable in every state and are no service of this table.

import type { Instant } from '../../../shared/vocabulary/instant';
import type { LineStatus, ServiceState } from '../../../shared/vocabulary/line';
import { type BlockEnforcement, measuresLeftBy } from './block-enforcement';
import type { LineContract } from './line-contract';

/** Why a service is not there: a closed list of sentences, so that no free text travels. */
export const SERVICE_REASONS = {
  BLOCKED: 'Blocked by an order of the Anti-Fraud Center.',
  IDENTIFICATION: 'The user has not identified themselves yet.',
  SUSPENDED: 'Suspended by the operator.',
  ENDED: 'The contract has ended.',
  PORTED_OUT: 'The number was ported to another operator.',
} as const;
export type ServiceReason = (typeof SERVICE_REASONS)[keyof typeof SERVICE_REASONS];

/** The state of every service at one instant. */
export interface ServiceStatus {
  readonly voiceOut: ServiceState;
  readonly voiceIn: ServiceState;
  readonly smsOut: ServiceState;
  readonly smsIn: ServiceState;
  readonly data: ServiceState;
  readonly portFreeze: boolean;
  readonly simSwapFreeze: boolean;
  /** Null when nothing is restricted. */
  readonly reason: ServiceReason | null;
  readonly readAt: Instant;
}

/** The services of a line whose contract is given. A service is there only if both the contract and the measures leave it. */
export function serviceStatus(
  contract: Pick<LineContract, 'status' | 'measuresInForce'>,
  readAt: Instant,
): ServiceStatus {
  const byContract = servicesOfStatus(contract.status);
  const measures = contract.measuresInForce;
  const reason = byContract.reason ?? (measures.length > 0 ? SERVICE_REASONS.BLOCKED : null);
  return {
    voiceOut: measures.includes('VOICE_OUT') ? 'SUSPENDED' : byContract.service,
    voiceIn: measures.includes('VOICE_IN') ? 'SUSPENDED' : byContract.service,
    smsOut: measures.includes('SMS_OUT') ? 'SUSPENDED' : byContract.service,
    smsIn: measures.includes('SMS_IN') ? 'SUSPENDED' : byContract.sms,
    data: measures.includes('DATA') ? 'SUSPENDED' : byContract.data,
    portFreeze: measures.includes('PORT_FREEZE'),
    simSwapFreeze: measures.includes('SIM_SWAP_FREEZE'),
    reason: contract.status === 'SUSPENDED' && measures.length > 0 ? SERVICE_REASONS.BLOCKED : reason,
    readAt,
  };
}

/** The services as one executed order left them; null when it did not touch them. */
export function servicesLeftBy(enforcement: BlockEnforcement): ServiceStatus | null {
  const measures = measuresLeftBy(enforcement);
  const changedAt = enforcement.liftedAt ?? enforcement.enforcedAt;
  if (measures === null || changedAt === null) return null;
  return serviceStatus({ status: 'ACTIVE', measuresInForce: measures }, changedAt);
}

interface ContractServices {
  readonly service: ServiceState;
  readonly sms: ServiceState;
  readonly data: ServiceState;
  readonly reason: ServiceReason | null;
}

/** An unidentified line receives the instruction by SMS and reaches the operator's own application, nothing else. */
function servicesOfStatus(status: LineStatus): ContractServices {
  switch (status) {
    case 'ACTIVE':
      return { service: 'ACTIVE', sms: 'ACTIVE', data: 'ACTIVE', reason: null };
    case 'PENDING_IDENTIFICATION':
    case 'IDENTIFICATION_FAILED':
      return { service: 'SUSPENDED', sms: 'ACTIVE', data: 'THROTTLED', reason: SERVICE_REASONS.IDENTIFICATION };
    case 'SUSPENDED':
      return { service: 'SUSPENDED', sms: 'SUSPENDED', data: 'SUSPENDED', reason: SERVICE_REASONS.SUSPENDED };
    case 'PORTED_OUT':
      return { service: 'SUSPENDED', sms: 'SUSPENDED', data: 'SUSPENDED', reason: SERVICE_REASONS.PORTED_OUT };
    case 'DEACTIVATED':
    case 'QUARANTINE':
      return { service: 'SUSPENDED', sms: 'SUSPENDED', data: 'SUSPENDED', reason: SERVICE_REASONS.ENDED };
  }
}
