// What rules and dashboard of docs/operations ask for, and what a scrape tells.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { PROJECT_ROOT } from './project-root';

/** One alert of the rules. */
export interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly runbook: string };
}

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly refId: string; readonly expr: string; readonly legendFormat: string }[];
}

const read = (name: string): string => readFileSync(join(PROJECT_ROOT, 'docs', 'operations', name), 'utf8');

/** The alerts, in order. */
export function alertRules(): readonly AlertRule[] {
  const { groups } = parse(read('prometheus-rules.yml')) as {
    readonly groups: readonly { readonly rules: readonly AlertRule[] }[];
  };
  return groups.flatMap(({ rules }) => rules);
}

/** The panels of the dashboard, rows among them. */
export function dashboardPanels(): readonly Panel[] {
  return (JSON.parse(read('grafana-dashboard.json')) as { readonly panels: readonly Panel[] }).panels;
}

/** A page of docs/operations. */
export function operationsPage(name: 'runbook.md' | 'README.md'): string {
  return read(name);
}

/** Every expression of rules and dashboard, by where it stands. */
export function expressions(): readonly (readonly [place: string, expr: string])[] {
  const panels = dashboardPanels().flatMap(({ title, targets = [] }) =>
    targets.map(({ expr }) => [title, expr] as const),
  );
  return [...alertRules().map(({ alert, expr }) => [alert, expr] as const), ...panels];
}

/** Names of the metrics that an expression asks for; `up` is the scraper's own. */
export function metricNames(expr: string): readonly string[] {
  const withoutLabels = expr.replace(/\{[^}]*\}/g, ' ').replace(/\bby \([^)]*\)/g, ' ');
  return [...new Set(withoutLabels.match(/\b(?:senim|process|nodejs)_[a-z0-9_]+/g) ?? [])];
}

/** The labels that an expression names, of each metric that it asks for. */
export function labelNames(expr: string): readonly string[] {
  const matched = [...expr.matchAll(/\{([^}]*)\}/g)].flatMap(([, inner = '']) => inner.match(/[a-z_]+(?==|!=)/g) ?? []);
  const grouped = [...expr.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, inner = '']) => inner.split(/,\s*/));
  return [...new Set([...matched, ...grouped])];
}

/** Names that a scrape tells, with those that a histogram is asked by. */
export function toldMetricNames(scrape: string): ReadonlySet<string> {
  const told = new Set<string>();
  for (const [, name = '', kind] of scrape.matchAll(/^# TYPE (\S+) (\S+)$/gm)) {
    told.add(name);
    if (kind === 'histogram') for (const part of ['bucket', 'sum', 'count']) told.add(`${name}_${part}`);
  }
  return told;
}
