"""The AWS CLI, kept running, for most of what a command costs is the start of the process.

Each line of the input is a command, and is answered by a line that says how it ended.
"""

import contextlib
import io
import json
import os
import sys

from awscli.clidriver import create_clidriver


def carry_out(arguments, environment):
    os.environ.update(environment)
    stdout, stderr = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(stdout), contextlib.redirect_stderr(stderr):
        try:
            code = create_clidriver().main(arguments)
        except SystemExit as exit:
            code = exit.code
    return {"code": code, "stdout": stdout.getvalue(), "stderr": stderr.getvalue()}


for line in sys.stdin:
    print(json.dumps(carry_out(**json.loads(line))), flush=True)
