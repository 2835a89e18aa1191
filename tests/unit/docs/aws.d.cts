/** What the examples use of `@pulumi/aws`, with its own types: the whole of it takes a compiler long to read. */
import * as iam from "@pulumi/aws/iam";
import * as secretsmanager from "@pulumi/aws/secretsmanager";
import * as ssm from "@pulumi/aws/ssm";

export { Provider } from "@pulumi/aws/provider";
export { iam, secretsmanager, ssm };
