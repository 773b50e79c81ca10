// Command `story`: plays one story in the terminal on the running network, so that a newcomer sees the whole system work. What happens is
// decided by the stories; here is only how it looks.

import { BAD_ARGUMENTS, CommandFailure, readArguments, runCommand } from './command-line';
import { localFolder } from './local-folder';
import { NOT_RUNNING, readNetwork } from './network-record';
import { folderOf } from './start-options';
import { PLAYBILL } from './stories/playbill';
import { createStage, type Narrator, StoryFault } from './stories/stage';
import { heading, paragraph, row, type TableStyle } from './table-text';

const USAGE = `Plays a story on the running network and tells what happens.

usage: npm run -s story -- NUMBER [--data DIR]

${PLAYBILL.map(({ number, title }) => `  ${String(number).padEnd(12)}  ${title}`).join('\n')}

  --data DIR    folder of the network (.local)
  --help        this text
`;

async function story(): Promise<number> {
  const given = readArguments(process.argv.slice(2), USAGE, { data: { type: 'string' } }, ['the NUMBER of a story']);
  if (given === null) return 0;
  const played = PLAYBILL.find(({ number }) => String(number) === given.positionals[0]);
  if (played === undefined) {
    const numbers = PLAYBILL.map(({ number }) => number).join(', ');
    throw new CommandFailure(`There is no such story; there are ${numbers}.`, BAD_ARGUMENTS);
  }
  const folder = localFolder(folderOf(given));
  const network = readNetwork(folder);
  if (network === null) throw new CommandFailure(NOT_RUNNING);
  const isTerminal = process.stdout.isTTY === true;
  const width = isTerminal ? Math.min(120, Math.max(60, process.stdout.columns)) : 100;
  const style = { width, hasColour: isTerminal && process.env.NO_COLOR === undefined };
  process.stdout.write(`${heading(`Story ${played.number}: ${played.title}`, style)}\n`);
  try {
    await played.play(createStage(network, folder, narratorOf(style)));
  } catch (cause) {
    throw cause instanceof StoryFault ? new CommandFailure(cause.message) : cause;
  }
  process.stdout.write('The story went as it is told.\n');
  return 0;
}

function narratorOf(style: TableStyle): Narrator {
  const print = (text: string): void => void process.stdout.write(`${text}\n`);
  return {
    tell: (text) =>
      print(
        `\n${text
          .split('\n')
          .map((line) => paragraph(line, style.width))
          .join('\n')}`,
      ),
    act: (who, what) => print(row(who, what, style)),
    see: (what) => print(row('', `✓ ${what}`, style, { emphasis: ['green'] })),
  };
}

void runCommand(story);
