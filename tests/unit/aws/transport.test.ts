import { expect, test } from "@jest/globals";
import { bypass } from "../../../provider/src/aws/transport.ts";

test.each<[list: string, host: string, port: number, goesDirect: boolean]>([
  ["", "iam.amazonaws.com", 443, false],
  ["*", "iam.amazonaws.com", 443, true],
  ["amazonaws.com", "iam.amazonaws.com", 443, true],
  [".amazonaws.com", "iam.amazonaws.com", 443, true],
  ["*.amazonaws.com", "iam.amazonaws.com", 443, true],
  ["iam.amazonaws.com", "IAM.amazonaws.com", 443, true],
  ["amazonaws.com", "notamazonaws.com", 443, false],
  ["localhost, internal", "iam.internal", 443, true],
  ["localhost internal", "localhost", 80, true],
  ["internal:8443", "iam.internal", 8443, true],
  ["internal:8443", "iam.internal", 443, false],
  ["127.0.0.1", "127.0.0.1", 80, true],
  ["10.0.0.0/8", "10.1.2.3", 443, true],
  ["10.0.0.0/8", "11.1.2.3", 443, false],
  ["fd00::/8", "[fd12::1]", 443, true],
  ["10.0.0.0/99", "10.1.2.3", 443, false],
])("of the list %j, %s:%d goes direct: %p", (list, host, port, goesDirect) => {
  expect(bypass(list)(host, port)).toBe(goesDirect);
});
