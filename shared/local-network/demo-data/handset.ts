// Handsets and SIM cards by number. Decides which models exist and how IMEI, IMSI and ICCID are made of a number: different
// numbers give different ones, with right check digits. The type codes are invented.

import { luhnCheckDigit } from '../../vocabulary/luhn';
import { DEMO_OPERATORS, type OperatorIndex } from './demo-operator';
import { drawsFor, shuffled } from './draw';

/** A handset, module or gateway. */
export interface Handset {
  readonly imei: string;
  readonly model: string;
  readonly registryStatus: 'WHITE' | 'GREY' | 'BLACK' | 'UNKNOWN';
}

export type HandsetKind = 'PHONE' | 'BUTTON_PHONE' | 'MODULE' | 'GATEWAY';

/** The handset of that number, below 100 million. */
export function handset(seed: number, number: number, kind: HandsetKind): Handset {
  const draws = drawsFor(seed, HANDSET, number);
  const { typeCode, model } = draws.pick(MODELS[kind]);
  const batch = String(Math.floor(number / SERIALS)).padStart(2, '0');
  const digits = `${typeCode}${batch}${String(shuffled(seed, HANDSET, number, SERIALS)).padStart(6, '0')}`;
  const chance = draws.unit();
  const registryStatus =
    kind === 'GATEWAY' || chance < 0.015 ? 'GREY' : chance < 0.019 ? 'BLACK' : chance < 0.03 ? 'UNKNOWN' : 'WHITE';
  return { imei: digits + luhnCheckDigit(digits), model, registryStatus };
}

/** IMSI of the SIM card of that number (below 100 million) at an operator: country 401, network, ten digits. */
export function imsi(seed: number, operator: OperatorIndex, number: number): string {
  const place = shuffled(seed, SIM, number, SIM_CARDS);
  return `401${DEMO_OPERATORS[operator].networkCode}71${String(place).padStart(8, '0')}`;
}

/** ICCID of the same card: telecom 89, Kazakhstan 997, network, eleven digits, check digit. */
export function iccid(seed: number, operator: OperatorIndex, number: number): string {
  const place = shuffled(seed, CARD, number, SIM_CARDS);
  const digits = `89997${DEMO_OPERATORS[operator].networkCode}204${String(place).padStart(8, '0')}`;
  return digits + luhnCheckDigit(digits);
}

const HANDSET = 10;
const SIM = 11;
const CARD = 12;
const SERIALS = 1_000_000;
const SIM_CARDS = 100_000_000;

const MODELS: Readonly<Record<HandsetKind, readonly { readonly typeCode: string; readonly model: string }[]>> = {
  PHONE: [
    { typeCode: '352101', model: 'Samsung Galaxy A16' },
    { typeCode: '352117', model: 'Samsung Galaxy A55' },
    { typeCode: '352133', model: 'Samsung Galaxy S24' },
    { typeCode: '864210', model: 'Xiaomi Redmi Note 13' },
    { typeCode: '864226', model: 'Xiaomi Redmi 12' },
    { typeCode: '864242', model: 'POCO X6' },
    { typeCode: '353905', model: 'Apple iPhone 12' },
    { typeCode: '353921', model: 'Apple iPhone 13' },
    { typeCode: '353937', model: 'Apple iPhone 15' },
    { typeCode: '860518', model: 'HONOR X8b' },
    { typeCode: '860534', model: 'HUAWEI nova 11' },
    { typeCode: '866307', model: 'OPPO A78' },
    { typeCode: '866323', model: 'vivo Y36' },
    { typeCode: '867709', model: 'realme C55' },
    { typeCode: '867725', model: 'TECNO Spark 20' },
    { typeCode: '867741', model: 'Infinix Hot 40' },
  ],
  BUTTON_PHONE: [
    { typeCode: '355412', model: 'Nokia 105' },
    { typeCode: '355428', model: 'Nokia 150' },
    { typeCode: '357606', model: 'Philips Xenium E2125' },
  ],
  MODULE: [
    { typeCode: '869104', model: 'Quectel EC25 module' },
    { typeCode: '869120', model: 'SIMCom SIM7600 module' },
    { typeCode: '869136', model: 'Teltonika FMB920 tracker' },
  ],
  GATEWAY: [{ typeCode: '861703', model: 'GSM gateway, 32 ports' }],
};
