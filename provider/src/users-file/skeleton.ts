export const SCHEMA = "./node_modules/pulumi-aws-login-profile/users-file.schema.json";

/** A users file to begin with. All of it is ASCII, which comes through the shells of Windows as it is. */
export function skeleton(format: "yaml" | "json"): string {
  return format === "yaml" ? YAML : JSON.stringify({ $schema: SCHEMA, users: USERS }, undefined, 2);
}

const USERS = [
  { name: "alice" },
  { name: "bob", path: "/contractors/", tags: { team: "platform" } },
  { name: "carol", existing: true, adoptExisting: true, randomPassword: false, allowPasswordChange: false },
];

const YAML = `# yaml-language-server: $schema=${SCHEMA}
users:
  # An IAM user with a random initial password, which must be changed at the first sign-in.
  - name: alice

  # What else an entry may say of the user.
  - name: bob
    path: /contractors/
    tags:
      team: platform
    # groups: [developers]
    # Instead of a random password: one that is generated, and that only its owner can read.
    # pgpKey: keybase:bob
    # ageRecipients: [age1...]

  # A user and a login profile that exist already: both stay as they are.
  - name: carol
    existing: true
    adoptExisting: true
    randomPassword: false
    allowPasswordChange: false`;
