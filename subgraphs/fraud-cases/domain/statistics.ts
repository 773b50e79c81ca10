// Counts for dashboards that say nothing about anybody: what of a week's true counts may be shown. A cell of fewer than ten cases or ten
// subjects is hidden; so is the next smallest of its column, and confirmed and refuted hide together, so that no total minus its other
// parts gives it away; what is shown is rounded to five. Groupings of one week have their total in common: after hiding, everything that
// the shown figures together say about each hidden cell is worked out, and more is hidden until at least five values remain possible.
// Answers over several weeks are sums of what each week shows, so that no choice of ranges tells more than the weeks themselves.

/** By what cases are counted. */
export const CASE_GROUPINGS = ['FRAUD_TYPE', 'OPERATOR', 'DAY', 'STATE'] as const;
export type CaseGrouping = (typeof CASE_GROUPINGS)[number];

/** What is counted of the cases that were opened in a period. */
export const CASE_MEASURES = ['opened', 'confirmed', 'refuted'] as const;
export type CaseMeasure = (typeof CASE_MEASURES)[number];

/** A true count, and how many different suspect numbers are in it. */
export interface SubjectCount {
  readonly cases: number;
  readonly subjects: number;
}

/** True counts of one key. `blocked` counts the cases with a block in force; the median is over those. */
export interface CountedRow extends Readonly<Record<CaseMeasure, SubjectCount>> {
  readonly key: string;
  readonly blocked: SubjectCount;
  readonly medianSecondsToBlock: number | null;
}

/** What may be shown of one key; null is hidden. */
export interface ShownRow extends Readonly<Record<CaseMeasure, number | null>> {
  readonly key: string;
  readonly medianSecondsToBlock: number | null;
}

/** One week by every grouping. A key that had no case stands in it with zeros: an absent row would say so too. */
export type WeekOf<Row> = Readonly<Record<CaseGrouping, readonly Row[]>>;

/** Smallest cell that is shown. */
export const FEWEST_SUBJECTS = 10;
/** Figures are multiples of this. */
export const ROUNDED_TO = 5;
/** How many values a hidden cell has at least, for whoever knows every figure that is shown. */
export const FEWEST_VALUES = 5;

const SECONDS_ROUNDED_TO = 60;

/** What may be shown of a week. */
export function protectWeek(week: WeekOf<CountedRow>): WeekOf<ShownRow> {
  const columns = CASE_GROUPINGS.map((grouping) => ({ grouping, rows: week[grouping].map(newRow) }));
  for (let before = -1; before !== hiddenIn(columns); ) {
    before = hiddenIn(columns);
    for (const { rows } of columns) {
      hideTogether(rows);
      for (const measure of CASE_MEASURES) hideSecond(rows, measure);
    }
    const added = columns.filter(({ grouping, rows }) => ADDED_UP.has(grouping) && rows.length > 0);
    for (const measure of CASE_MEASURES)
      widen(
        added.map(({ rows }) => rows),
        measure,
      );
  }
  const shown = new Map(columns.map(({ grouping, rows }) => [grouping, rows.map(toShown)]));
  return {
    FRAUD_TYPE: shown.get('FRAUD_TYPE') ?? [],
    OPERATOR: shown.get('OPERATOR') ?? [],
    DAY: shown.get('DAY') ?? [],
    STATE: shown.get('STATE') ?? [],
  };
}

/** Rows of several periods as one: per key the sum of what is shown. A figure that no period shows is hidden. */
export function sumShown(periods: readonly (readonly ShownRow[])[]): readonly ShownRow[] {
  const byKey = new Map<string, ShownRow[]>();
  for (const row of periods.flat()) byKey.set(row.key, [...(byKey.get(row.key) ?? []), row]);
  return [...byKey].map(([key, rows]) => ({
    key,
    opened: sumOf(rows.map(({ opened }) => opened)),
    confirmed: sumOf(rows.map(({ confirmed }) => confirmed)),
    refuted: sumOf(rows.map(({ refuted }) => refuted)),
    medianSecondsToBlock: weightedMedian(
      rows.map(({ medianSecondsToBlock: value, opened: weight }) => ({ value, weight: weight ?? 0 })),
    ),
  }));
}

/** A count rounded to five; null below ten cases or subjects. */
export function shownCount({ cases, subjects }: SubjectCount): number | null {
  return isSmall({ cases, subjects }) ? null : roundTo(cases, ROUNDED_TO);
}

/** Seconds rounded to minutes. */
export function shownSeconds(seconds: number | null): number | null {
  return seconds === null ? null : roundTo(seconds, SECONDS_ROUNDED_TO);
}

/** The middle of values by their weights, which is one of them; null when there is none. */
export function weightedMedian(
  values: readonly { readonly value: number | null; readonly weight: number }[],
): number | null {
  const known = values
    .flatMap(({ value, weight }) => (value === null || weight <= 0 ? [] : [{ value, weight }]))
    .toSorted((left, right) => left.value - right.value);
  const half = known.reduce((sum, { weight }) => sum + weight, 0) / 2;
  let sum = 0;
  for (const { value, weight } of known) {
    sum += weight;
    if (sum >= half) return value;
  }
  return null;
}

/** Whether a cell is too small to be shown. */
export function isSmall({ cases, subjects }: SubjectCount): boolean {
  return cases < FEWEST_SUBJECTS || subjects < FEWEST_SUBJECTS;
}

/** Groupings in which each case of the week stands exactly once, so that all have one total. */
const ADDED_UP: ReadonlySet<CaseGrouping> = new Set(['FRAUD_TYPE', 'STATE', 'DAY']);

interface WorkingRow {
  readonly counted: CountedRow;
  readonly isHidden: Record<CaseMeasure, boolean>;
}

interface Column {
  readonly grouping: CaseGrouping;
  readonly rows: readonly WorkingRow[];
}

function newRow(counted: CountedRow): WorkingRow {
  const { opened, confirmed, refuted } = counted;
  return { counted, isHidden: { opened: isSmall(opened), confirmed: isSmall(confirmed), refuted: isSmall(refuted) } };
}

function hiddenIn(columns: readonly Column[]): number {
  const cells = columns.flatMap(({ rows }) =>
    rows.flatMap(({ isHidden }) => CASE_MEASURES.map((name) => isHidden[name])),
  );
  return cells.filter(Boolean).length;
}

/** Confirmed and refuted are parts of opened: one of them alone would be what remains. */
function hideTogether(rows: readonly WorkingRow[]): void {
  for (const { isHidden } of rows) {
    const hides = isHidden.opened || isHidden.confirmed || isHidden.refuted;
    isHidden.confirmed ||= hides;
    isHidden.refuted ||= hides;
  }
}

/** A column with one hidden cell gets a second. */
function hideSecond(rows: readonly WorkingRow[], measure: CaseMeasure): void {
  if (rows.filter(({ isHidden }) => isHidden[measure]).length === 1) hideSmallest(rows, measure);
}

/** Hides the smallest cell that is still shown; false when there is none. */
function hideSmallest(rows: readonly WorkingRow[], measure: CaseMeasure): boolean {
  const [smallest] = rows
    .filter(({ isHidden }) => !isHidden[measure])
    .toSorted((left, right) => left.counted[measure].cases - right.counted[measure].cases);
  if (smallest === undefined) return false;
  smallest.isHidden[measure] = true;
  return true;
}

interface Interval {
  readonly low: number;
  readonly high: number;
}

/** Hides more until every small cell keeps enough possible values, whatever the total of the other groupings says. */
function widen(groupings: readonly (readonly WorkingRow[])[], measure: CaseMeasure): void {
  for (;;) {
    const total = totalOf(groupings, measure);
    const narrow = groupings.find((rows) => rows.some((row) => valuesOf(row, rows, total, measure) < FEWEST_VALUES));
    if (narrow === undefined) return;
    // Where a grouping has nothing left to hide, what narrows it stands in another one.
    const others = groupings.filter((rows) => rows !== narrow);
    if (![narrow, ...others].some((rows) => hideSmallest(rows, measure))) return;
  }
}

/** What the shown cells of all groupings say about the total of the week. */
function totalOf(groupings: readonly (readonly WorkingRow[])[], measure: CaseMeasure): Interval {
  const totals = groupings.map((rows) => sumOfIntervals(rows.map((row) => knownOf(row, measure))));
  return { low: Math.max(0, ...totals.map(({ low }) => low)), high: Math.min(...totals.map(({ high }) => high)) };
}

/** How many values a small hidden cell may have; more than enough for any other cell. */
function valuesOf(row: WorkingRow, rows: readonly WorkingRow[], total: Interval, measure: CaseMeasure): number {
  if (!isSmall(row.counted[measure])) return Number.POSITIVE_INFINITY;
  const others = sumOfIntervals(rows.filter((other) => other !== row).map((other) => knownOf(other, measure)));
  const own = knownOf(row, measure);
  const low = Math.max(own.low, others.high === Number.POSITIVE_INFINITY ? 0 : total.low - others.high);
  const high = Math.min(own.high, total.high - others.low);
  return high - low + 1;
}

/** What a cell alone says of its count. Whoever looks is taken to know which hidden cells are the small ones. */
function knownOf({ counted, isHidden }: WorkingRow, measure: CaseMeasure): Interval {
  const { cases } = counted[measure];
  if (!isHidden[measure]) {
    const shown = roundTo(cases, ROUNDED_TO);
    const slack = Math.floor(ROUNDED_TO / 2);
    return { low: Math.max(FEWEST_SUBJECTS, shown - slack), high: shown + slack };
  }
  if (cases < FEWEST_SUBJECTS) return { low: 0, high: FEWEST_SUBJECTS - 1 };
  return { low: FEWEST_SUBJECTS, high: Number.POSITIVE_INFINITY };
}

function sumOfIntervals(intervals: readonly Interval[]): Interval {
  return intervals.reduce((sum, { low, high }) => ({ low: sum.low + low, high: sum.high + high }), { low: 0, high: 0 });
}

function toShown({ counted, isHidden }: WorkingRow): ShownRow {
  const shown = (measure: CaseMeasure): number | null =>
    isHidden[measure] ? null : roundTo(counted[measure].cases, ROUNDED_TO);
  const hidesMedian = isHidden.opened || isSmall(counted.blocked);
  return {
    key: counted.key,
    opened: shown('opened'),
    confirmed: shown('confirmed'),
    refuted: shown('refuted'),
    medianSecondsToBlock: hidesMedian ? null : shownSeconds(counted.medianSecondsToBlock),
  };
}

function sumOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0);
}

function roundTo(value: number, step: number): number {
  return Math.round(value / step) * step;
}
