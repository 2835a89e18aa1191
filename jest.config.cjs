const { join } = require("node:path");

const swc = ["@swc/jest", { jsc: { target: "es2023", parser: { syntax: "typescript" } } }];

/** Libraries that are ES modules only; jest runs CommonJS, so these are translated too. */
const ES_MODULES = "(age-encryption|@noble|@scure|github-slugger)/";

// The engine starts three processes of Node.js for each command, all with the same modules: they are compiled once.
process.env.NODE_COMPILE_CACHE ??= join(__dirname, ".tmp", "compiled");

// Tests run against the TypeScript sources (unit) or the built package on the real engine (the others).
const common = {
  rootDir: __dirname,
  testEnvironment: "node",
  transform: { "\\.m?ts$": swc, [`/node_modules/${ES_MODULES}.*\\.js$`]: swc },
  transformIgnorePatterns: [`/node_modules/(?!${ES_MODULES})`],
  modulePathIgnorePatterns: ["<rootDir>/.tmp/"],
};

module.exports = {
  projects: ["unit", "engine", "faults", "packaging"].map((name) => ({
    ...common,
    displayName: name,
    testMatch: [`<rootDir>/tests/${name}/**/*.test.ts`],
    ...(name === "unit" ? {} : { globalSetup: "<rootDir>/tests/support/compile-providers.cjs" }),
  })),
  // The engine uses two cores itself; what waits for time limits and pauses leaves room for a third.
  maxWorkers: 3,
  // Far more than any test needs: none is to fail because a machine is slow or busy.
  testTimeout: 600_000,
  reporters: ["default", "<rootDir>/tests/support/closing-line.cjs"],
};
