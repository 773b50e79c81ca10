// The committed table of decisions, read as it is written: what tests over HTTP compare with is what people have read, not the functions that
// made it.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ACTOR_ROLES, type ActorRole } from '../../shared/vocabulary/role';

/** Situations of the table, by their number in its head. */
export type SituationNumber = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

const LINES = readFileSync(join(__dirname, 'decisions.txt'), 'utf8').split('\n');
const CELLS: ReadonlyMap<string, readonly string[]> = new Map(
  LINES.filter((line) => /^[A-Z]\w+\.\w+ /.test(line)).map((line) => {
    const [coordinate = '', ...cells] = line.split(/ +/);
    return [coordinate, cells];
  }),
);

/** Every coordinate that the table decides. */
export function writtenCoordinates(): readonly string[] {
  return [...CELLS.keys()];
}

/** The letter for a field, a role and a situation; a fault for a field that the table does not have. */
export function writtenDecision(coordinate: string, role: ActorRole, situation: SituationNumber): string {
  const letter = CELLS.get(coordinate)?.[ACTOR_ROLES.indexOf(role)]?.[situation - 1];
  if (letter === undefined) throw new Error(`The table of decisions does not have ${coordinate}.`);
  return letter;
}

/** Whether a letter lets a reader see the field, whatever of it. */
export function isShown(letter: string): boolean {
  return 'SNPMC'.includes(letter);
}
