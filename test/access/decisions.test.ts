// The table of decisions is written down and stays what it is: whoever changes a rule changes decisions.txt in the open, where it is read.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ACTOR_ROLES } from '../../shared/vocabulary/role';
import { rolesOfMutation } from '../../subgraphs/fraud-cases/api/mutation-roles';
import { APPEAL_COMMAND_ROLES } from '../../subgraphs/fraud-cases/domain/appeal-transitions';
import { CASE_COMMAND_ROLES } from '../../subgraphs/fraud-cases/domain/case-transitions';
import { coordinates, decide, decisionTable, SITUATIONS } from './decision-table';

const FILE = join(__dirname, 'decisions.txt');

test('every decision is the one that is written down', () => {
  const table = decisionTable();
  // Written beside the committed one, so that a change is one copy away once it has been read.
  if (table !== readFileSync(FILE, 'utf8')) writeFileSync(`${FILE}.new`, table);
  expect(table).toBe(readFileSync(FILE, 'utf8'));
});

test('there is one for every field, role and situation', () => {
  const rows = readFileSync(FILE, 'utf8')
    .split('\n')
    .filter((line) => /^[A-Z]\w+\.\w+ /.test(line));
  expect(rows).toHaveLength(coordinates().length);
  for (const row of rows) {
    const cells = row.split(/ +/).slice(1);
    expect(cells.map((cell) => cell.length)).toEqual(ACTOR_ROLES.map(() => SITUATIONS.length));
  }
});

test('nobody is shown anything in clear but in a case of their own that is open and named', () => {
  for (const coordinate of coordinates()) {
    for (const role of ACTOR_ROLES) {
      SITUATIONS.forEach((situation, index) => {
        if (decide(coordinate, role, situation) !== 'C') return;
        const inCharge = index === 0 || (role === 'SUPERVISOR' && (index === 3 || index === 5));
        expect([coordinate, role, situation.what, inCharge]).toEqual([coordinate, role, situation.what, true]);
      });
    }
  }
});

test('a mutation is let through at the gateway to the roles that fraud-cases lets begin it', () => {
  const own = new Set([...Object.keys(CASE_COMMAND_ROLES), ...Object.keys(APPEAL_COMMAND_ROLES)]);
  const mutations = coordinates().filter((coordinate) => coordinate.startsWith('Mutation.'));
  for (const coordinate of mutations) {
    const name = coordinate.slice('Mutation.'.length);
    if (name === 'executeBlockOrder') continue;
    const [first] = SITUATIONS;
    const letThrough = ACTOR_ROLES.filter((role) => first !== undefined && decide(coordinate, role, first) === 'S');
    expect([name, [...letThrough].sort()]).toEqual([
      name,
      rolesOfMutation(name)
        .filter((role) => role !== 'SYSTEM')
        .slice()
        .sort(),
    ]);
    own.delete(name);
  }
  // What remains is what timers and other commands do; no client has a mutation for it.
  expect([...own].sort()).toEqual(['expireInformationRequest', 'lapseAppeal', 'takeOverCheck', 'takeReports']);
});
