"""Runs __main__.py as Pulumi's language host for Python does; what the engine says stands in the environment."""

import asyncio
import os
import runpy

import pulumi
import pulumi.runtime

pulumi.runtime.configure(
    pulumi.runtime.Settings(
        project=os.environ["PULUMI_PROJECT"],
        stack=os.environ["PULUMI_STACK"],
        monitor=os.environ["PULUMI_MONITOR"],
        engine=os.environ["PULUMI_ENGINE"],
        parallel=int(os.environ["PULUMI_PARALLEL"]),
        dry_run=os.environ["PULUMI_DRY_RUN"] == "true",
        organization=os.environ["PULUMI_ORGANIZATION"],
    )
)
program = lambda: runpy.run_path("__main__.py", run_name="__main__")  # noqa: E731
asyncio.new_event_loop().run_until_complete(pulumi.runtime.run_in_stack(program))
