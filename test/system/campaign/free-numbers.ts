// Numbers of a network that a campaign may use up: served by an operator under a contract in force, never blocked, and without a case.

import type { MortalNetwork } from '../../support/mortal-network';

/** Free numbers of one operator in a fixed order, at most as many as are wanted. */
export async function freeNumbers(network: MortalNetwork, operator: string, most: number): Promise<readonly string[]> {
  const known = await network.rows<{ readonly msisdn: string }>(
    'fraud-cases',
    'SELECT suspect AS msisdn FROM suspicion_report UNION SELECT msisdn FROM block_order',
  );
  const rows = await network.rows<{ readonly msisdn: string }>(
    operator,
    `SELECT tenure.msisdn FROM tenure JOIN line_contract contract USING (msisdn, since)
     WHERE tenure.until IS NULL AND contract.status = 'ACTIVE'
       AND NOT EXISTS (SELECT FROM block_enforcement block WHERE block.msisdn = tenure.msisdn)
       AND NOT EXISTS (SELECT FROM suspicion_report report WHERE report.suspect = tenure.msisdn)
     ORDER BY md5(tenure.msisdn)`,
  );
  const taken = new Set(known.map(({ msisdn }) => msisdn));
  return rows.flatMap(({ msisdn }) => (taken.has(msisdn) ? [] : [msisdn])).slice(0, most);
}

/** Free numbers of all operators in turn. */
export async function freeNumbersOfAll(network: MortalNetwork, count: number): Promise<readonly string[]> {
  const each = await Promise.all(network.operators.map((code) => freeNumbers(network, code, count)));
  const longest = Math.max(...each.map((numbers) => numbers.length));
  const mixed = Array.from({ length: longest }, (_, place) =>
    each.flatMap((numbers) => numbers.slice(place, place + 1)),
  );
  const numbers = mixed.flat().slice(0, count);
  if (numbers.length < count) throw new Error(`The network has ${numbers.length} free numbers, ${count} are needed.`);
  return numbers;
}
