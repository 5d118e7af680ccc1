"""Chat, streaming, responses, files, an upload in parts of 64 MiB, responses and realtime over WebSocket."""

import os
import tempfile

from openai import OpenAI

expected = os.environ["EXPECTED"]
client = OpenAI(max_retries=0)
messages = [{"role": "user", "content": "Hello"}]

answer = client.chat.completions.create(model="gpt-4o-mini", messages=messages)
assert answer.choices[0].message.content == expected, answer
chunks = client.chat.completions.create(model="gpt-4o-mini", messages=messages, stream=True)
text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
assert text == expected, text

assert client.responses.create(model="gpt-4o-mini", input="Hello").output_text == expected
with client.responses.stream(model="gpt-4o-mini", input="Hello") as stream:
    assert stream.get_final_response().output_text == expected

objects = OpenAI(base_url=os.environ["OBJECTS_BASE_URL"], max_retries=0)
for _ in range(4):
    made = objects.files.create(file=("notes.txt", b"some notes"), purpose="assistants")
    assert objects.files.retrieve(made.id).id == made.id
    assert b"some notes" in objects.files.content(made.id).read()
    assert objects.files.delete(made.id).deleted
with tempfile.NamedTemporaryFile() as file:
    file.truncate(150 * 2**20)
    upload = objects.uploads.upload_file_chunked(
        file=file.name, mime_type="application/octet-stream", purpose="batch", bytes=150 * 2**20
    )
    assert upload.id, upload

with client.responses.connect() as connection:
    connection.response.create(model="gpt-4o-mini", input="Hello")
    for event in connection:
        assert event.type != "error", event
        if event.type == "response.completed":
            break
with client.realtime.connect(model="gpt-realtime") as connection:
    assert connection.recv().type == "session.created"
    item = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Hello"}]}
    connection.conversation.item.create(item=item)
    connection.response.create()
    for event in connection:
        assert event.type != "error", event
        if event.type == "response.done":
            break
