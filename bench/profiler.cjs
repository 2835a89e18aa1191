// Loaded before all else in the program and in the provider: profiles the process, piece by piece, for the engine may kill it.
const { Session } = require("node:inspector");
const { writeFileSync } = require("node:fs");
const { join } = require("node:path");

// To take one stops the process for longer the longer it ran, so few are taken.
const PIECE_MS = 20_000;
const folder = process.env.PROFILES;
const role = ["run", "dynamic-provider"].find((name) =>
  process.argv[1]?.includes(join("@pulumi", "pulumi", "cmd", name)),
);

if (folder !== undefined && role !== undefined) {
  const session = new Session();
  session.connect();
  session.post("Profiler.enable");
  session.post("Profiler.setSamplingInterval", { interval: 500 });
  session.post("Profiler.start");
  let piece = 0;
  const keep = () =>
    session.post("Profiler.stop", (_, { profile }) => {
      writeFileSync(join(folder, `${role}-${process.pid}-${piece++}.cpuprofile`), JSON.stringify(profile));
    });
  setInterval(() => {
    keep();
    session.post("Profiler.start");
  }, PIECE_MS).unref();
  for (const end of ["exit", "SIGINT", "SIGTERM"]) process.on(end, keep);
}
