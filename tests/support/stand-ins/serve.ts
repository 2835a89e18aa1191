/** Serves one stand-in by name (`aws` or `random`) on loopback, and prints its port. */
import { main } from "@pulumi/pulumi/provider/index.js";
import { awsStandIn } from "./aws.ts";
import { tellProvidersApart } from "./provider-settings.ts";
import { randomStandIn } from "./random.ts";

const standIns = { aws: awsStandIn, random: randomStandIn };
const name = process.argv[2] as keyof typeof standIns;
tellProvidersApart();
await main(standIns[name], []);
