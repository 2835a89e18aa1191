/** The rooms of provider/src, by floors. Imports go down only, also those of types, and never in a circle. */
const FLOORS = [
  ["plugin", "discovery"],
  ["resources"],
  ["users-file"],
  ["dynamic"],
  ["lifecycle"],
  ["aws", "recipients"],
  ["passwords"],
  ["common"],
];

const folder = (room) => `^provider/src/${room}/`;
const others = (rooms, room) => rooms.filter((other) => other !== room);

module.exports = {
  forbidden: [
    { name: "no-circle", severity: "error", from: {}, to: { circular: true } },
    {
      name: "rooms-import-no-entry",
      severity: "error",
      from: { path: folder(".+") },
      to: { path: "^provider/src/[^/]+$" },
    },
    ...FLOORS.flatMap((rooms, floor) =>
      rooms.map((room) => ({
        name: `${room}-imports-down`,
        severity: "error",
        from: { path: folder(room) },
        to: { path: [...FLOORS.slice(0, floor).flat(), ...others(rooms, room)].map(folder) },
      })),
    ).filter(({ to }) => to.path.length > 0),
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "provider/tsconfig.json" },
    doNotFollow: { path: "node_modules" },
  },
};
