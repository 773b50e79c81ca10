// Fields of a tenure and of its contracts. Each asks loaders, so that a hundred tenures cost what one costs; every field is
// nullable and fails alone. "Now" is the instant at which the tenure was read.

import { Arg, Ctx, FieldResolver, Int, Resolver, Root } from 'type-graphql';
import { subjectKey } from '../../../shared/access/lookup-grant';
import { DateScalar, IinScalar } from '../../../shared/graphql/scalars';
import { AppError } from '../../../shared/vocabulary/app-error';
import type { Day } from '../../../shared/vocabulary/day';
import type { Iin } from '../../../shared/vocabulary/iin';
import type { Instant } from '../../../shared/vocabulary/instant';
import type { Msisdn } from '../../../shared/vocabulary/msisdn';
import type { Result } from '../../../shared/vocabulary/result';
import { kycMatch } from '../domain/kyc-match';
import { contractOfTenure, type LineContract } from '../domain/line-contract';
import { lineFactsOf } from '../domain/line-facts';
import type { TenureKey } from '../domain/operator-tenure';
import { assessRisk } from '../domain/risk-assessment';
import { serviceStatus, servicesLeftBy } from '../domain/service-status';
import { DEFAULT_MAX_AGE_HOURS, deviceSwap, simSwap, swapWindow } from '../domain/swap';
import { usageWindow } from '../domain/usage-day';
import { OperatorTenureType } from './entity-type';
import { DeviceUseType, LineContractType, type Shown, toDeviceUseType, toLineContractType } from './line-contract-type';
import type { OperatorContext } from './operator-context';
import { KycMatchEnum } from './operator-enums';
import {
  BlockEnforcementType,
  DeviceSwapType,
  RiskAssessmentType,
  ServiceStatusType,
  SimSwapType,
  UsageDayType,
} from './tenure-detail-type';

const MAX_AGE_DESCRIPTION = 'Hours to look back over, 1 to 2400.';

/** Fields of `OperatorTenure`. */
@Resolver(() => OperatorTenureType)
export class OperatorTenureResolver {
  @FieldResolver(() => LineContractType, {
    nullable: true,
    description: 'The contract in force, or the last one of the tenure.',
  })
  async contract(
    @Root() tenure: OperatorTenureType,
    @Ctx() context: OperatorContext,
  ): Promise<LineContractType | null> {
    const contract = await speakingContract(tenure, context);
    return contract === null ? null : toLineContractType(contract, keyOf(tenure), shownBy(tenure, context));
  }

  @FieldResolver(() => [LineContractType], {
    nullable: true,
    description:
      'Every contract on the number within the tenure, newest first: a number is recycled when they differ in holder.',
  })
  async contracts(@Root() tenure: OperatorTenureType, @Ctx() context: OperatorContext): Promise<LineContractType[]> {
    const contracts = (await context.loaders.contracts.load(keyOf(tenure))) ?? [];
    return contracts.map((contract) => toLineContractType(contract, keyOf(tenure), 'MASKED'));
  }

  @FieldResolver(() => ServiceStatusType, {
    nullable: true,
    description: 'What the network says now, per service. Null when there is no contract.',
  })
  async services(
    @Root() tenure: OperatorTenureType,
    @Ctx() context: OperatorContext,
  ): Promise<ServiceStatusType | null> {
    const contract = await speakingContract(tenure, context);
    return contract === null ? null : serviceStatus(contract, tenure.readAt as Instant);
  }

  @FieldResolver(() => [UsageDayType], {
    nullable: true,
    description:
      'Daily aggregates, oldest first; at most 90 days. Calls themselves never leave the operator. Personal datum: traffic.',
  })
  async usage(
    @Root() tenure: OperatorTenureType,
    @Arg('from', () => DateScalar, { description: 'First day, included.' }) from: Day,
    @Arg('to', () => DateScalar, {
      description: 'Last day, included; at most 89 days after `from` and not in the future.',
    })
    to: Day,
    @Ctx() context: OperatorContext,
  ): Promise<readonly UsageDayType[] | null> {
    const window = accept(usageWindow(from, to, tenure.readAt as Instant), 'Usage');
    if (shownBy(tenure, context) === 'MASKED') return null;
    return (await context.loaders.usage.load({ tenure: keyOf(tenure), ...window })) ?? [];
  }

  @FieldResolver(() => RiskAssessmentType, {
    nullable: true,
    description: 'How risky the line of `contract` is, by its last days of traffic. Null when there is no contract.',
  })
  async risk(@Root() tenure: OperatorTenureType, @Ctx() context: OperatorContext): Promise<RiskAssessmentType | null> {
    const contract = await speakingContract(tenure, context);
    if (contract === null) return null;
    const [devices, traffic] = await Promise.all([
      devicesOf(contract.id, keyOf(tenure), context),
      context.loaders.traffic.load(contract.id),
    ]);
    return assessRisk(lineFactsOf(contract, devices, traffic, tenure.readAt as Instant), context.ruleSet);
  }

  @FieldResolver(() => SimSwapType, {
    nullable: true,
    description: 'Whether the SIM card of `contract` was changed lately. Null for a line without a card.',
  })
  async simSwap(
    @Root() tenure: OperatorTenureType,
    @Arg('maxAgeHours', () => Int, {
      nullable: true,
      defaultValue: DEFAULT_MAX_AGE_HOURS,
      description: MAX_AGE_DESCRIPTION,
    })
    maxAgeHours: number | null,
    @Ctx() context: OperatorContext,
  ): Promise<SimSwapType | null> {
    const hours = accept(swapWindow(maxAgeHours), 'A SIM swap');
    const contract = await speakingContract(tenure, context);
    const swap = contract === null ? null : simSwap(contract.simCards, hours, tenure.readAt as Instant);
    if (swap === null) return null;
    const { swapped, latestChange: latestSimChange, monitoredPeriodDays } = swap;
    return { swapped, latestSimChange, monitoredPeriodDays };
  }

  @FieldResolver(() => DeviceSwapType, {
    nullable: true,
    description: 'Whether the line of `contract` moved to another handset lately. Null for a line never seen in one.',
  })
  async deviceSwap(
    @Root() tenure: OperatorTenureType,
    @Arg('maxAgeHours', () => Int, {
      nullable: true,
      defaultValue: DEFAULT_MAX_AGE_HOURS,
      description: MAX_AGE_DESCRIPTION,
    })
    maxAgeHours: number | null,
    @Ctx() context: OperatorContext,
  ): Promise<DeviceSwapType | null> {
    const hours = accept(swapWindow(maxAgeHours), 'A device swap');
    const [contract, all] = await Promise.all([
      speakingContract(tenure, context),
      context.loaders.devices.load(keyOf(tenure)),
    ]);
    const devices = (all ?? []).filter((device) => device.contractId === contract?.id);
    const swap = deviceSwap(devices, hours, tenure.readAt as Instant);
    if (swap === null) return null;
    const { swapped, latestChange: latestDeviceChange, monitoredPeriodDays } = swap;
    return { swapped, latestDeviceChange, monitoredPeriodDays };
  }

  @FieldResolver(() => KycMatchEnum, {
    nullable: true,
    description: "Whether the holder's IIN is the one given; a signal for banks that discloses nothing else.",
  })
  async kycMatch(
    @Root() tenure: OperatorTenureType,
    @Arg('iin', () => IinScalar, { description: 'The IIN to compare with. Personal datum: identity.' }) iin: Iin,
    @Ctx() context: OperatorContext,
  ): Promise<string> {
    return kycMatch(await speakingContract(tenure, context), iin);
  }

  @FieldResolver(() => [BlockEnforcementType], {
    nullable: true,
    description: "The operator's own record of blocks on this number, newest first.",
  })
  async enforcements(
    @Root() tenure: OperatorTenureType,
    @Ctx() context: OperatorContext,
  ): Promise<BlockEnforcementType[]> {
    const enforcements = (await context.loaders.enforcements.load(keyOf(tenure))) ?? [];
    return enforcements.map((enforcement) => ({ ...enforcement, services: servicesLeftBy(enforcement) }));
  }
}

/** The field of `LineContract` that is loaded apart. */
@Resolver(() => LineContractType)
export class LineContractResolver {
  @FieldResolver(() => [DeviceUseType], {
    nullable: true,
    description: "Handsets in which the contract's SIM has been seen, last seen first.",
  })
  async devices(@Root() contract: LineContractType, @Ctx() context: OperatorContext): Promise<DeviceUseType[]> {
    const devices = await devicesOf(contract.id, contract.tenure, context);
    return devices.map((device) => toDeviceUseType(device, contract.shown));
  }
}

function keyOf(tenure: OperatorTenureType): TenureKey {
  return { msisdn: tenure.msisdn as Msisdn, since: tenure.since as Instant };
}

/** Clear data are given of a tenure that the request named, by the contract that speaks for it, and nowhere else. */
function shownBy({ isAsked, msisdn, since }: OperatorTenureType, { disclosure }: OperatorContext): Shown {
  return isAsked && disclosure.opensClear(subjectKey('OperatorTenure', msisdn, since)) ? 'CLEAR' : 'MASKED';
}

/** The contract that speaks for the tenure. */
async function speakingContract(tenure: OperatorTenureType, context: OperatorContext): Promise<LineContract | null> {
  return contractOfTenure((await context.loaders.contracts.load(keyOf(tenure))) ?? []);
}

async function devicesOf(contractId: string, tenure: TenureKey, context: OperatorContext) {
  const devices = (await context.loaders.devices.load(tenure)) ?? [];
  return devices.filter((device) => device.contractId === contractId);
}

function accept<Value>(result: Result<Value, string>, what: string): Value {
  if (result.ok) return result.value;
  throw new AppError('BAD_USER_INPUT', `${what} required a window in range, but got ${result.error}.`);
}
