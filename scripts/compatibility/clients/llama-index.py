"""A completion, a chat, a stream."""

import os

from llama_index.core.llms import ChatMessage
from llama_index.llms.openai import OpenAI

expected = os.environ["EXPECTED"]
llm = OpenAI(model="gpt-4o-mini", max_retries=0)
assert llm.complete("Hello").text == expected
messages = [ChatMessage(role="user", content="Hello")]
assert llm.chat(messages).message.content == expected
assert list(llm.stream_chat(messages))[-1].message.content == expected
