// How the tests are compiled and run. TypeScript 7 has no ts-jest, so @swc/jest transforms; ES modules without a CommonJS
// entry are transformed too, because jest on Node 20 cannot require them.
const typescript = {
  swcrc: false,
  jsc: {
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
    target: 'es2023',
    keepClassNames: true,
  },
  module: { type: 'commonjs' },
  sourceMaps: 'inline',
};
const ecmascript = {
  swcrc: false,
  jsc: { parser: { syntax: 'ecmascript' }, target: 'es2023' },
  module: { type: 'commonjs' },
};

module.exports = {
  rootDir: '..',
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  maxWorkers: 2,
  globalSetup: '<rootDir>/test/support/start-postgres.ts',
  globalTeardown: '<rootDir>/test/support/stop-postgres.ts',
  testTimeout: 30_000,
  transform: {
    '^.+\\.ts$': ['@swc/jest', typescript],
    'node_modules/.+\\.js$': ['@swc/jest', ecmascript],
  },
  transformIgnorePatterns: ['/node_modules/(?!(jose|oidc-provider|@noble|cookie)/)', '\\.node$'],
};
