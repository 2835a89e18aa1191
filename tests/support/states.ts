/** States of other tools, as they keep and print them. */

/** A password that stands in each of them, and its encrypted form. */
export const IN_THE_STATE = ["Made-By-Terraform-01!", "wcBMA-encrypted-to-somebody"];

const [password, encrypted_password] = IN_THE_STATE;

/** What Terraform keeps of a user's login profile. */
export function attributes(user: string | undefined, others: object = {}) {
  return {
    id: user,
    user,
    password,
    encrypted_password,
    key_fingerprint: "5b8ad6d9",
    password_length: 20,
    password_reset_required: false,
    pgp_key: null,
    ...others,
  };
}

interface Instance {
  index_key?: string | number;
  attributes: object | null;
  deposed?: string;
}

/** A resource in a state of format 4. */
export function resource(name: string, instances: Instance[], others: object = {}) {
  return {
    mode: "managed",
    type: "aws_iam_user_login_profile",
    name,
    provider: 'provider["registry.terraform.io/hashicorp/aws"]',
    instances: instances.map((instance) => ({ schema_version: 0, sensitive_attributes: [], ...instance })),
    ...others,
  };
}

/** A state of format 4. */
export function terraformState(...resources: object[]) {
  return { version: 4, terraform_version: "1.11.4", serial: 3, lineage: "5b0f1f9e", outputs: {}, resources };
}

const URN = "urn:pulumi:dev::project::";
const TYPE = "aws:iam/userLoginProfile:UserLoginProfile";

/** A login profile of `@pulumi/aws` as a stack's state has it. */
export function stackResource(name: string, user: string | undefined, others: object = {}) {
  return {
    urn: `${URN}${TYPE}::${name}`,
    custom: true,
    id: user,
    type: TYPE,
    inputs: { user, passwordLength: 20 },
    outputs: { id: user, user, password, encryptedPassword: encrypted_password, passwordResetRequired: false },
    ...others,
  };
}

/** What `pulumi stack export` prints. */
export function stackExport(...resources: object[]) {
  const stack = { urn: `${URN}pulumi:pulumi:Stack::project-dev`, custom: false, type: "pulumi:pulumi:Stack" };
  return { version: 3, deployment: { manifest: {}, resources: [stack, ...resources] } };
}
