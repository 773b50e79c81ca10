// What `npm start` prints when the network is ready: where to look, one request that works as it stands, and how to stop.

import type { JsonObject, JsonValue } from '../vocabulary/json';
import { DEFAULT_USER } from './demo-users';
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
    `  Sign-in    ${network.identity.issuer}`,
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
  const caseId = memberOf(network.stories, 'blocked', 'caseId');
  if (caseId !== null) {
    lines.push(
      '',
      'Write the evidence of a decided case, and check it without the network:',
      '',
      `  npm run -s audit:export -- --case ${caseId} --out bundle.json`,
      `  npm run -s verify -- bundle.json --policy ${network.trust.policy} --root ${network.trust.root}`,
    );
  }
  lines.push(
    '',
    'Nobody asks without signing in. Tokens last ten minutes and come from',
    '',
    `  npm run -s token -- ${DEFAULT_USER}`,
    '',
    'or another user; --help names them. Ctrl-C stops everything.',
    '',
  );
  return `${lines.join('\n')}\n`;
}

/** The number of a story: a story is a number, or an object with one. */
export function msisdnOf(stories: JsonObject, name: string): string | null {
  const story: JsonValue | undefined = stories[name];
  return typeof story === 'string' ? story : memberOf(stories, name, 'msisdn');
}

function memberOf(stories: JsonObject, name: string, member: string): string | null {
  const story: JsonValue | undefined = stories[name];
  if (typeof story !== 'object' || story === null || Array.isArray(story)) return null;
  const value = (story as JsonObject)[member];
  return typeof value === 'string' ? value : null;
}

function curlOf(url: string, msisdn: string): string {
  const query =
    'query ($msisdn: Msisdn!) { phoneNumber(msisdn: $msisdn) { servingOperator { name } ' +
    'tenures { operatorCode since until risk { level } } blockStatus { state } } }';
  const body = JSON.stringify({ query, variables: { msisdn } });
  const token = `-H "authorization: Bearer $(npm run -s token -- ${DEFAULT_USER})"`;
  return `curl -s ${url} -H 'content-type: application/json' ${token} -d '${body}'`;
}
