// Requests for more than ten lines: one that was approved and is used, and among the population some in every other state.

import type { OperatorFact } from '../../vocabulary/seed-fact';
import { type DemoCalendar, HOUR_MS, instantText } from './demo-calendar';
import { KCELL, type OperatorIndex } from './demo-operator';
import { digestFor, drawsFor, uuidFor } from './draw';
import { handset } from './handset';
import { person } from './identity';
import type { DemoSettings } from './line';
import { populationLine } from './population';
import { populationModule } from './population-layout';
import { JUSTIFIED_MODULES, JUSTIFIED_PERSON } from './story-line';

/** The justifications that an operator was given. */
export function* justificationFacts(
  settings: DemoSettings,
  calendar: DemoCalendar,
  operator: OperatorIndex,
): Generator<OperatorFact> {
  const { seed, scale } = settings;
  if (operator === KCELL) yield approvedFact(seed, calendar);
  for (let place = 13; place < scale; place += PLACES_PER_REQUEST) {
    const [tenure] = populationLine(settings, calendar, operator, place).tenures;
    const holder = tenure?.contracts[0]?.holder;
    if (holder === undefined || holder.kind !== 'PERSON') continue;
    const draws = drawsFor(seed, JUSTIFICATION, operator, place);
    const status = draws.pick(['SUBMITTED', 'UNDER_REVIEW', 'REFUSED', 'EXPIRED', 'REVOKED'] as const);
    const isDecided = status !== 'SUBMITTED' && status !== 'UNDER_REVIEW';
    const decidedDays = draws.whole(20, 150);
    const modules = draws.whole(2, 4);
    yield {
      kind: 'capJustification',
      id: uuidFor(seed, JUSTIFICATION, operator, place),
      iin: person(seed, holder.number).iin,
      purpose: draws.pick(['FAMILY', 'M2M', 'BUSINESS', 'OTHER'] as const),
      status,
      requestedLines: 10 + modules,
      devices: Array.from({ length: modules }, (_, module) => {
        const ref = populationModule(operator, place + module);
        return handset(seed, ref.number, ref.handsetKind).imei;
      }),
      documents: [digestFor(seed, JUSTIFICATION, operator, place)],
      decidedAt: isDecided ? instantText(calendar.daysAgo(decidedDays) + 15 * HOUR_MS) : null,
      expiresAt: status === 'EXPIRED' ? instantText(calendar.daysAgo(draws.whole(1, 15))) : null,
    };
  }
}

const JUSTIFICATION = 90;
const PLACES_PER_REQUEST = 250;

function approvedFact(seed: number, calendar: DemoCalendar): OperatorFact {
  return {
    kind: 'capJustification',
    id: uuidFor(seed, JUSTIFICATION, KCELL),
    iin: person(seed, JUSTIFIED_PERSON).iin,
    purpose: 'M2M',
    status: 'APPROVED',
    requestedLines: 10 + JUSTIFIED_MODULES.length,
    devices: JUSTIFIED_MODULES.map((ref) => handset(seed, ref.number, ref.handsetKind).imei),
    documents: [digestFor(seed, JUSTIFICATION, 1), digestFor(seed, JUSTIFICATION, 2)],
    decidedAt: instantText(calendar.daysAgo(72) + 12 * HOUR_MS),
    expiresAt: instantText(calendar.daysAgo(-293)),
  };
}
