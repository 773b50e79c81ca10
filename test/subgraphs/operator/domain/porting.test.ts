// What donor and recipient decide: allowed, refused, and repeated.

import { describe, expect, it } from '@jest/globals';
import type { Msisdn } from '../../../../shared/vocabulary/msisdn';
import { checkPortOut, decidePortIn, decidePortOut } from '../../../../subgraphs/operator/domain/porting';
import { at, NOW } from './line-facts-fixture';

const MSISDN = '+77011234567' as Msisdn;
const SINCE = at('2026-01-01T00:00:00.000Z');
const OUT = { portId: 'p-1', msisdn: MSISDN, since: SINCE, at: NOW };
const SERVED = { recorded: null, isRunning: true, measuresInForce: [], now: NOW };
const RECORDED = { msisdn: MSISDN, since: SINCE, at: NOW };
const IN = { portId: 'p-1', msisdn: MSISDN, since: NOW };
const FREE = { recorded: null, isServedHere: false, lastUntil: null, now: NOW };

describe('a number that leaves', () => {
  it('may leave when it is served here and not frozen', () => {
    expect(checkPortOut(OUT, SERVED)).toEqual({ ok: true, value: 'DO' });
    expect(decidePortOut(OUT, SERVED)).toEqual({ ok: true, value: 'DO' });
  });

  it('may leave under other measures, but not under PORT_FREEZE', () => {
    expect(decidePortOut(OUT, { ...SERVED, measuresInForce: ['VOICE_OUT'] }).ok).toBe(true);
    expect(decidePortOut(OUT, { ...SERVED, measuresInForce: ['PORT_FREEZE'] })).toEqual({
      ok: false,
      error: 'PORT_FREEZE',
    });
  });

  it('is not here', () => {
    expect(checkPortOut(OUT, { ...SERVED, isRunning: false })).toEqual({ ok: false, error: 'NOT_SERVED_HERE' });
  });

  it('left before under the same id: done again when it is the same, a conflict when it is another', () => {
    const gone = { ...SERVED, isRunning: false, recorded: RECORDED };
    expect(decidePortOut(OUT, gone)).toEqual({ ok: true, value: 'DONE' });
    expect(checkPortOut(OUT, gone)).toEqual({ ok: true, value: 'DONE' });
    expect(decidePortOut({ ...OUT, at: at('2026-06-20T06:00:00.000Z') }, gone)).toEqual({
      ok: false,
      error: 'PORT_ID_CONFLICT',
    });
    expect(checkPortOut({ ...OUT, msisdn: '+77011234568' as Msisdn }, gone)).toEqual({
      ok: false,
      error: 'PORT_ID_CONFLICT',
    });
  });

  it.each([
    ['before it came', '2025-12-31T23:59:59.999Z', false],
    ['in the instant it came', SINCE, false],
    ['a minute ahead of the clock', '2026-06-20T07:01:00.000Z', true],
    ['more than a minute ahead', '2026-06-20T07:01:00.001Z', false],
  ])('at an instant %s', (_name, instant, allowed) => {
    expect(decidePortOut({ ...OUT, at: at(instant) }, SERVED).ok).toBe(allowed);
  });
});

describe('a number that comes', () => {
  it('is taken when nobody holds it here', () => expect(decidePortIn(IN, FREE)).toEqual({ ok: true, value: 'DO' }));

  it('is refused when it is here', () => {
    expect(decidePortIn(IN, { ...FREE, isServedHere: true })).toEqual({ ok: false, error: 'ALREADY_SERVED_HERE' });
  });

  it('is taken once, however often it is told', () => {
    const done = { ...FREE, isServedHere: true, recorded: { msisdn: MSISDN, since: NOW } };
    expect(decidePortIn(IN, done)).toEqual({ ok: true, value: 'DONE' });
    expect(decidePortIn({ ...IN, since: SINCE }, done)).toEqual({ ok: false, error: 'PORT_ID_CONFLICT' });
  });

  it('comes back only after it left, and not from the future', () => {
    expect(decidePortIn(IN, { ...FREE, lastUntil: NOW }).ok).toBe(true);
    expect(decidePortIn({ ...IN, since: SINCE }, { ...FREE, lastUntil: NOW })).toEqual({
      ok: false,
      error: 'BAD_INSTANT',
    });
    expect(decidePortIn({ ...IN, since: at('2026-06-21T00:00:00.000Z') }, FREE).ok).toBe(false);
  });
});
