/** Stand-in for the random plugin's `RandomPassword`, for the demo and the tests only. */
import { randomInt } from "node:crypto";
import type { Provider } from "@pulumi/pulumi/provider/index.js";

const TOKEN = "random:index/randomPassword:RandomPassword";
const CLASSES = ["abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789"];
const SPECIAL = "!@#$%&*()-_=+[]{}<>:?";

export const randomStandIn: Provider = {
  version: "4.21.2",

  async diff(_id, _urn, olds, news) {
    const replaces = ["length", "keepers"].filter((name) => JSON.stringify(olds[name]) !== JSON.stringify(news[name]));
    return { changes: replaces.length > 0, replaces };
  },

  async create(urn, inputs) {
    if (!urn.includes(TOKEN)) throw new Error(`The stand-in for the random plugin knows only ${TOKEN}.`);
    return {
      id: "none",
      outs: {
        ...inputs,
        result: randomPassword(inputs.length, inputs.overrideSpecial ?? SPECIAL),
        bcryptHash: "not made by the stand-in",
      },
    };
  },

  async update(_id, _urn, olds, news) {
    return { outs: { ...olds, ...news } };
  },

  async delete() {},
};

/** At least one character of each class, like the real one with its minimums set to 1. */
function randomPassword(length: number, special: string): string {
  const classes = [...CLASSES, special];
  const pick = (from: string) => from[randomInt(from.length)];
  const characters = Array.from({ length }, (_, index) => pick(classes[index] ?? classes.join("")));
  return characters
    .map((character) => ({ character, order: randomInt(2 ** 32) }))
    .sort((a, b) => a.order - b.order)
    .map(({ character }) => character)
    .join("");
}
