"""A prompt and a stream, by its command."""

import os
import subprocess
import sys
from pathlib import Path

home = Path(os.environ["LLM_USER_PATH"])
home.mkdir(parents=True, exist_ok=True)
model = "- model_id: here\n  model_name: gpt-4o-mini\n  api_base: " + os.environ["OPENAI_BASE_URL"] + "\n  api_key_name: openai\n"
(home / "extra-openai-models.yaml").write_text(model)
command = str(Path(sys.executable).with_name("llm"))
for more in [[], ["--no-stream"]]:
    run = subprocess.run([command, "-m", "here", "Hello", *more], capture_output=True, text=True)
    assert run.stdout.strip() == os.environ["EXPECTED"], run
