/**
 * Runs one login profile through its life by an inline program of the Automation API, all in this
 * process, and prints what each step changed. Arguments: work folder, user name. Password: PASSWORD.
 */
import { LocalWorkspace } from "@pulumi/pulumi/automation/index.js";
import { LoginProfile } from "pulumi-aws-login-profile";

const [, , workDir = "", userName = ""] = process.argv;
let password = process.env.PASSWORD ?? "";

const stack = await LocalWorkspace.createOrSelectStack(
  {
    stackName: "inline",
    projectName: "inline",
    program: async () => {
      const profile = new LoginProfile("profile", { userName, password });
      return { version: profile.passwordVersion };
    },
  },
  { workDir },
);

const steps: unknown[] = [];
steps.push((await stack.preview()).changeSummary);
const created = await stack.up();
steps.push(created.summary.resourceChanges, created.outputs.version?.value);
steps.push((await stack.up()).summary.resourceChanges);
password = `${password}2`;
const rotated = await stack.up();
steps.push(rotated.summary.resourceChanges, rotated.outputs.version?.value);
steps.push((await stack.destroy()).summary.resourceChanges);
console.log(JSON.stringify(steps));
