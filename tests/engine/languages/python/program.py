"""Takes the steps of the table of languages, a JSON text a line, and carries each out by an inline program with the
generated SDK. It answers each with a line."""

import json
import sys

import pulumi
from pulumi import automation
from pulumi_aws_login_profile import ConsoleUser, LoginProfile, Provider

current = {}


def declare() -> None:
    settings = current.get("provider")
    provider = settings and Provider("provider", allowed_account_ids=settings["allowedAccountIds"])
    for one in current.get("profiles", []):
        declare_profile(one, provider)
    for one in current.get("consoleUsers", []):
        declare_console_user(one)


def declare_profile(one: dict, provider: Provider | None) -> None:
    name = one["userName"]
    profile = LoginProfile(
        name,
        user_name=name,
        password=one.get("password"),
        password_reset_required=one.get("passwordResetRequired"),
        age_recipients=one.get("ageRecipients"),
        rotation_triggers=one.get("rotationTriggers"),
        opts=pulumi.ResourceOptions(provider=provider, import_=one.get("importId")),
    )
    pulumi.export(f"{name}-version", profile.password_version)
    pulumi.export(f"{name}-encrypted", profile.encrypted_password)
    pulumi.export(f"{name}-hash", profile.password_hash)


def declare_console_user(one: dict) -> None:
    name = one["userName"]
    user = ConsoleUser(name, age_recipients=one["ageRecipients"], existing=True, allow_password_change=False)
    pulumi.export(f"{name}-encrypted", user.encrypted_password)


def carry_out(stack: automation.Stack, command: str) -> dict:
    try:
        if command == "destroy":
            return {"changes": stack.destroy().summary.resource_changes}
        result = stack.up()
    except automation.CommandError as error:
        return {"error": str(error)}
    outputs = {name: {"value": output.value, "secret": output.secret} for name, output in result.outputs.items()}
    return {"changes": result.summary.resource_changes, "outputs": outputs}


stack = automation.create_or_select_stack(
    stack_name=sys.argv[1], project_name=sys.argv[2], program=declare, work_dir="."
)
for line in sys.stdin:
    current = json.loads(line)
    print(json.dumps(carry_out(stack, current["command"])), flush=True)
