// Loaded before a program of the network: takes the doors, the leave and the signatures away, in code, so that a measurement can tell what
// they cost. The programs are otherwise those that are delivered, and have no switch of their own. Gateway and subgraphs must both have it.

const { existsSync } = require('node:fs');
const { join, sep } = require('node:path');

const built = join(__dirname, '..', '..', 'dist');
const program = process.argv[1] ?? '';
const isOf = (...house) => program.startsWith(join(built, ...house) + sep);
const part = (...path) => require(join(built, ...path));

if (existsSync(built)) {
  if (isOf('gateway')) part('gateway', 'operator-access.js').operatorAccess = () => ({});
  if (isOf('subgraphs', 'numbering') || isOf('subgraphs', 'fraud-cases')) {
    part('shared', 'identity', 'gateway-door.js').createGatewayDoor = () => ({ believe: () => ({}) });
  }
  if (isOf('subgraphs', 'operator')) {
    const { createOperatorContext } = part('subgraphs', 'operator', 'api', 'operator-context.js');
    const everything = { mayRead: () => true, includes: () => true, opensClear: () => true };
    part('subgraphs', 'operator', 'gateway-side.js').openGatewaySide =
      (_config, { setting }) =>
      (_request, enter) =>
        enter(createOperatorContext(setting, null, everything));
  }
}
