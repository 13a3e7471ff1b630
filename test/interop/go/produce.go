package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
)

type produceArguments struct {
	Bootstrap string            `json:"bootstrap"`
	Topic     string            `json:"topic"`
	Records   []recordToProduce `json:"records"`
	Config    map[string]string `json:"config"`
}

// delivery is what became of a record: its place, or the error.
type delivery struct {
	Partition int32          `json:"partition"`
	Offset    int64          `json:"offset"`
	Error     *deliveryError `json:"error,omitempty"`
}

type deliveryError struct {
	Name        string `json:"name"`
	Message     string `json:"message"`
	IsRetriable bool   `json:"isRetriable"`
}

// produce tells what became of each record, in order.
func produce(ctx context.Context, arguments produceArguments) (any, error) {
	records := make([]*kgo.Record, len(arguments.Records))
	isManual := false
	for i, plain := range arguments.Records {
		record, err := plain.toRecord(arguments.Topic)
		if err != nil {
			return nil, err
		}
		records[i] = record
		isManual = isManual || plain.Partition != nil
	}
	options, err := producerOptions(arguments.Config)
	if err != nil {
		return nil, err
	}
	if isManual {
		options = append(options, kgo.RecordPartitioner(kgo.ManualPartitioner()))
	}
	return deliver(ctx, arguments.Bootstrap, records, options)
}

func deliver(ctx context.Context, bootstrap string, records []*kgo.Record, options []kgo.Opt) ([]delivery, error) {
	client, err := open(bootstrap, append(options, kgo.AllowAutoTopicCreation())...)
	if err != nil {
		return nil, err
	}
	defer client.Close()
	deliveries := make([]delivery, len(records))
	for i, record := range records {
		client.Produce(ctx, record, func(record *kgo.Record, err error) { deliveries[i] = deliveryOf(record, err) })
	}
	return deliveries, client.Flush(ctx)
}

func deliveryOf(record *kgo.Record, err error) delivery {
	if err == nil {
		return delivery{Partition: record.Partition, Offset: record.Offset}
	}
	name := err.Error()
	var answered *kerr.Error
	if errors.As(err, &answered) {
		name = answered.Message
	}
	return delivery{Error: &deliveryError{Name: name, Message: err.Error(), IsRetriable: kerr.IsRetriable(err)}}
}

func open(bootstrap string, options ...kgo.Opt) (*kgo.Client, error) {
	return kgo.NewClient(append(options, kgo.SeedBrokers(bootstrap), kgo.ClientID("franz-go"))...)
}

var codecs = map[string]kgo.CompressionCodec{
	"none":   kgo.NoCompression(),
	"gzip":   kgo.GzipCompression(),
	"snappy": kgo.SnappyCompression(),
	"lz4":    kgo.Lz4Compression(),
	"zstd":   kgo.ZstdCompression(),
}

var acks = map[string]kgo.Acks{"0": kgo.NoAck(), "1": kgo.LeaderAck(), "all": kgo.AllISRAcks()}

// producerOptions takes the settings by the names that they have in the Java client.
func producerOptions(config map[string]string) ([]kgo.Opt, error) {
	var options []kgo.Opt
	for name, value := range config {
		option, err := producerOption(name, value)
		if err != nil {
			return nil, fmt.Errorf("%s=%s: %w", name, value, err)
		}
		if option != nil {
			options = append(options, option)
		}
	}
	return options, nil
}

func producerOption(name, value string) (kgo.Opt, error) {
	switch name {
	case "compression.type":
		return kgo.ProducerBatchCompression(codecs[value]), nil
	case "acks":
		return kgo.RequiredAcks(acks[value]), nil
	case "enable.idempotence":
		if value == "true" {
			return nil, nil
		}
		return kgo.DisableIdempotentWrite(), nil
	case "linger.ms":
		ms, err := strconv.Atoi(value)
		return kgo.ProducerLinger(time.Duration(ms) * time.Millisecond), err
	case "batch.size":
		bytes, err := strconv.Atoi(value)
		return kgo.ProducerBatchMaxBytes(int32(bytes)), err
	}
	return nil, fmt.Errorf("franz-go has no such setting")
}
