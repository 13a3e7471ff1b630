// Command interop answers calls, one JSON line each: {"call": name, "arguments": {...}} gives {"result": ...} or
// {"error": "..."}. The end of its input is the end of the program.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"runtime/debug"
	"time"
)

// deadline of one call.
const deadline = 60 * time.Second

// lineMax is the longest call: a megabyte of records in hexadecimal, and room to spare.
const lineMax = 64 << 20

type call func(context.Context, json.RawMessage) (any, error)

var calls = map[string]call{
	"version":            typed(func(context.Context, struct{}) (any, error) { return clientVersion() }),
	"produce":            typed(produce),
	"consume":            typed(consume),
	"subscribe":          typed(subscribe),
	"offset_at":          typed(offsetAt),
	"create_topic":       typed(createTopic),
	"delete_topic":       typed(deleteTopic),
	"list_topics":        typed(listTopics),
	"describe_topic":     typed(describeTopic),
	"describe_cluster":   typed(describeCluster),
	"describe_configs":   typed(describeConfigs),
	"set_config":         typed(setConfig),
	"registry":           typed(askRegistry),
	"produce_serialized": typed(produceSerialized),
	"read_serialized":    typed(readSerialized),
}

func main() {
	requests := bufio.NewScanner(os.Stdin)
	requests.Buffer(nil, lineMax)
	answers := json.NewEncoder(os.Stdout)
	for requests.Scan() {
		if err := answers.Encode(answer(requests.Bytes())); err != nil {
			log.Fatal(err)
		}
	}
	if err := requests.Err(); err != nil {
		log.Fatal(err)
	}
}

func answer(line []byte) map[string]any {
	result, err := serve(line)
	if err != nil {
		log.Print(err)
		return map[string]any{"error": err.Error()}
	}
	return map[string]any{"result": result}
}

func serve(line []byte) (any, error) {
	var request struct {
		Call      string          `json:"call"`
		Arguments json.RawMessage `json:"arguments"`
	}
	if err := json.Unmarshal(line, &request); err != nil {
		return nil, err
	}
	served, ok := calls[request.Call]
	if !ok {
		return nil, fmt.Errorf("no call %q", request.Call)
	}
	ctx, cancel := context.WithTimeout(context.Background(), deadline)
	defer cancel()
	return served(ctx, request.Arguments)
}

// typed reads the arguments of a call into the struct that it takes.
func typed[Arguments any](serve func(context.Context, Arguments) (any, error)) call {
	return func(ctx context.Context, text json.RawMessage) (any, error) {
		var arguments Arguments
		if err := json.Unmarshal(text, &arguments); err != nil {
			return nil, err
		}
		return serve(ctx, arguments)
	}
}

// clientVersion is what the program was built with.
func clientVersion() (string, error) {
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, module := range info.Deps {
			if module.Path == "github.com/twmb/franz-go" {
				return module.Version, nil
			}
		}
	}
	return "", fmt.Errorf("the program does not know what it was built with")
}
