// The pages for those who run a network: alerts that lead to a page, pages that answer the five questions, a dashboard that can be imported.

import { describe, expect, it } from '@jest/globals';
import {
  alertRules,
  dashboardPanels,
  expressions,
  labelNames,
  metricNames,
  operationsPage,
} from '../support/operations-files';

const RUNBOOK = operationsPage('runbook.md');
const SECTIONS = new Map(
  RUNBOOK.split(/^## /m)
    .slice(1)
    .map((section) => {
      const [title = ''] = section.split('\n');
      return [title.toLowerCase().replaceAll(' ', '-'), section];
    }),
);

describe('alerts', () => {
  it.each(alertRules().map((rule) => [rule.alert, rule] as const))('%s leads to its page', (_name, rule) => {
    const [file, anchor = ''] = rule.annotations.runbook.split('#');
    expect(file).toBe('docs/operations/runbook.md');
    expect(SECTIONS.has(anchor)).toBe(true);
    expect(['page', 'ticket']).toContain(rule.labels.severity);
    expect(rule.annotations.summary).not.toMatch(
      /\$labels\.(?!instance|operator|addressee|rule|party|program|kind|reason|server)/,
    );
  });

  it('and pages belong to each other', () => {
    const led = alertRules().map(({ annotations }) => annotations.runbook.split('#')[1] ?? '');
    expect([...SECTIONS.keys()].sort()).toEqual([...new Set(led)].sort());
    expect(SECTIONS.size).toBeGreaterThanOrEqual(10);
  });

  it.each([...SECTIONS])(
    'the page %s says what it means, what it does not, where to look, what to do, whom to call',
    (_anchor, section) => {
      const parts = ['**It means**', '**It does not mean**', '**Look at**', '**Do**', '**Call**'];
      const places = parts.map((part) => section.indexOf(part));
      expect(places.every((place) => place > 0)).toBe(true);
      expect([...places].sort((one, other) => one - other)).toEqual(places);
    },
  );

  it('and pages lead only to pages that are there', () => {
    for (const [, anchor = ''] of RUNBOOK.matchAll(/\]\(#([^)]+)\)/g)) expect([...SECTIONS.keys()]).toContain(anchor);
  });
});

describe('the dashboard', () => {
  const panels = dashboardPanels();

  it('has panels with ids of their own, side by side within its width', () => {
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    for (const { gridPos } of panels) expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
    const places = panels.map(({ gridPos }) => `${gridPos.x}/${gridPos.y}`);
    expect(new Set(places).size).toBe(places.length);
  });

  it('asks something in every panel that is no row', () => {
    for (const { type, title, targets = [] } of panels) {
      expect([title, type === 'row' ? 0 : targets.length > 0 ? 1 : -1]).toEqual([title, type === 'row' ? 0 : 1]);
    }
  });
});

describe('expressions', () => {
  it.each(expressions())('%s: %s is well formed and asks for something', (_place, expr) => {
    for (const [open, close] of ['()', '{}', '[]']) {
      expect(expr.split(open ?? '').length).toBe(expr.split(close ?? '').length);
    }
    expect(metricNames(expr).length + (expr.includes('up{') ? 1 : 0)).toBeGreaterThan(0);
  });

  it('never ask by anything but words', () => {
    const labels = new Set(expressions().flatMap(([, expr]) => labelNames(expr)));
    for (const label of labels) expect(label).not.toMatch(/msisdn|iin|person|case|user/);
  });
});

it('the list of families names everything that rules and dashboard ask for', () => {
  const page = operationsPage('README.md');
  const asked = expressions()
    .flatMap(([, expr]) => metricNames(expr))
    .filter((name) => name.startsWith('senim_'));
  for (const name of asked) expect(page).toContain(`\`${name.replace(/_(?:bucket|sum|count)$/, '')}\``);
});
