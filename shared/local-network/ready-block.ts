// What `npm start` prints when the network is ready: where to look, one request that works as it stands, and how to stop.

import type { JsonObject, JsonValue } from '../vocabulary/json';
import type { NetworkRecord } from './network-record';

/** The block, ending with a line break. */
export function readyBlock(given: {
  readonly network: NetworkRecord;
  readonly scale: number;
  readonly folder: string;
  readonly seconds: number;
}): string {
  const { network, scale, folder, seconds } = given;
  const number = msisdnOf(network.stories, 'ported') ?? msisdnOf(network.stories, 'clean');
  const operators = Object.keys(network.subgraphs.operators).join(', ');
  const lines = [
    '',
    `Senim is ready (${seconds.toFixed(1)} s).`,
    '',
    `  Explorer   ${network.gateway.explorer}`,
    `  GraphQL    ${network.gateway.url}`,
    `  Operators  ${operators}`,
    `  Data       ${folder}, ${scale.toLocaleString('en')} lines per operator; everything is in ${folder}/network.json`,
  ];
  if (number !== null) {
    lines.push(
      '',
      'Ask for a number that moved from one operator to another:',
      '',
      `  npm run -s dossier -- ${number}`,
      '',
      'or without our command:',
      '',
      `  ${curlOf(network.gateway.url, number)}`,
    );
  }
  lines.push('', 'Reads need no sign-in on this machine. Ctrl-C stops everything.', '');
  return `${lines.join('\n')}\n`;
}

/** The number of a story: a story is a number, or an object with one. */
export function msisdnOf(stories: JsonObject, name: string): string | null {
  const story: JsonValue | undefined = stories[name];
  if (typeof story === 'string') return story;
  if (typeof story !== 'object' || story === null || Array.isArray(story)) return null;
  const { msisdn } = story as JsonObject;
  return typeof msisdn === 'string' ? msisdn : null;
}

function curlOf(url: string, msisdn: string): string {
  const query =
    'query ($msisdn: Msisdn!) { phoneNumber(msisdn: $msisdn) { servingOperator { name } ' +
    'tenures { operatorCode since until risk { level } } blockStatus { state } } }';
  const body = JSON.stringify({ query, variables: { msisdn } });
  return `curl -s ${url} -H 'content-type: application/json' -d '${body}'`;
}
