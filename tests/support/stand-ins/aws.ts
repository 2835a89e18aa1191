/**
 * Stand-in for the part of the aws plugin that the bootstrap and the examples use, working on
 * the IAM that AWS_ENDPOINT_URL names, with a provider's own keys or profile if it has any. For
 * the demo and the tests only.
 */
import { randomBytes, randomUUID } from "node:crypto";
import {
  AddUserToGroupCommand,
  AttachUserPolicyCommand,
  CreateLoginProfileCommand,
  CreateUserCommand,
  DeleteLoginProfileCommand,
  DeleteUserCommand,
  DetachUserPolicyCommand,
  GetLoginProfileCommand,
  GetUserCommand,
  IAMClient,
  RemoveUserFromGroupCommand,
  TagUserCommand,
} from "@aws-sdk/client-iam";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import type { Provider } from "@pulumi/pulumi/provider/index.js";
import { providerSettings } from "./provider-settings.ts";

type Properties = Record<string, any>;

/** One kind of resource. What its update does not change replaces it. */
interface Kind {
  create(inputs: Properties): Promise<{ id: string; outs: Properties }>;
  read?(id: string): Promise<Properties>;
  update?(olds: Properties, news: Properties): Promise<Properties>;
  delete(id: string, outs: Properties): Promise<unknown>;
  /** The properties that are changed in place. */
  updatable: string[];
}

const iam = { send: ((command: never) => clients().iam.send(command)) as IAMClient["send"] };
const sts = { send: ((command: never) => clients().sts.send(command)) as STSClient["send"] };

const clientsBySettings = new Map<string, { iam: IAMClient; sts: STSClient }>();

/** Those of the provider that is asked. */
function clients(): { iam: IAMClient; sts: STSClient } {
  const { accessKey: accessKeyId, secretKey: secretAccessKey = "x", profile } = providerSettings();
  const key = JSON.stringify({ accessKeyId, profile });
  const config = {
    region: "us-east-1",
    // As patient as the plugin: many users are asked for at once, over connections that the server may be closing.
    maxAttempts: 25,
    ...(profile === undefined ? {} : { profile }),
    ...(accessKeyId === undefined ? {} : { credentials: { accessKeyId, secretAccessKey } }),
  };
  const found = clientsBySettings.get(key) ?? { iam: new IAMClient(config), sts: new STSClient(config) };
  clientsBySettings.set(key, found);
  return found;
}

const KINDS: Record<string, Kind> = {
  "aws:iam/user:User": {
    updatable: ["path", "tags", "forceDestroy"],
    async create({ name, path, tags }) {
      const { User } = await iam.send(new CreateUserCommand({ UserName: name, Path: path, Tags: tagList(tags) }));
      return { id: name, outs: { arn: User?.Arn, uniqueId: User?.UserId } };
    },
    async read(UserName) {
      const { User } = await iam.send(new GetUserCommand({ UserName }));
      return { arn: User?.Arn, uniqueId: User?.UserId };
    },
    async update({ arn, uniqueId }, { name, tags }) {
      await iam.send(new TagUserCommand({ UserName: name, Tags: tagList(tags) }));
      return { arn, uniqueId };
    },
    delete: (UserName) => iam.send(new DeleteUserCommand({ UserName })),
  },

  "aws:iam/userGroupMembership:UserGroupMembership": {
    updatable: ["groups"],
    async create({ user, groups }) {
      await setGroups(user, [], groups);
      return { id: `${user}-groups`, outs: {} };
    },
    async update(olds, { user, groups }) {
      await setGroups(user, olds.groups, groups);
      return {};
    },
    delete: (_, { user, groups }) => setGroups(user, groups, []),
  },

  "aws:iam/userPolicyAttachment:UserPolicyAttachment": {
    updatable: [],
    async create({ user, policyArn }) {
      await iam.send(new AttachUserPolicyCommand({ UserName: user, PolicyArn: policyArn }));
      return { id: `${user}-policy`, outs: {} };
    },
    delete: (_, { user, policyArn }) => iam.send(new DetachUserPolicyCommand({ UserName: user, PolicyArn: policyArn })),
  },

  "aws:iam/userLoginProfile:UserLoginProfile": {
    updatable: [],
    async create({ user, passwordResetRequired = false }) {
      const password = `${randomBytes(12).toString("base64url")}aA1!`;
      await iam.send(
        new CreateLoginProfileCommand({
          UserName: user,
          Password: password,
          PasswordResetRequired: passwordResetRequired,
        }),
      );
      return { id: user, outs: { password } };
    },
    async read(UserName) {
      await iam.send(new GetLoginProfileCommand({ UserName }));
      return {};
    },
    delete: (UserName) => iam.send(new DeleteLoginProfileCommand({ UserName })),
  },

  "aws:secretsmanager/secret:Secret": {
    updatable: [],
    async create({ name: Name }) {
      const { ARN } = await secretsManager("CreateSecret", { Name, ClientRequestToken: randomUUID() });
      return { id: ARN, outs: { arn: ARN } };
    },
    delete: (SecretId) => secretsManager("DeleteSecret", { SecretId, ForceDeleteWithoutRecovery: true }),
  },

  // As the real one: another value is another version, in the place of this one.
  "aws:secretsmanager/secretVersion:SecretVersion": {
    updatable: [],
    async create({ secretId: SecretId, secretString }) {
      // A secret, which the engine hands over in a wrapping.
      const SecretString = secretString?.value ?? secretString;
      const request = { SecretId, SecretString, ClientRequestToken: randomUUID() };
      const { ARN, VersionId } = await secretsManager("PutSecretValue", request);
      return { id: `${ARN}|${VersionId}`, outs: { arn: ARN, versionId: VersionId } };
    },
    delete: async () => undefined,
  },
};

/** Secrets Manager by its wire format: one client more would be installed for four calls. */
async function secretsManager(operation: string, request: Properties): Promise<Properties> {
  const { AWS_ENDPOINT_URL = "", AWS_ACCESS_KEY_ID = "test" } = process.env;
  const answer = await fetch(AWS_ENDPOINT_URL, {
    method: "POST",
    headers: {
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": `secretsmanager.${operation}`,
      // The embedded AWS reads the key of it, and the service.
      authorization: `AWS4-HMAC-SHA256 Credential=${AWS_ACCESS_KEY_ID}/20260101/us-east-1/secretsmanager/aws4_request, SignedHeaders=host, Signature=0`,
    },
    body: JSON.stringify(request),
  });
  if (!answer.ok) throw new Error(`Secrets Manager answers ${operation} with ${await answer.text()}`);
  return (await answer.json()) as Properties;
}

const FUNCTIONS: Record<string, (inputs: Properties) => Promise<Properties>> = {
  "aws:index/getCallerIdentity:getCallerIdentity": async () => {
    const { Account = "", Arn = "", UserId = "" } = await sts.send(new GetCallerIdentityCommand());
    return { accountId: Account, arn: Arn, userId: UserId, id: Account };
  },
  "aws:iam/getUser:getUser": async ({ userName }) => {
    const { User } = await iam.send(new GetUserCommand({ UserName: userName }));
    return { userName, arn: User?.Arn, userId: User?.UserId, path: User?.Path, id: User?.UserId };
  },
};

export const awsStandIn: Provider = {
  version: "7.48.0",

  async check(urn, olds, news) {
    if (typeIn(urn) !== "aws:iam/user:User") return { inputs: news };
    // A name left out is made from the resource's name, and kept.
    const name = news.name ?? olds.name ?? `${urn.split("::").at(-1)}-${Date.now().toString(16)}`;
    return { inputs: { ...news, name } };
  },

  async diff(_id, urn, olds, news) {
    const kind = kindOf(urn);
    const names = new Set([...kind.updatable, ...Object.keys(news)].filter((name) => !name.startsWith("__")));
    const changed = [...names].filter(
      (name) => JSON.stringify(olds[name] ?? null) !== JSON.stringify(news[name] ?? null),
    );
    return { changes: changed.length > 0, replaces: changed.filter((name) => !kind.updatable.includes(name)) };
  },

  async create(urn, inputs) {
    const { id, outs } = await kindOf(urn).create(inputs);
    return { id, outs: { ...inputs, ...outs } };
  },

  async read(id, urn, props) {
    return { id, props: { ...props, ...(await kindOf(urn).read?.(id)) } };
  },

  async update(_id, urn, olds, news) {
    return { outs: { ...news, ...(await kindOf(urn).update?.(olds as Properties, news)) } };
  },

  async delete(id, urn, props) {
    await kindOf(urn).delete(id, props as Properties);
  },

  async invoke(token, inputs) {
    const answer = FUNCTIONS[token];
    if (answer === undefined) throw new Error(`The stand-in for the aws plugin does not know ${token}.`);
    return { outputs: await answer(inputs) };
  },
};

/** The type of a resource, without those of its parents. */
function typeIn(urn: string): string {
  return urn.split("::")[2]?.split("$").at(-1) ?? "";
}

function kindOf(urn: string): Kind {
  const kind = KINDS[typeIn(urn)];
  if (kind === undefined) throw new Error(`The stand-in for the aws plugin does not know ${typeIn(urn)}.`);
  return kind;
}

async function setGroups(UserName: string, before: string[] = [], after: string[] = []): Promise<void> {
  for (const GroupName of after.filter((group) => !before.includes(group))) {
    await iam.send(new AddUserToGroupCommand({ UserName, GroupName }));
  }
  for (const GroupName of before.filter((group) => !after.includes(group))) {
    await iam.send(new RemoveUserFromGroupCommand({ UserName, GroupName }));
  }
}

function tagList(tags: Record<string, string> = {}) {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}
