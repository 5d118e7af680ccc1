"""Makes objects of many kinds with OpenAI's own client, or goes on with those that were made before.

    ownership.py make BASE_URL TOKEN TIMES            writes what was made, as JSON
    ownership.py go_on BASE_URL TOKEN < made.json     writes what failed, as JSON
"""

import json
import sys
import traceback
from concurrent.futures import ThreadPoolExecutor

from openai import OpenAI

MODEL = "gpt-4o-mini"
# What a client may set that policies hold on to.
AFFINE = {"user": "somebody", "prompt_cache_key": "cache"}


def new_file(client):
    return client.files.create(file=("a.jsonl", b"hello"), purpose="batch")


class Files:
    def make(self, client):
        file = new_file(client)
        assert client.files.retrieve(file.id).id == file.id
        return file.id

    def go_on(self, client, id):
        assert "hello" in client.files.content(id).text
        assert client.files.delete(id).deleted


class Uploads:
    def make(self, client):
        return client.uploads.create(bytes=10, filename="a", mime_type="text/plain", purpose="batch").id

    def go_on(self, client, id):
        parts = [client.uploads.parts.create(id, data=b"hello").id for _ in range(2)]
        done = client.uploads.complete(id, part_ids=parts)
        assert client.files.retrieve(done.file.id).id == done.file.id


class Batches:
    def make(self, client):
        file = new_file(client)
        window = {"endpoint": "/v1/responses", "completion_window": "24h"}
        return client.batches.create(input_file_id=file.id, **window).id

    def go_on(self, client, id):
        output = client.batches.retrieve(id).output_file_id
        assert client.files.content(output).text == "output of the batch"
        assert client.batches.cancel(id).status == "cancelled"


class VectorStores:
    def make(self, client):
        file = new_file(client)
        store = client.vector_stores.create(name="s", file_ids=[file.id])
        return [store.id, file.id]

    def go_on(self, client, ids):
        store, file = ids
        client.vector_stores.files.create(store, file_id=file)
        client.vector_stores.search(store, query="x")
        tools = [{"type": "file_search", "vector_store_ids": [store]}]
        answer = client.responses.create(model=MODEL, input="x", tools=tools, **AFFINE)
        assert answer.output_text == "hello"
        assert client.vector_stores.delete(store).deleted


class BackgroundResponses:
    def make(self, client):
        answer = client.responses.create(model=MODEL, input="x", background=True, **AFFINE)
        assert answer.status == "queued"
        return answer.id

    def go_on(self, client, id):
        client.responses.retrieve(id)
        assert client.responses.retrieve(id).status == "completed"
        client.responses.input_items.list(id)
        client.responses.cancel(id)


class StreamedResponses:
    def make(self, client):
        stream = client.responses.create(model=MODEL, input="x", background=True, stream=True, **AFFINE)
        return [event.response.id for event in stream if event.type == "response.created"][0]

    def go_on(self, client, id):
        asked = {"model": MODEL, "input": "y", "previous_response_id": id, "stream": True}
        assert len(list(client.responses.create(**asked, **AFFINE))) == 3
        assert client.responses.retrieve(id).id == id


class Conversations:
    def make(self, client):
        id = client.conversations.create().id
        client.responses.create(model=MODEL, input="x", conversation=id, **AFFINE)
        return id

    def go_on(self, client, id):
        client.responses.create(model=MODEL, input="x", conversation={"id": id}, **AFFINE)
        assert client.conversations.retrieve(id).id == id


class StoredCompletions:
    def make(self, client):
        asked = {"model": MODEL, "messages": [{"role": "user", "content": "x"}], "store": True}
        whole = client.chat.completions.create(**asked, **AFFINE)
        chunks = list(client.chat.completions.create(**asked, stream=True, **AFFINE))
        return [whole.id, chunks[0].id]

    def go_on(self, client, ids):
        for id in ids:
            assert client.chat.completions.retrieve(id).id == id
            client.chat.completions.messages.list(id)
            client.chat.completions.delete(id)


class AssistantsThreadsAndRuns:
    def make(self, client):
        assistant = client.beta.assistants.create(model=MODEL).id
        events = list(client.beta.threads.create_and_run(assistant_id=assistant, stream=True))
        return [assistant, events[0].data.id, client.beta.threads.create().id]

    def go_on(self, client, ids):
        assistant, started, empty = ids
        client.beta.threads.retrieve(empty)
        client.beta.threads.messages.create(started, role="user", content="x")
        run = client.beta.threads.runs.create(thread_id=started, assistant_id=assistant)
        client.beta.threads.runs.retrieve(run.id, thread_id=started)
        list(client.beta.threads.runs.create(thread_id=started, assistant_id=assistant, stream=True))
        client.beta.assistants.retrieve(assistant)


class Videos:
    def make(self, client):
        return client.videos.create(model="sora-2", prompt="x").id

    def go_on(self, client, id):
        client.videos.retrieve(id)
        client.videos.download_content(id)
        client.videos.remix(id, prompt="y")


KINDS = {
    kind.__name__: kind()
    for kind in (
        Files,
        Uploads,
        Batches,
        VectorStores,
        BackgroundResponses,
        StreamedResponses,
        Conversations,
        StoredCompletions,
        AssistantsThreadsAndRuns,
        Videos,
    )
}


def at_once(work, items):
    """All at once, so that neighbours get other keys."""
    with ThreadPoolExecutor(len(items) or 1) as pool:
        return list(pool.map(work, items))


def make(client, times):
    return {name: at_once(lambda _: kind.make(client), range(times)) for name, kind in KINDS.items()}


def go_on(client, made):
    failed = []

    def attempt(item):
        name, one = item
        try:
            KINDS[name].go_on(client, one)
        except Exception:
            failed.append(f"{name}: {traceback.format_exc(limit=-2)}")

    at_once(attempt, [(name, one) for name, all in made.items() for one in all])
    return failed


def main(verb, base_url, token, *more):
    with OpenAI(api_key=token, base_url=base_url, max_retries=0) as client:
        result = make(client, int(*more)) if verb == "make" else go_on(client, json.load(sys.stdin))
    json.dump(result, sys.stdout)


main(*sys.argv[1:])
