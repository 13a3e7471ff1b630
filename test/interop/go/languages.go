package main

import (
	"context"
	"encoding/json"

	"github.com/bufbuild/protocompile"
	"github.com/hamba/avro/v2"
	"github.com/twmb/franz-go/pkg/sr"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/dynamicpb"
)

// newCodec makes what a Serde needs to know of a schema, from its text and the texts that it imports.
type newCodec func(ctx context.Context, text string, imports []imported) ([]sr.EncodingOpt, error)

var newCodecs = map[sr.SchemaType]newCodec{sr.TypeAvro: avroCodec, sr.TypeJSON: jsonCodec, sr.TypeProtobuf: protobufCodec}

func avroCodec(_ context.Context, text string, imports []imported) ([]sr.EncodingOpt, error) {
	cache := &avro.SchemaCache{}
	for _, schema := range imports {
		if _, err := avro.ParseWithCache(schema.text, "", cache); err != nil {
			return nil, err
		}
	}
	schema, err := avro.ParseWithCache(text, "", cache)
	if err != nil {
		return nil, err
	}
	return []sr.EncodingOpt{
		sr.EncodeFn(func(value any) ([]byte, error) { return avro.Marshal(schema, value) }),
		sr.DecodeFn(func(payload []byte, value any) error { return avro.Unmarshal(schema, payload, value) }),
	}, nil
}

func jsonCodec(context.Context, string, []imported) ([]sr.EncodingOpt, error) {
	return []sr.EncodingOpt{sr.EncodeFn(json.Marshal), sr.DecodeFn(json.Unmarshal)}, nil
}

// mainFile is a name that nothing imports.
const mainFile = "main of the subject.proto"

// protobufCodec compiles the text by a compiler of its own and takes the file's first message.
func protobufCodec(ctx context.Context, text string, imports []imported) ([]sr.EncodingOpt, error) {
	files := map[string]string{mainFile: text}
	for _, file := range imports {
		files[file.name] = file.text
	}
	sources := &protocompile.SourceResolver{Accessor: protocompile.SourceAccessorFromMap(files)}
	compiler := protocompile.Compiler{Resolver: protocompile.WithStandardImports(sources)}
	compiled, err := compiler.Compile(ctx, mainFile)
	if err != nil {
		return nil, err
	}
	message := compiled[0].Messages().Get(0)
	return []sr.EncodingOpt{
		sr.Index(0),
		sr.EncodeFn(func(value any) ([]byte, error) { return toProtobuf(dynamicpb.NewMessage(message), value) }),
		sr.DecodeFn(func(payload []byte, value any) error {
			return fromProtobuf(dynamicpb.NewMessage(message), payload, value)
		}),
	}, nil
}

func toProtobuf(message proto.Message, value any) ([]byte, error) {
	text, err := json.Marshal(value)
	if err != nil {
		return nil, err
	}
	if err := protojson.Unmarshal(text, message); err != nil {
		return nil, err
	}
	return proto.Marshal(message)
}

func fromProtobuf(message proto.Message, payload []byte, value any) error {
	if err := proto.Unmarshal(payload, message); err != nil {
		return err
	}
	text, err := protojson.Marshal(message)
	if err != nil {
		return err
	}
	return json.Unmarshal(text, value)
}
