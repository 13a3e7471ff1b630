package main

import (
	"context"
	"encoding/json"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/sr"
)

// order is what the schemas of the tests describe, in all three languages.
type order struct {
	ID    int32  `avro:"id" json:"id"`
	Item  string `avro:"item" json:"item"`
	Price money  `avro:"price" json:"price"`
}

type money struct {
	Cents int32 `avro:"cents" json:"cents"`
}

type serializedArguments struct {
	Bootstrap string            `json:"bootstrap"`
	Registry  string            `json:"registry"`
	Topic     string            `json:"topic"`
	Orders    []order           `json:"orders"`
	Count     int               `json:"count"`
	Config    map[string]string `json:"config"`
}

// produceSerialized encodes the orders by the latest schema of the topic, frames them with a Serde and produces them.
func produceSerialized(ctx context.Context, arguments serializedArguments) (any, error) {
	registry, err := sr.NewClient(sr.URLs(arguments.Registry))
	if err != nil {
		return nil, err
	}
	latest, err := registry.SchemaByVersion(ctx, arguments.Topic+"-value", -1)
	if err != nil {
		return nil, err
	}
	var serde sr.Serde
	if err := learn(ctx, registry, &serde, latest.ID, latest.Schema); err != nil {
		return nil, err
	}
	records := make([]*kgo.Record, len(arguments.Orders))
	for i, order := range arguments.Orders {
		value, err := serde.Encode(order)
		if err != nil {
			return nil, err
		}
		records[i] = &kgo.Record{Topic: arguments.Topic, Value: value}
	}
	options, err := producerOptions(arguments.Config)
	if err != nil {
		return nil, err
	}
	return deliver(ctx, arguments.Bootstrap, records, options)
}

// readSerialized consumes from the beginning and decodes each value by the schema that it names.
func readSerialized(ctx context.Context, arguments serializedArguments) (any, error) {
	registry, err := sr.NewClient(sr.URLs(arguments.Registry))
	if err != nil {
		return nil, err
	}
	records, err := poll(ctx, consumeArguments{
		Bootstrap: arguments.Bootstrap, Topic: arguments.Topic, Offset: json.RawMessage(`"earliest"`), Count: arguments.Count,
	})
	if err != nil {
		return nil, err
	}
	var serde sr.Serde
	known := map[int]bool{}
	found := make([]any, len(records))
	for i, record := range records {
		id, _, err := serde.DecodeID(record.Value)
		if err != nil {
			return nil, err
		}
		if !known[id] {
			schema, err := registry.SchemaByID(ctx, id)
			if err != nil {
				return nil, err
			}
			if err := learn(ctx, registry, &serde, id, schema); err != nil {
				return nil, err
			}
			known[id] = true
		}
		if found[i], err = serde.DecodeNew(record.Value); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// learn teaches a Serde the orders of one schema.
func learn(ctx context.Context, registry *sr.Client, serde *sr.Serde, id int, schema sr.Schema) error {
	imports, err := importsOf(ctx, registry, schema)
	if err != nil {
		return err
	}
	codec, err := newCodecs[schema.Type](ctx, schema.Schema, imports)
	if err != nil {
		return err
	}
	serde.Register(id, order{}, codec...)
	return nil
}

// imported is a schema that another one refers to.
type imported struct{ name, text string }

// importsOf answers everything that a schema refers to, dependencies first.
func importsOf(ctx context.Context, registry *sr.Client, schema sr.Schema) ([]imported, error) {
	var all []imported
	for _, reference := range schema.References {
		found, err := registry.SchemaByVersion(ctx, reference.Subject, reference.Version)
		if err != nil {
			return nil, err
		}
		inside, err := importsOf(ctx, registry, found.Schema)
		if err != nil {
			return nil, err
		}
		all = append(append(all, inside...), imported{reference.Name, found.Schema.Schema})
	}
	return all, nil
}
