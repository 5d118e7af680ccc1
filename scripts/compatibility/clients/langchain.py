"""A chat, a stream, a tool call."""

import os

from langchain_core.tools import tool
from langchain_openai import ChatOpenAI

expected = os.environ["EXPECTED"]
model = ChatOpenAI(model="gpt-4o-mini", max_retries=0)
assert model.invoke("Hello").text == expected
assert "".join(chunk.text for chunk in model.stream("Hello")) == expected


@tool
def get_weather(city: str) -> str:
    """The weather of a city."""
    return city


calls = model.bind_tools([get_weather]).invoke("How is the weather?").tool_calls
assert calls[0]["name"] == "get_weather", calls
