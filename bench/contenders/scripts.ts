/** Contenders without Pulumi: the AWS CLI in a loop, Ansible, and the SDK with the engine's concurrency. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { labEnvironment, SCRATCH } from "../../tests/support/lab.ts";
import { run } from "../../tests/support/processes.ts";
import { ANSIBLE } from "../ansible.ts";
import { Usage } from "../usage.ts";
import { type Contender, declared, type Phase } from "./contender.ts";

export const AWS_CLI = "AWS CLI, shell loop";
export const ANSIBLE_LOOP = "Ansible iam_user";
export const SDK_LOOP = "SDK, plain loop";

/** A command line for each phase that the contender has. */
type Commands = Partial<Record<Phase, string[]>>;

const COMMON = `
const { IAMClient, CreateLoginProfileCommand, UpdateLoginProfileCommand, GetLoginProfileCommand, DeleteLoginProfileCommand } =
  require("@aws-sdk/client-iam");
const { GENERATION, RESET } = process.env;
const queue = [...require("./users.json")];
const client = new IAMClient({});
const password = (user) => ({ Password: "Bench-Password-" + GENERATION + "-" + user });
const flag = { PasswordResetRequired: RESET === "true" };
const commands = {
  create: (user) => new CreateLoginProfileCommand({ UserName: user, ...password(user), ...flag }),
  flag: (user) => new UpdateLoginProfileCommand({ UserName: user, ...flag }),
  rotate: (user) => new UpdateLoginProfileCommand({ UserName: user, ...password(user), ...flag }),
  refresh: (user) => new GetLoginProfileCommand({ UserName: user }),
  destroy: (user) => new DeleteLoginProfileCommand({ UserName: user }),
};
async function worker() {
  for (let user = queue.shift(); user !== undefined; user = queue.shift()) await client.send(commands[process.argv[2]](user));
}
`;

/** The engine runs so many operations at a time where it is not told otherwise. */
const CONCURRENCY = 4 * availableParallelism();
const SDK_SCRIPT = `${COMMON}Promise.all(Array.from({ length: ${CONCURRENCY} }, worker));\n`;

const CLI_SCRIPT = `set -eu
flag() { if [ "$RESET" = true ]; then echo --password-reset-required; else echo --no-password-reset-required; fi; }
while read -r user; do
  case "$1" in
    create) aws iam create-login-profile --user-name "$user" --password "Bench-Password-$GENERATION-$user" $(flag) ;;
    flag) aws iam update-login-profile --user-name "$user" $(flag) ;;
    rotate) aws iam update-login-profile --user-name "$user" --password "Bench-Password-$GENERATION-$user" $(flag) ;;
    refresh) aws iam get-login-profile --user-name "$user" ;;
    destroy) aws iam delete-login-profile --user-name "$user" ;;
  esac
done < users.txt
`;

const PLAYBOOK = `- hosts: localhost
  connection: local
  gather_facts: false
  tasks:
    - name: login profiles
      amazon.aws.iam_user:
        name: "{{ item }}"
        state: present
        password: "{{ omit if remove | default(false) else 'Bench-Password-' + lookup('env', 'GENERATION') + '-' + item }}"
        password_reset_required: "{{ omit if remove | default(false) else lookup('env', 'RESET') == 'true' }}"
        update_password: always
        remove_password: "{{ remove | default(omit) }}"
      no_log: true
      loop: "{{ lookup('file', 'users.json') | from_json }}"
`;

const playbook = [join(ANSIBLE, "bin", "ansible-playbook"), "-i", "localhost,", "playbook.yaml"];
const phases = (command: (phase: Phase) => string[]): Commands =>
  Object.fromEntries(
    (["create", "flag", "rotate", "refresh", "destroy"] as const).map((phase) => [phase, command(phase)]),
  );

export const SCRIPT_CONTENDERS: Contender[] = [
  contender(
    SDK_LOOP,
    { 500: 3 },
    phases((phase) => [process.execPath, "sdk.cjs", phase]),
  ),
  contender(
    AWS_CLI,
    { 50: 1 },
    phases((phase) => ["sh", "loop.sh", phase]),
  ),
  contender(
    ANSIBLE_LOOP,
    { 100: 1 },
    {
      create: playbook,
      rotate: playbook,
      destroy: [...playbook, "--extra-vars", '{"remove": true}'],
    },
  ),
];

function contender(name: string, rounds: Contender["rounds"], commands: Commands): Contender {
  return {
    name,
    rounds,
    async start(users, environment) {
      mkdirSync(SCRATCH, { recursive: true });
      const folder = mkdtempSync(join(SCRATCH, "script-"));
      for (const [file, text] of Object.entries({
        "users.json": JSON.stringify(users),
        "users.txt": `${users.join("\n")}\n`,
        "sdk.cjs": SDK_SCRIPT,
        "loop.sh": CLI_SCRIPT,
        "playbook.yaml": PLAYBOOK,
      })) {
        writeFileSync(join(folder, file), text);
      }
      return {
        async measure(phase) {
          const [command, ...args] = commands[phase] ?? [];
          if (command === undefined) return undefined;
          let usage: Usage | undefined;
          const started = performance.now();
          const { code, stdout, stderr } = await run(command, args, {
            cwd: folder,
            env: {
              ...labEnvironment(),
              ...environment,
              ...declared(phase),
              ANSIBLE_PYTHON_INTERPRETER: join(ANSIBLE, "bin", "python"),
            },
            onStart: (child) => {
              usage = new Usage(child.pid ?? 0);
            },
          });
          const wallMs = performance.now() - started;
          if (code !== 0) throw new Error(`${name}, ${phase}: ${stdout}${stderr}`);
          return { wallMs, costs: usage?.stop() ?? {} };
        },
        remove: () => rmSync(folder, { recursive: true, force: true }),
      };
    },
  };
}
