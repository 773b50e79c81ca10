// The breaker and the bulkhead of one operator, with the clock as an argument.

import { describe, expect, test } from '@jest/globals';
import { createBreaker } from '../../../gateway/route/breaker';
import { createBulkhead } from '../../../gateway/route/bulkhead';
import { restAskedMs } from '../../../gateway/route/operator-call';
import { createOperatorGates } from '../../../gateway/route/operator-gate';

function failing(calls: number, failures: number) {
  const breaker = createBreaker();
  const nowMs = 50_000;
  for (let call = 0; call < calls; call += 1) breaker.record('CALL', call >= failures, nowMs);
  return { breaker, nowMs };
}

describe('a breaker', () => {
  test('stays closed below twenty calls, whatever their end', () => {
    const { breaker, nowMs } = failing(19, 19);
    expect(breaker.admit(nowMs)).toBe('CALL');
  });

  test('stays closed while fewer than half fail', () => {
    const { breaker, nowMs } = failing(100, 0);
    for (let call = 0; call < 99; call += 1) breaker.record('CALL', false, nowMs);
    expect(breaker.admit(nowMs)).toBe('CALL');
  });

  test('opens when half of twenty failed', () => {
    const breaker = createBreaker();
    for (let call = 0; call < 10; call += 1) breaker.record('CALL', true, 1_000);
    for (let call = 0; call < 10; call += 1) breaker.record('CALL', false, 1_000);
    expect(breaker.admit(1_001)).toBeNull();
  });

  test('forgets what is older than ten seconds', () => {
    const breaker = createBreaker();
    for (let call = 0; call < 19; call += 1) breaker.record('CALL', false, 1_000);
    breaker.record('CALL', false, 11_500);
    expect(breaker.admit(11_501)).toBe('CALL');
  });

  test('lets one probe through every five seconds', () => {
    const { breaker, nowMs } = failing(20, 20);
    expect(breaker.admit(nowMs + 4_999)).toBeNull();
    expect(breaker.admit(nowMs + 5_000)).toBe('PROBE');
    expect(breaker.admit(nowMs + 5_001)).toBeNull();
    breaker.record('PROBE', false, nowMs + 5_800);
    expect(breaker.admit(nowMs + 9_999)).toBeNull();
    expect(breaker.admit(nowMs + 10_000)).toBe('PROBE');
  });

  test('closes with the probe that succeeds, and begins to count anew', () => {
    const { breaker, nowMs } = failing(20, 20);
    expect(breaker.admit(nowMs + 5_000)).toBe('PROBE');
    breaker.record('PROBE', true, nowMs + 5_100);
    for (let call = 0; call < 19; call += 1) breaker.record('CALL', false, nowMs + 5_200);
    expect(breaker.admit(nowMs + 5_201)).toBe('CALL');
  });

  test('is not closed by a call that was admitted before it opened', () => {
    const { breaker, nowMs } = failing(20, 20);
    breaker.record('CALL', true, nowMs + 10);
    expect(breaker.admit(nowMs + 20)).toBeNull();
  });
});

describe('a breaker whose operator asks for rest', () => {
  test('opens at once, until then, and lets a probe find out', () => {
    const breaker = createBreaker();
    breaker.record('CALL', false, 1_000);
    breaker.rest(12_000, 1_000);
    expect(breaker.admit(12_999)).toBeNull();
    expect(breaker.admit(13_000)).toBe('PROBE');
    breaker.record('PROBE', true, 13_100);
    expect(breaker.admit(13_101)).toBe('CALL');
  });

  test('never closes earlier than it was going to, and rests thirty seconds at most', () => {
    const { breaker, nowMs } = failing(20, 20);
    breaker.rest(1, nowMs);
    expect(breaker.admit(nowMs + 4_999)).toBeNull();
    breaker.rest(1e12, nowMs);
    expect([breaker.admit(nowMs + 29_999), breaker.admit(nowMs + 30_000)]).toEqual([null, 'PROBE']);
  });

  test.each([
    ['5', 5_000],
    ['0', 0],
    ['', 0],
    ['soon', 0],
    ['-5', 0],
    ['1e3', 0],
    ['Mon, 23 Nov 2026 01:00:10 GMT', 10_000],
    ['Mon, 23 Nov 2026 00:59:50 GMT', 0],
    ['Mon, 99 Nov 2026 01:00:10 GMT', 0],
  ])('is told so by "%s"', (header, milliseconds) => {
    expect(restAskedMs(header, Date.parse('2026-11-23T01:00:00Z'))).toBe(milliseconds);
  });
});

describe('a bulkhead', () => {
  test('gives as many slots as it has, and the next one when one is given back', async () => {
    const bulkhead = createBulkhead(2, 1);
    const deadline = performance.now() + 10_000;
    expect([bulkhead.enter(deadline), bulkhead.enter(deadline)]).toEqual([true, true]);
    const waiting = bulkhead.enter(deadline);
    expect(bulkhead.enter(deadline)).toBe(false);
    expect(bulkhead.inFlight).toBe(2);
    bulkhead.leave();
    await expect(waiting).resolves.toBe(true);
    expect(bulkhead.inFlight).toBe(2);
    bulkhead.leave();
    bulkhead.leave();
    expect(bulkhead.inFlight).toBe(0);
  });

  test('refuses one that waited to its deadline, and keeps no place for it', async () => {
    const bulkhead = createBulkhead(1, 1);
    bulkhead.enter(performance.now() + 1_000);
    await expect(bulkhead.enter(performance.now() + 5)).resolves.toBe(false);
    bulkhead.leave();
    expect(bulkhead.inFlight).toBe(0);
  });
});

describe('the gates of operators', () => {
  test('are apart by operator and by kind, so that a slow one takes no slot of another', () => {
    const gates = createOperatorGates();
    const slow = gates.gateOf('operator', 'kcell', 'query');
    for (let call = 0; call < 100; call += 1) void slow.bulkhead.enter(performance.now() + 1);
    expect(slow.bulkhead.inFlight).toBe(64);
    expect(gates.gateOf('operator', 'tele2', 'query').bulkhead.inFlight).toBe(0);
    expect(gates.gateOf('operator', 'kcell', 'mutation').bulkhead.inFlight).toBe(0);
    expect(gates.gateOf('operator', 'kcell', 'query')).toBe(slow);
  });

  test('allow retries for no more than a tenth of the calls', () => {
    const gate = createOperatorGates().gateOf('operator', 'kcell', 'query');
    let retries = 0;
    for (let call = 0; call < 1_000; call += 1) {
      gate.countCall();
      if (gate.takeRetry()) retries += 1;
    }
    expect(retries).toBe(100);
  });
});
