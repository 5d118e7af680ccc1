"""A chat, a stream, a response."""

import os

import litellm

expected = os.environ["EXPECTED"]
messages = [{"role": "user", "content": "Hello"}]
model = "openai/gpt-4o-mini"
assert litellm.completion(model=model, messages=messages, num_retries=0).choices[0].message.content == expected
chunks = litellm.completion(model=model, messages=messages, stream=True, num_retries=0)
assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == expected
answer = litellm.responses(model=model, input="Hello")
assert answer.output[-1].content[0].text == expected, answer
