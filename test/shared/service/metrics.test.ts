// What a program tells of itself: counts, durations and gauges under labels that are words, and no label without end.

import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { type HttpHost, startHttpHost } from '../../../shared/service/http-host';
import { createLogger } from '../../../shared/service/logger';
import { createMetrics } from '../../../shared/service/metrics';

const hosts: HttpHost[] = [];

afterEach(async () => {
  await Promise.all(hosts.splice(0).map((host) => host.stop()));
});

/** The lines of a scrape that begin with a name. */
async function linesOf(metrics: ReturnType<typeof createMetrics>, name: string): Promise<readonly string[]> {
  return (await metrics.text()).split('\n').filter((line) => line.startsWith(name));
}

describe('counts', () => {
  test('grow under the same labels, and carry whose they are', async () => {
    const metrics = createMetrics({ program: 'operator', party: 'kcell' });
    const calls = metrics.counts({ name: 'calls_total', help: 'Calls', labels: ['operator', 'outcome'] });
    calls('kcell', 'OK').add();
    calls('kcell', 'OK').add();
    calls('tele2', 'OPERATOR_TIMEOUT').add();
    expect(await linesOf(metrics, 'calls_total{')).toEqual([
      'calls_total{operator="kcell",outcome="OK",program="operator",party="kcell"} 2',
      'calls_total{operator="tele2",outcome="OPERATOR_TIMEOUT",program="operator",party="kcell"} 1',
    ]);
    calls('kcell', 'OK').add();
    expect((await linesOf(metrics, 'calls_total{operator="kcell"'))[0]).toMatch(/ 3$/);
  });

  test.each([
    '+77011234567',
    '77011234567',
    'a77011234567',
    '030405500007',
    '0b0f5a3e-6f0c-4a7e-9d58-3a1c5e7f9b10',
    'Асанова',
    'two words',
    'a"} 1\nforged 1',
    '',
    'x'.repeat(65),
  ])('never have %j for a label', async (value) => {
    const metrics = createMetrics({ program: 'p' });
    metrics
      .counts({ name: 'calls_total', help: 'Calls', labels: ['word'] })(value)
      .add();
    expect(await linesOf(metrics, 'calls_total{')).toEqual(['calls_total{word="other",program="p"} 1']);
  });

  test('of labels without end are kept together', async () => {
    const metrics = createMetrics({ program: 'p' });
    const calls = metrics.counts({ name: 'calls_total', help: 'Calls', labels: ['word'] });
    for (let place = 0; place < 1_500; place += 1) calls(`w${place}`).add();
    const lines = await linesOf(metrics, 'calls_total{');
    expect(lines).toHaveLength(1_001);
    expect(lines.at(-1)).toBe('calls_total{word="other",program="p"} 500');
  });
});

test('durations are told in seconds', async () => {
  const metrics = createMetrics({ program: 'p' });
  const took = metrics.timings({ name: 'call_seconds', help: 'Calls', labels: ['operator'] });
  took('kcell').observe(30);
  took('kcell').observe(700);
  const lines = await linesOf(metrics, 'call_seconds');
  expect(lines).toContain('call_seconds_bucket{le="0.05",program="p",operator="kcell"} 1');
  expect(lines).toContain('call_seconds_bucket{le="0.8",program="p",operator="kcell"} 2');
  expect(lines).toContain('call_seconds_sum{program="p",operator="kcell"} 0.73');
});

describe('gauges of one look', () => {
  const families = [
    { name: 'waiting', help: 'Waiting', labels: ['addressee'] },
    { name: 'age_seconds', help: 'Age' },
  ];

  test('look once for many scrapes, and once at a time', async () => {
    const metrics = createMetrics({ program: 'p' });
    const look = jest.fn(async () => [[{ labels: ['kcell'], value: 4 }], [{ labels: [], value: 2.5 }]]);
    metrics.gaugesOf('outbox', families, look);
    await Promise.all([metrics.text(), metrics.text()]);
    expect(await linesOf(metrics, 'waiting{')).toEqual(['waiting{addressee="kcell",program="p"} 4']);
    expect(await linesOf(metrics, 'age_seconds{')).toEqual(['age_seconds{program="p"} 2.5']);
    expect(look).toHaveBeenCalledTimes(1);
  });

  test('are left out when the look fails, which is counted', async () => {
    const metrics = createMetrics({ program: 'p' });
    metrics.gaugesOf('outbox', families, () => Promise.reject(new Error('+77011234567')));
    const text = await metrics.text();
    expect(text).not.toMatch(/^(?:waiting|age_seconds)\{/m);
    expect(text).not.toContain('7011234567');
    expect(await linesOf(metrics, 'senim_metrics_looks_failed_total{')).toEqual([
      'senim_metrics_looks_failed_total{source="outbox",program="p"} 1',
    ]);
  });

  test('do not keep a scrape waiting for a look that lasts', async () => {
    const metrics = createMetrics({ program: 'p' });
    const end = new AbortController();
    metrics.gaugesOf('outbox', families, async () => {
      await sleep(60_000, undefined, { signal: end.signal }).catch(() => {});
      return [];
    });
    expect(await metrics.text()).not.toMatch(/^waiting\{/m);
    end.abort();
  });
});

describe('/metrics', () => {
  async function serve(): Promise<HttpHost> {
    const host = await startHttpHost({
      host: '127.0.0.1',
      port: 0,
      handlers: () => false,
      readiness: async () => true,
      logger: createLogger({ name: 'p', level: 'silent' }),
      metrics: createMetrics({ program: 'p' }),
    });
    hosts.push(host);
    return host;
  }

  test('tells the process and how requests were answered', async () => {
    const { url } = await serve();
    await (await fetch(`${url}/nothing`)).text();
    const response = await fetch(`${url}/metrics?x=77011234567`);
    expect([response.status, response.headers.get('content-type')]).toEqual([
      200,
      'text/plain; version=0.0.4; charset=utf-8',
    ]);
    const text = await response.text();
    expect(text).toContain('senim_http_answers_total{status="404",program="p"} 1');
    for (const name of [
      'process_resident_memory_bytes',
      'nodejs_eventloop_lag_p99_seconds',
      'process_cpu_seconds_total',
    ])
      expect(text).toMatch(new RegExp(`^${name}\\{program="p"\\} [0-9.e-]+$`, 'm'));
    expect(text).not.toContain('7011234567');
  });

  test.each(['POST', 'HEAD', 'PUT', 'DELETE', 'OPTIONS'])('is for GET and refuses %s', async (method) => {
    const { url } = await serve();
    const response = await fetch(`${url}/metrics`, { method });
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET']);
  });

  test('is not there for a program without metrics', async () => {
    const host = await startHttpHost({
      host: '127.0.0.1',
      port: 0,
      handlers: () => false,
      readiness: async () => true,
      logger: createLogger({ name: 'p', level: 'silent' }),
    });
    hosts.push(host);
    expect((await fetch(`${host.url}/metrics`)).status).toBe(404);
  });
});
