/** The thread that builds components: Pulumi's own server of component providers, which prints its port. */
import * as pulumi from "@pulumi/pulumi";
import { CONSOLE_USER } from "../console-user-parts";
import { ConsoleUser } from "./console-user";

void pulumi.provider.main(
  {
    async construct(name, type, inputs, options) {
      if (type !== CONSOLE_USER) throw new pulumi.RunError(`This provider knows ${CONSOLE_USER}, and not ${type}.`);
      return new ConsoleUser(name, inputs, options);
    },
  },
  process.argv.slice(2),
);
