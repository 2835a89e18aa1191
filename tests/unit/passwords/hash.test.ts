import { scryptSync } from "node:crypto";
import { readFile } from "node:fs/promises";
import { describe, expect, jest, test } from "@jest/globals";
import { hashPassword, isHashOf } from "../../../provider/src/passwords/hash.ts";
import { Secret } from "../../../provider/src/passwords/secret.ts";

const password = new Secret("pässword\n1");

describe("the hash of a password", () => {
  test("is a PHC string that names its own cost and salt", async () => {
    const phc = await hashPassword(password, "alice", 1, { ln: 6, r: 8, p: 1 });
    const [, scheme, cost, salt = "", hash] = phc.split("$");
    expect([scheme, cost]).toEqual(["scrypt", "ln=6,r=8,p=1"]);
    expect(Buffer.from(salt, "base64")).toHaveLength(16);
    const expected = scryptSync("pässword\n1", Buffer.from(salt, "base64"), 16, { N: 64, r: 8, p: 1 });
    expect(hash).toBe(expected.toString("base64").replaceAll("=", ""));
  });

  test("is the same in every process, for preview and update must agree", async () => {
    const again = new Secret(password.reveal());
    expect(await hashPassword(again, "alice", 1)).toBe(await hashPassword(password, "alice", 1));
  });

  test.each([undefined, "-1", "0", "1", "many"])(
    "is made of many passwords without keeping a file waiting for all: UV_THREADPOOL_SIZE=%s",
    async (threads) => {
      const { UV_THREADPOOL_SIZE: before, ...others } = process.env;
      process.env = { ...others, ...(threads === undefined ? {} : { UV_THREADPOOL_SIZE: threads }) };
      const order: string[] = [];
      await jest.isolateModulesAsync(async () => {
        const own = await import("../../../provider/src/passwords/hash.ts");
        process.env = { ...others, ...(before === undefined ? {} : { UV_THREADPOOL_SIZE: before }) };
        const hashes = Array.from({ length: 64 }, async (_, version) => {
          await own.hashPassword(new Secret("slow"), "alice", version, { ln: 12, r: 8, p: 1 });
          order.push("hash");
        });
        const file = readFile(__filename).then(() => order.push("file"));
        await Promise.all([...hashes, file]);
      });
      expect(order).toHaveLength(65);
      expect(order.indexOf("file")).toBeLessThan(32);
    },
  );

  test("has another salt for another user and for another version", async () => {
    const hashes = await Promise.all([
      hashPassword(password, "alice", 1),
      hashPassword(password, "alice", 2),
      hashPassword(password, "bob", 1),
      hashPassword(password, "alice1", 1),
    ]);
    expect(new Set(hashes.map((phc) => phc.split("$")[3])).size).toBe(4);
  });

  test("is recognised by its own cost, whatever today's is", async () => {
    const old = await hashPassword(password, "alice", 3, { ln: 4, r: 2, p: 1 });
    expect(await isHashOf(old, password)).toBe(true);
    expect(await isHashOf(old, new Secret("pässword\n2"))).toBe(false);
  });

  test("is held against a password once, however often it is asked", async () => {
    const password = new Secret("pässword 1");
    const phc = await hashPassword(password, "alice", 1);
    expect(isHashOf(phc, password)).toBe(isHashOf(phc, password));
    expect(await isHashOf(phc, password)).toBe(true);
    expect(await isHashOf(phc, new Secret("pässword 2"))).toBe(false);
  });

  test("is recognised in the 32 bytes of earlier releases, and never in fewer than 16", async () => {
    const [, scheme, cost, salt = ""] = (await hashPassword(password, "alice", 1, { ln: 6, r: 8, p: 1 })).split("$");
    const hashOf = (bytes: number) =>
      scryptSync("pässword\n1", Buffer.from(salt, "base64"), bytes, { N: 64, r: 8, p: 1 }).toString("base64");
    const phc = (bytes: number) => `$${scheme}$${cost}$${salt}$${hashOf(bytes).replaceAll("=", "")}`;
    expect(await isHashOf(phc(32), password)).toBe(true);
    expect(await isHashOf(phc(32), new Secret("another"))).toBe(false);
    expect(await isHashOf(phc(15), password)).toBe(false);
    expect(await isHashOf(`$${scheme}$${cost}$${salt}$A`, new Secret("another"))).toBe(false);
  });

  test("can be made at a cost beyond Node's default memory limit", async () => {
    const phc = await hashPassword(password, "alice", 1, { ln: 16, r: 8, p: 1 });
    expect(await isHashOf(phc, password)).toBe(true);
  });

  test.each(["", "plain", "$argon2id$v=19$m=1,t=1,p=1$c2FsdA$aGFzaA"])("is never %j", async (text) => {
    expect(await isHashOf(text, password)).toBe(false);
  });
});
