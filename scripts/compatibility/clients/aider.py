"""A question about a folder, by its command."""

import os
import subprocess
import sys
from pathlib import Path

command = str(Path(sys.executable).with_name("aider"))
base = ["--openai-api-base", os.environ["OPENAI_BASE_URL"], "--model", "openai/gpt-4o-mini", "--no-git"]
quiet = ["--yes-always", "--no-check-update", "--no-show-model-warnings", "--no-analytics", "--no-pretty"]
for more in [[], ["--no-stream"]]:
    args = [command, *base, *quiet, *more, "--message", "Hello"]
    run = subprocess.run(args, capture_output=True, text=True, cwd=os.environ["FOLDER"])
    assert os.environ["EXPECTED"].split(".")[0] in run.stdout, run
