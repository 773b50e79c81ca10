// A witness of a measurement: the shipped program, which ends when the measurement that started it is gone, however that ended. Its standard
// input is a pipe that only the measurement holds.

process.stdin.on('end', () => process.exit(0));
process.stdin.on('error', () => process.exit(0));
process.stdin.resume();

import '../../shared/witness/main';
