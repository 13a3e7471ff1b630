package main

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/twmb/franz-go/pkg/kgo"
)

type consumeArguments struct {
	Bootstrap string          `json:"bootstrap"`
	Topic     string          `json:"topic"`
	Partition int32           `json:"partition"`
	Offset    json.RawMessage `json:"offset"`
	Count     int             `json:"count"`
}

// consume answers `count` records from the offset on. No group is used.
func consume(ctx context.Context, arguments consumeArguments) (any, error) {
	records, err := poll(ctx, arguments)
	if err != nil {
		return nil, err
	}
	found := make([]consumedRecord, len(records))
	for i, record := range records {
		found[i] = consumed(record)
	}
	return found, nil
}

func poll(ctx context.Context, arguments consumeArguments) ([]*kgo.Record, error) {
	offset, err := startingAt(arguments.Offset)
	if err != nil {
		return nil, err
	}
	assigned := map[string]map[int32]kgo.Offset{arguments.Topic: {arguments.Partition: offset}}
	client, err := open(arguments.Bootstrap, kgo.ConsumePartitions(assigned), kgo.ConsumeResetOffset(kgo.NoResetOffset()))
	if err != nil {
		return nil, err
	}
	defer client.Close()
	var records []*kgo.Record
	for len(records) < arguments.Count {
		fetches := client.PollFetches(ctx)
		if err := fetches.Err(); err != nil {
			return nil, fmt.Errorf("%d of %d records came: %w", len(records), arguments.Count, err)
		}
		records = append(records, fetches.Records()...)
	}
	return records[:arguments.Count], nil
}

// startingAt is a number, or `earliest`, or `latest`.
func startingAt(at json.RawMessage) (kgo.Offset, error) {
	switch string(at) {
	case `"earliest"`:
		return kgo.NewOffset().AtStart(), nil
	case `"latest"`:
		return kgo.NewOffset().AtEnd(), nil
	}
	var offset int64
	err := json.Unmarshal(at, &offset)
	return kgo.NewOffset().At(offset), err
}

type topicArguments struct {
	Bootstrap string `json:"bootstrap"`
	Topic     string `json:"topic"`
}

// subscribe answers the error that a group consumer gets.
func subscribe(ctx context.Context, arguments topicArguments) (any, error) {
	client, err := open(arguments.Bootstrap, kgo.ConsumerGroup("unused"), kgo.ConsumeTopics(arguments.Topic))
	if err != nil {
		return nil, err
	}
	defer client.Close()
	if err := client.PollFetches(ctx).Err(); err != nil {
		return err.Error(), nil
	}
	return nil, fmt.Errorf("no error came")
}
