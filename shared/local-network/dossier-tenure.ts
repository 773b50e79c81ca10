// What a dossier shows of one tenure: contract and holder, verification, SIM cards, handsets, services, risk, changes, usage and the
// operator's own record of blocks. Pure.

import type { JsonObject } from '../vocabulary/json';
import { type DossierAnswer, isObject, objectIn, objectsIn } from './dossier-answer';
import { USAGE_DAYS } from './dossier-query';
import { localDay, localTime } from './local-time';
import { clean, type Emphasis, heading, listed, row, type TableStyle } from './table-text';

const INDENT = { indent: 2 } as const;
const LEVELS = ['LOW', 'MEDIUM', 'HIGH', 'VERY_HIGH'];
const SERVICES = [
  ['voiceOut', 'calls out'],
  ['voiceIn', 'calls in'],
  ['smsOut', 'SMS out'],
  ['smsIn', 'SMS in'],
  ['data', 'data'],
] as const;

/** The highest risk that any operator tells, with its place and colour. */
export function worstRisk(
  tenures: readonly JsonObject[],
  named: (code: unknown) => string,
): { readonly text: string; readonly emphasis: readonly Emphasis[] } {
  const known = tenures.filter((tenure) => LEVELS.includes(String(objectIn(tenure, 'risk').level)));
  const rank = (tenure: JsonObject): number => LEVELS.indexOf(String(objectIn(tenure, 'risk').level));
  const [worst] = [...known].sort((left, right) => rank(right) - rank(left));
  if (worst === undefined) return { text: 'not known: no operator told one', emphasis: [] };
  const fired = objectsIn(objectIn(worst, 'risk').indicators);
  const indicators = fired.length === 0 ? 'no indicator fired' : fired.map((entry) => clean(entry.code)).join(', ');
  const emphasis: readonly Emphasis[] = rank(worst) >= 2 ? ['bold', 'red'] : rank(worst) === 1 ? ['yellow'] : ['green'];
  return { text: `${LEVELS[rank(worst)]} at ${named(worst.operatorCode)}: ${indicators}`, emphasis };
}

/** Heading and rows of one tenure. */
export function tenureLines(tenure: JsonObject, answer: DossierAnswer, style: TableStyle): readonly string[] {
  const name = answer.operatorNames.get(String(tenure.operatorCode)) ?? clean(tenure.operatorCode);
  const until = typeof tenure.until === 'string' ? `to ${localTime(tenure.until)}` : 'until now';
  const title = heading(`${name.toUpperCase()}  ${localTime(tenure.since)} ${until}`, style);
  const contracts = objectsIn(tenure.contracts);
  const inForce = objectIn(tenure, 'contract');
  return [
    title,
    ...contracts.flatMap((contract, index) => contractLines(contract, index, inForce, style)),
    ...(contracts.length === 0 ? [row('Contract', `not told: ${whyNot(tenure, answer)}`, style, INDENT)] : []),
    ...serviceLines(tenure, style),
    ...riskLines(tenure, style),
    ...changeLines(tenure, style),
    ...usageLines(tenure, style),
    ...objectsIn(tenure.enforcements).map((entry) => row('Block', enforcementText(entry), style, INDENT)),
  ];
}

function whyNot(tenure: JsonObject, answer: DossierAnswer): string {
  return answer.missing.find((entry) => entry.operatorCode === tenure.operatorCode)?.why ?? 'The operator holds none.';
}

function contractLines(contract: JsonObject, index: number, inForce: JsonObject, style: TableStyle): readonly string[] {
  const clear = contract.id === inForce.id ? inForce : {};
  const { verification, dealer } = contract;
  const text = listed([
    clean(contract.status),
    clean(contract.plan),
    typeof contract.activatedAt === 'string' ? `activated ${localTime(contract.activatedAt)}` : 'never activated',
    typeof contract.endedAt === 'string' && `ended ${localTime(contract.endedAt)}`,
  ]);
  const lines = [
    row(index === 0 ? 'Contract' : 'Before that', text, style, INDENT),
    row('Holder', holderText(objectIn(contract, 'subscriber'), objectIn(clear, 'subscriber')), style, INDENT),
  ];
  if (isObject(contract.assignedUser)) {
    lines.push(row('Used by', holderText(contract.assignedUser, objectIn(clear, 'assignedUser')), style, INDENT));
  }
  if (isObject(verification)) lines.push(row('Verified', verificationText(verification), style, INDENT));
  objectsIn(contract.simCards).forEach((card, at) => {
    lines.push(row(at === 0 ? 'SIM cards' : '', simCardText(card), style, INDENT));
  });
  objectsIn(contract.devices).forEach((device, at) => {
    lines.push(row(at === 0 ? 'Handsets' : '', deviceText(device), style, INDENT));
  });
  if (isObject(dealer)) {
    const sold = typeof dealer.soldAt === 'string' && `sold ${localTime(dealer.soldAt)}`;
    lines.push(row('Dealer', listed([clean(dealer.name), clean(dealer.region), sold]), style, INDENT));
  }
  return lines;
}

/** Clear name and number where they were disclosed, the masked ones otherwise. */
function holderText(masked: JsonObject, clear: JsonObject): string {
  const name = clear.fullName ?? masked.maskedName;
  const bin = clear.bin ?? masked.bin;
  const iin = clear.iin ?? masked.maskedIin;
  return listed([
    clean(name),
    typeof iin === 'string' && `IIN ${clean(iin)}`,
    typeof bin === 'string' && `BIN ${clean(bin)}`,
    masked.kind === 'LEGAL_ENTITY' && 'legal entity',
  ]);
}

function verificationText(verification: JsonObject): string {
  const { result, method, verifiedAt, attempts } = verification;
  return listed([
    clean(result),
    typeof method === 'string' && clean(method),
    typeof verifiedAt === 'string' && localTime(verifiedAt),
    typeof attempts === 'number' && attempts > 1 && `${attempts} attempts`,
  ]);
}

function simCardText(card: JsonObject): string {
  const replaced = typeof card.replacedAt === 'string' && `replaced ${localDay(card.replacedAt)}`;
  return listed([clean(card.maskedIccid), `issued ${localDay(card.issuedAt)}`, clean(card.reason), replaced]);
}

function deviceText(device: JsonObject): string {
  const { distinctImsi30d: subscribers } = device;
  return listed([
    clean(device.maskedImei),
    typeof device.model === 'string' && clean(device.model),
    `${localDay(device.firstSeenAt)} to ${localDay(device.lastSeenAt)}`,
    clean(device.registryStatus),
    typeof subscribers === 'number' && subscribers > 1 && `${subscribers} subscribers in 30 days`,
  ]);
}

function serviceLines(tenure: JsonObject, style: TableStyle): readonly string[] {
  if (!isObject(tenure.services)) return [];
  const { services } = tenure;
  const limited = SERVICES.filter(([field]) => typeof services[field] === 'string' && services[field] !== 'ACTIVE');
  const notes = [
    stateText(services, limited),
    services.portFreeze === true && 'may not leave the operator',
    services.simSwapFreeze === true && 'SIM card may not be changed',
    typeof services.reason === 'string' && clean(services.reason),
  ];
  const emphasis: readonly Emphasis[] = limited.length === 0 ? [] : ['bold'];
  return [row('Services', notes.filter((note) => note !== false).join('; '), style, { ...INDENT, emphasis })];
}

function stateText(services: JsonObject, limited: readonly (typeof SERVICES)[number][]): string {
  if (limited.length === 0) return 'all active';
  const states = new Set(limited.map(([field]) => services[field]));
  if (limited.length === SERVICES.length && states.size === 1) return `all ${clean([...states][0])}`;
  return limited.map(([field, words]) => `${words} ${clean(services[field])}`).join(', ');
}

function riskLines(tenure: JsonObject, style: TableStyle): readonly string[] {
  if (!isObject(tenure.risk)) return [];
  const { level, ruleSetVersion, computedAt, indicators } = tenure.risk;
  const text = `${clean(level)}, by rules ${clean(ruleSetVersion)}, computed ${localTime(computedAt)}`;
  return [
    row('Risk', text, style, INDENT),
    ...objectsIn(indicators).map((entry) =>
      row(
        '',
        `${clean(entry.severity)}  ${clean(entry.code)}: ${figure(entry.value)}, threshold ${figure(entry.threshold)}, in ${clean(entry.windowHours)} hours`,
        style,
        INDENT,
      ),
    ),
  ];
}

function changeLines(tenure: JsonObject, style: TableStyle): readonly string[] {
  const changes = [
    ['SIM card', objectIn(tenure, 'simSwap'), 'latestSimChange'],
    ['handset', objectIn(tenure, 'deviceSwap'), 'latestDeviceChange'],
  ] as const;
  const told = changes.flatMap(([what, change, latest]) => {
    if (typeof change.swapped !== 'boolean') return [];
    if (!change.swapped) return [`${what} not changed in 10 days`];
    return [`${what} changed ${localTime(change[latest])}`];
  });
  return told.length === 0 ? [] : [row('Changes', listed(told), style, INDENT)];
}

function usageLines(tenure: JsonObject, style: TableStyle): readonly string[] {
  if (!Array.isArray(tenure.usage)) return [];
  const days = objectsIn(tenure.usage);
  if (days.length === 0) return [row('Usage', `none in the last ${USAGE_DAYS} days`, style, INDENT)];
  const values = (measure: string): readonly number[] => days.map((day) => Number(day[measure] ?? 0));
  const sum = (measure: string): string => figure(values(measure).reduce((total, value) => total + value, 0));
  const most = (measure: string, one: string): string => counted(Math.max(...values(measure)), one);
  const lines = [
    ['', `${USAGE_DAYS} days to ${clean(days.at(-1)?.day)}`],
    [
      'calls',
      `${sum('callsOut')} out (${sum('minutesOut')} minutes), ${sum('callsIn')} in (${sum('minutesIn')} minutes)`,
    ],
    ['', `at most ${most('distinctCallees', 'callee')} a day`],
    [
      'messages',
      `${sum('smsOut')} out, ${sum('smsIn')} in; at most ${most('distinctSmsRecipients', 'recipient')} a day`,
    ],
    [
      'data',
      `${sum('dataMb')} MB; at most ${most('distinctCells', 'cell')} and ${most('distinctImei', 'handset')} a day`,
    ],
    ['complaints', sum('complaints')],
  ] as const;
  return lines.map(([what, text], index) => row(index === 0 ? 'Usage' : `  ${what}`, text, style, INDENT));
}

function enforcementText(entry: JsonObject): string {
  return listed([
    clean(entry.state),
    `order ${clean(entry.orderId)}`,
    `received ${localTime(entry.receivedAt)}`,
    typeof entry.enforcedAt === 'string' && `enforced ${localTime(entry.enforcedAt)}`,
    typeof entry.liftedAt === 'string' && `lifted ${localTime(entry.liftedAt)}`,
  ]);
}

function figure(value: unknown): string {
  return typeof value === 'number'
    ? value.toLocaleString('en', { maximumFractionDigits: value < 10 ? 2 : 0 })
    : clean(value);
}

function counted(value: number, one: string): string {
  return `${figure(value)} ${one}${value === 1 ? '' : 's'}`;
}
