/** Contenders without Pulumi: the AWS CLI in a loop, Ansible, and the SDK with the engine's concurrency. */
import type { ChildProcess } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { labEnvironment, SCRATCH } from "../../tests/support/lab.ts";
import { run } from "../../tests/support/processes.ts";
import { ANSIBLE } from "../ansible.ts";
import { type Costs, Usage } from "../usage.ts";
import { type Contender, declared, type Phase } from "./contender.ts";

export const AWS_CLI = "AWS CLI, shell loop";
export const ANSIBLE_LOOP = "Ansible iam_user";
export const SDK_LOOP = "SDK, plain loop";
export const SDK_LOOP_OF_TEN = "SDK, plain loop of ten";

/** The most users of loops that start a process, or a module, for each: they are measured on few, and scaled. */
const LARGEST = 100;

/** A command line for each phase that the contender has. */
export type Commands = Partial<Record<Phase, string[]>>;

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
/** `LoginProfiles` makes so many calls at a time where it is not told otherwise. */
const CONCURRENCY_OF_MANY = 10;
const SDK_SCRIPT = `${COMMON}Promise.all(Array.from({ length: Number(process.argv[3]) }, worker));\n`;
const sdkLoop = (concurrency: number) => phases((phase) => [process.execPath, "sdk.cjs", phase, String(concurrency)]);

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
  contender(SDK_LOOP, { 500: 3 }, sdkLoop(CONCURRENCY)),
  contender(SDK_LOOP_OF_TEN, { 1: 3, 10: 3, 100: 3, 500: 3, 1000: 3, 2000: 3 }, sdkLoop(CONCURRENCY_OF_MANY)),
  contender(
    AWS_CLI,
    { 50: 1 },
    phases((phase) => ["sh", "loop.sh", phase]),
    { largest: LARGEST },
  ),
  contender(
    ANSIBLE_LOOP,
    { 100: 1 },
    {
      create: playbook,
      rotate: playbook,
      destroy: [...playbook, "--extra-vars", '{"remove": true}'],
    },
    { largest: LARGEST },
  ),
];

interface More {
  largest?: number;
  /** By name, beside the users and the scripts. */
  files?: Record<string, string>;
  /** Runs once, untimed. */
  prepare?: string[];
  /** What the commands need of an environment in their own words. */
  environment?(of: NodeJS.ProcessEnv): NodeJS.ProcessEnv;
  /** The file that the contender keeps its state in. */
  state?: string;
}

/** A contender that is a command line for each phase, in a folder of its own. */
export function contender(
  name: string,
  rounds: Contender["rounds"],
  commands: Commands,
  { largest, files = {}, prepare, environment: more = () => ({}), state }: More = {},
): Contender {
  return {
    name,
    rounds,
    ...(largest === undefined ? {} : { largest }),
    async start(users, environment) {
      mkdirSync(SCRATCH, { recursive: true });
      const folder = mkdtempSync(join(SCRATCH, "script-"));
      for (const [file, text] of Object.entries({
        "users.json": JSON.stringify(users),
        "users.txt": `${users.join("\n")}\n`,
        "sdk.cjs": SDK_SCRIPT,
        "loop.sh": CLI_SCRIPT,
        "playbook.yaml": PLAYBOOK,
        ...files,
      })) {
        writeFileSync(join(folder, file), text);
      }
      const execute = async (
        [command = "", ...args]: string[],
        phase: Phase,
        onStart: (child: ChildProcess) => void = () => {},
      ) => {
        const known = { ...labEnvironment(), ...environment, ...declared(phase) };
        const env = { ...known, ...more(known), ANSIBLE_PYTHON_INTERPRETER: join(ANSIBLE, "bin", "python") };
        const { code, stdout, stderr } = await run(command, args, { cwd: folder, env, onStart });
        if (code !== 0) throw new Error(`${name}, ${phase}: ${stdout}${stderr}`);
      };
      if (prepare !== undefined) await execute(prepare, "create");
      return {
        async measure(phase) {
          const command = commands[phase];
          if (command === undefined) return undefined;
          let usage: Usage | undefined;
          let costs: Costs = {};
          const started = performance.now();
          try {
            await execute(command, phase, (child) => {
              usage = new Usage(child.pid ?? 0);
            });
          } finally {
            // Of one that failed, too: it would watch for ever.
            costs = usage?.stop() ?? {};
          }
          const wallMs = performance.now() - started;
          const stateBytes = state === undefined ? {} : { stateBytes: statSync(join(folder, state)).size };
          return { wallMs, costs, ...stateBytes };
        },
        remove: () => rmSync(folder, { recursive: true, force: true }),
      };
    },
  };
}
