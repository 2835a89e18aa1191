/** The thread that builds components: Pulumi's own server of component providers, which prints its port. */
import * as pulumi from "@pulumi/pulumi";
import { CONSOLE_USER } from "../resources/console-user-parts";
import { ConsoleUser } from "./console-user";

void pulumi.provider.main(
  {
    async construct(name, type, inputs, options) {
      if (type !== CONSOLE_USER) throw new pulumi.RunError(`This provider knows ${CONSOLE_USER}, and not ${type}.`);
      // As for a login profile, what is null was not given.
      const given = Object.fromEntries(Object.entries(inputs).filter(([, value]) => value !== null));
      return ConsoleUser.declare(name, given, options);
    },
  },
  process.argv.slice(2),
);
