"""An agent that streams, and one that calls a tool, over chats and over responses."""

import asyncio
import os

from pydantic_ai import Agent

expected = os.environ["EXPECTED"]


async def main() -> None:
    for name in ["openai-chat:gpt-4o-mini", "openai-responses:gpt-4o-mini"]:
        agent = Agent(name)
        assert (await agent.run("Hello")).output == expected
        async with agent.run_stream("Hello") as stream:
            assert await stream.get_output() == expected
    agent = Agent("openai-chat:gpt-4o-mini")
    called = []

    @agent.tool_plain
    def get_weather(city: str) -> str:
        called.append(city)
        return "sunny"

    assert "sunny" in (await agent.run("How is the weather?")).output
    assert called == ["Berlin"], called


asyncio.run(main())
