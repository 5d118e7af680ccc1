// Chat, streaming and responses.
package main

import (
	"context"
	"log"
	"os"

	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/responses"
)

func main() {
	expected := os.Getenv("EXPECTED")
	client := openai.NewClient()
	ctx := context.Background()
	asked := openai.ChatCompletionNewParams{
		Model:    "gpt-4o-mini",
		Messages: []openai.ChatCompletionMessageParamUnion{openai.UserMessage("Hello")},
	}
	answer, err := client.Chat.Completions.New(ctx, asked)
	if err != nil || answer.Choices[0].Message.Content != expected {
		log.Fatal("chat: ", err, answer)
	}
	stream := client.Chat.Completions.NewStreaming(ctx, asked)
	text := ""
	for stream.Next() {
		if choices := stream.Current().Choices; len(choices) > 0 {
			text += choices[0].Delta.Content
		}
	}
	if stream.Err() != nil || text != expected {
		log.Fatal("stream: ", stream.Err(), text)
	}
	response, err := client.Responses.New(ctx, responses.ResponseNewParams{
		Model: "gpt-4o-mini",
		Input: responses.ResponseNewParamsInputUnion{OfString: openai.String("Hello")},
	})
	if err != nil || response.OutputText() != expected {
		log.Fatal("response: ", err, response)
	}
}
