import { expect, test } from "@jest/globals";
import { settingsAdvice } from "../../../provider/src/aws/advice.ts";
import { ServerClock } from "../../../provider/src/aws/clock.ts";
import { IamError, type LoginProfiles } from "../../../provider/src/aws/iam.ts";
import { PatientLoginProfiles } from "../../../provider/src/aws/retry.ts";
import { stackKeyOf } from "../../../provider/src/aws/settings.ts";

test.each([
  ["CredentialsProviderError", "Sign in or give credentials (aws sso login, AWS_PROFILE, aws:profile)"],
  ["ExpiredToken", "Sign in or give credentials"],
  ["DEPTH_ZERO_SELF_SIGNED_CERT", "pulumi config set aws:customCaBundle"],
  ["ForeignAnswer", "Check the endpoint (aws:endpoints, AWS_ENDPOINT_URL), the proxy (aws:httpsProxy, HTTPS_PROXY)"],
])("after %s, the settings that may mend it are named as the front end names them", (code, advice) => {
  expect(settingsAdvice(code, stackKeyOf)).toContain(advice);
  expect(settingsAdvice(code, (name) => `own:${name}`)).not.toContain("aws:");
});

test.each(["AccessDenied", "ECONNREFUSED", "NoSuchEntity"])("of %s, no setting is to blame", (code) => {
  expect(settingsAdvice(code, stackKeyOf)).toBeUndefined();
});

test("the advice comes with a call that failed, unless it has advice of its own", async () => {
  let failure = new IamError("ExpiredToken", "as scripted", "refused", "id-1");
  const iam = { delete: () => Promise.reject(failure) } as unknown as LoginProfiles;
  const patient = new PatientLoginProfiles(
    iam,
    new ServerClock(),
    1000,
    async () => ({ attempts: 1, adaptive: false }),
    () => {},
    (code) => `Mend ${code}.`,
  );
  const expected = { code: "ExpiredToken", message: "as scripted", kind: "refused", requestId: "id-1" };
  await expect(patient.delete("alice")).rejects.toMatchObject({ ...expected, advice: "Mend ExpiredToken." });
  failure = new IamError("ForeignAnswer", "as scripted", "server error");
  await expect(patient.delete("alice")).rejects.toMatchObject({
    message: expect.stringContaining("given up after 1 attempts"),
    advice: "Mend ForeignAnswer.",
  });
  failure = new IamError("ExpiredToken", "as scripted", "refused", "id-1", "Renew the token.");
  await expect(patient.delete("alice")).rejects.toMatchObject({ ...expected, advice: "Renew the token." });
});
