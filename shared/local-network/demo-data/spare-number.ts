// Numbers on which a demonstration can be tried out: lines of ordinary people in force at the operator of their range, in none of the demo's
// cases. The same at every scale, as far as there are that many lines.

import type { DemoCalendar } from './demo-calendar';
import { DEMO_OPERATORS, OPERATOR_INDICES } from './demo-operator';
import type { DemoSettings, Line } from './line';
import { homeLines } from './population';

/** How many of each operator. */
const SPARES = 40;

/** By operator code. */
export function spareNumbers(
  settings: DemoSettings,
  calendar: DemoCalendar,
): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(
    OPERATOR_INDICES.map((home) => {
      const spares: string[] = [];
      for (const line of homeLines({ ...settings, scale: Math.min(settings.scale, 10 * SPARES) }, calendar, home)) {
        if (isOrdinary(line)) spares.push(line.msisdn);
        if (spares.length === SPARES) break;
      }
      return [DEMO_OPERATORS[home].code, spares];
    }),
  );
}

function isOrdinary({ tenures, traffic }: Line): boolean {
  const [tenure, ...others] = tenures;
  const [contract, ...more] = tenure?.contracts ?? [];
  if (others.length > 0 || more.length > 0 || traffic !== null || tenure?.untilMs !== null) return false;
  return contract?.status === 'ACTIVE' && contract.usage?.profile === 'ORDINARY' && contract.holder.kind === 'PERSON';
}
