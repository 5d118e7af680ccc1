"""An answer as an object, by a tool call."""

import instructor
from openai import OpenAI
from pydantic import BaseModel, Field


class GetWeather(BaseModel):
    """The weather of a city."""

    model_config = {"title": "get_weather"}
    city: str = Field()


client = instructor.from_openai(OpenAI(max_retries=0))
messages = [{"role": "user", "content": "How is the weather?"}]
answer = client.chat.completions.create(
    model="gpt-4o-mini", messages=messages, response_model=GetWeather, max_retries=0
)
assert answer.city == "Berlin", answer
