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

/** Every metric that an expression asks for, with the labels by which it asks: those in braces behind it, and those that its part is grouped by. */
export function askedLabels(expr: string): readonly (readonly [metric: string, label: string])[] {
  const parts = expr.split(/\bor\b|\)\s*[/+]\s*(?=sum)/);
  return parts.flatMap((part) => {
    const grouped = [...part.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, inner = '']) => inner.split(/,\s*/));
    const metrics = [...part.matchAll(/\b((?:senim|process|nodejs)_[a-z0-9_]+)(?:\{([^}]*)\})?/g)];
    return metrics.flatMap(([, metric = '', inner = '']) => {
      const matched = inner.match(/[a-z_]+(?=\s*(?:=|!=))/g) ?? [];
      return [...new Set([...matched, ...grouped])].map((label) => [metric, label] as const);
    });
  });
}

/** Codes in capitals by which an expression asks, with the label. */
export function askedWords(expr: string): readonly (readonly [label: string, word: string])[] {
  return [...expr.matchAll(/([a-z_]+)(?:=|!=|=~|!~)"([^"]*)"/g)].flatMap(([, label = '', words = '']) =>
    words.split('|').flatMap((word) => (/^[A-Z][A-Z_]+$/.test(word) ? [[label, word] as const] : [])),
  );
}

/** The labels of every metric of which a scrape has a value, with those that the scraper adds. */
export function toldLabels(scrape: string): ReadonlyMap<string, ReadonlySet<string>> {
  const told = new Map<string, Set<string>>();
  for (const [, name = '', inner = ''] of scrape.matchAll(/^([a-z_0-9]+)(?:\{(.*)\})? \S+$/gm)) {
    const labels = told.get(name) ?? new Set(['job', 'instance']);
    for (const [, label = ''] of inner.matchAll(/([a-z_]+)="/g)) labels.add(label);
    told.set(name, labels);
  }
  return told;
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
