/**
 * Terraform, or OpenTofu, with the AWS provider: what generates a password for each user, and replaces the profile at each change.
 * It runs where the machine has the command, and a folder of providers that TERRAFORM_PROVIDERS names (in the layout of a
 * filesystem mirror), for nothing is downloaded here.
 */
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import type { Contender } from "./contender.ts";
import { PHASES } from "./contender.ts";
import { type Commands, contender } from "./scripts.ts";

export const TERRAFORM = "Terraform";

/** Terraform runs so many operations at a time where it is not told otherwise. */
const PARALLELISM = "-parallelism=10";

/** Another length is what makes another password. The profiles are in the state with their passwords: there is no key. */
const PROGRAM = `
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

variable "generation" { type = number }
variable "reset" { type = bool }

resource "aws_iam_user_login_profile" "of" {
  for_each                = toset(jsondecode(file("users.json")))
  user                    = each.key
  password_length         = 20 + var.generation
  password_reset_required = var.reset
}
`;

const providers = process.env.TERRAFORM_PROVIDERS ?? "";
const command = ["terraform", "tofu"].find(isOnPath);

const COMMANDS: Commands = Object.fromEntries(
  PHASES.map((phase) => {
    const [verb = "", ...words] = {
      create: ["apply", "-auto-approve"],
      unchanged: ["plan", "-detailed-exitcode"],
      flag: ["apply", "-auto-approve"],
      rotate: ["apply", "-auto-approve"],
      refresh: ["apply", "-refresh-only", "-auto-approve"],
      destroy: ["destroy", "-auto-approve"],
    }[phase];
    return [phase, [command ?? "", verb, ...words, "-input=false", "-no-color", PARALLELISM]];
  }),
);

export const TERRAFORM_CONTENDER: Contender = {
  ...contender(TERRAFORM, { 1: 1, 10: 3, 100: 3, 500: 3, 1000: 1, 2000: 1 }, COMMANDS, {
    files: { "main.tf": PROGRAM },
    prepare: [command ?? "", "init", `-plugin-dir=${providers}`, "-input=false", "-no-color"],
    environment: ({ AWS_ENDPOINT_URL, GENERATION, RESET }) => ({
      // By the environment: with a block of endpoints the provider takes several times as long, which would be unfair.
      AWS_ENDPOINT_URL_IAM: AWS_ENDPOINT_URL,
      AWS_ENDPOINT_URL_STS: AWS_ENDPOINT_URL,
      TF_VAR_generation: GENERATION,
      TF_VAR_reset: RESET,
      CHECKPOINT_DISABLE: "true",
      // The machine's own settings might lead to other providers.
      TF_CLI_CONFIG_FILE: "/dev/null",
    }),
    state: "terraform.tfstate",
  }),
  ...absence(),
};

function absence(): Pick<Contender, "absent"> {
  if (command === undefined) return { absent: "neither terraform nor tofu is on the path" };
  if (providers === "") return { absent: "TERRAFORM_PROVIDERS names no folder of providers" };
  return existsSync(providers) ? {} : { absent: "the folder that TERRAFORM_PROVIDERS names is not there" };
}

function isOnPath(name: string): boolean {
  return (process.env.PATH ?? "").split(delimiter).some((folder) => existsSync(join(folder, name)));
}
