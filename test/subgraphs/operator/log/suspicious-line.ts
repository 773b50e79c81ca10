// Facts of lines whose risk is high beyond doubt: cards of one handset that call hundreds of strangers a day from one cell and are never called.

import type { ContractFact, OperatorFact } from '../../../../shared/vocabulary/seed-fact';
import {
  company,
  contract,
  dayAgo,
  daysAgo,
  iccidOf,
  iinOf,
  imeiOf,
  imsiOf,
  person,
  tenure,
  usageTuple,
} from '../operator-fixture';

const SINCE = daysAgo(60);

/** Last digits make the number; +77011230001 is the first. */
export function suspiciousMsisdn(number: number): string {
  return `+7701123${String(number).padStart(4, '0')}`;
}

/** A company with so many reported lines in one handset that also carried many other cards. */
export function* simBoxFacts(lines: number): Generator<OperatorFact> {
  const numbers = Array.from({ length: lines }, (_, at) => at + 1);
  yield { kind: 'device', imei: imeiOf(1), model: 'GoIP 32', registryStatus: 'WHITE' };
  yield company('company-1', '120340001230');
  yield person('person-0', iinOf(1));
  for (const number of numbers) yield tenure(suspiciousMsisdn(number), SINCE);
  for (const number of numbers) yield suspiciousContract(number);
}

/** A contract of the SIM box. */
export function suspiciousContract(number: number): ContractFact {
  const cards = Array.from({ length: 24 }, (_, at) => number * 100 + at);
  return contract({
    id: `contract-${number}`,
    msisdn: suspiciousMsisdn(number),
    since: SINCE,
    subscriberId: 'company-1',
    simCards: cards.slice(0, 1).map((card) => ({
      iccid: iccidOf(card),
      imsi: imsiOf(card),
      issuedAt: SINCE,
      replacedAt: null,
      reason: 'FIRST_ISSUE',
    })),
    devices: cards.map((card) => ({
      imei: imeiOf(1),
      imsi: imsiOf(card),
      firstSeenAt: daysAgo(20),
      lastSeenAt: daysAgo(1),
    })),
    usage: {
      firstDay: dayAgo(10),
      days: Array.from({ length: 10 }, () =>
        usageTuple({
          callsOut: 400,
          distinctCallees: 390,
          minutesOut: 300,
          shortCallShare: 0.8,
          distinctCells: 1,
          topCellShare: 1,
          distinctImei: 1,
        }),
      ),
    },
  });
}
