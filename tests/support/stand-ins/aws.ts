/**
 * Stand-in for the part of the aws plugin that the bootstrap and the examples use, working on
 * the IAM that AWS_ENDPOINT_URL names. For the demo and the tests only.
 */
import { CreateUserCommand, DeleteUserCommand, GetUserCommand, IAMClient, TagUserCommand } from "@aws-sdk/client-iam";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import type { Provider } from "@pulumi/pulumi/provider/index.js";

const USER = "aws:iam/user:User";
const CALLER = "aws:index/getCallerIdentity:getCallerIdentity";

const iam = new IAMClient({ region: "us-east-1" });
const sts = new STSClient({ region: "us-east-1" });

export const awsStandIn: Provider = {
  version: "7.48.0",

  async check(urn, olds, news) {
    // A name left out is made from the resource's name, and kept.
    const name = news.name ?? olds.name ?? `${urn.split("::").at(-1)}-${Date.now().toString(16)}`;
    return { inputs: { ...news, name } };
  },

  async diff(_id, _urn, olds, news) {
    const changed = ["name", "path", "tags", "forceDestroy"].filter(
      (property) => JSON.stringify(olds[property] ?? null) !== JSON.stringify(news[property] ?? null),
    );
    return { changes: changed.length > 0, replaces: changed.filter((property) => property === "name") };
  },

  async create(urn, inputs) {
    if (!urn.includes(USER)) throw new Error(`The stand-in for the aws plugin knows only ${USER}.`);
    const { User } = await iam.send(
      new CreateUserCommand({ UserName: inputs.name, Path: inputs.path, Tags: tagList(inputs.tags) }),
    );
    return { id: inputs.name, outs: { ...inputs, arn: User?.Arn, uniqueId: User?.UserId } };
  },

  async read(id, _urn, props) {
    const { User } = await iam.send(new GetUserCommand({ UserName: id }));
    return { id, props: { ...props, arn: User?.Arn, uniqueId: User?.UserId } };
  },

  async update(id, _urn, olds, news) {
    await iam.send(new TagUserCommand({ UserName: id, Tags: tagList(news.tags) }));
    return { outs: { ...news, arn: olds.arn, uniqueId: olds.uniqueId } };
  },

  async delete(id) {
    await iam.send(new DeleteUserCommand({ UserName: id }));
  },

  async invoke(token) {
    if (token !== CALLER) throw new Error(`The stand-in for the aws plugin knows only ${CALLER}.`);
    const { Account = "", Arn = "", UserId = "" } = await sts.send(new GetCallerIdentityCommand());
    return { outputs: { accountId: Account, arn: Arn, userId: UserId, id: Account } };
  },
};

function tagList(tags: Record<string, string> = {}) {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}
