package main

import (
	"encoding/hex"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

// hexBytes are bytes as hexadecimal text in JSON, or null, which is not the same as none.
type hexBytes []byte

func (b *hexBytes) UnmarshalText(text []byte) error {
	bytes, err := hex.DecodeString(string(text))
	if bytes == nil {
		bytes = []byte{}
	}
	*b = bytes
	return err
}

func asHex(bytes []byte) *string {
	if bytes == nil {
		return nil
	}
	text := hex.EncodeToString(bytes)
	return &text
}

// recordToProduce leaves what is nil to the client. A header is its name and the hexadecimal text of its value.
type recordToProduce struct {
	Partition   *int32       `json:"partition"`
	TimestampMs *int64       `json:"timestampMs"`
	Key         *hexBytes    `json:"key"`
	Value       *hexBytes    `json:"value"`
	Headers     [][2]*string `json:"headers"`
}

func (r recordToProduce) toRecord(topic string) (*kgo.Record, error) {
	record := &kgo.Record{Topic: topic, Key: bytesOf(r.Key), Value: bytesOf(r.Value)}
	if r.Partition != nil {
		record.Partition = *r.Partition
	}
	if r.TimestampMs != nil {
		record.Timestamp = time.UnixMilli(*r.TimestampMs)
	}
	for _, header := range r.Headers {
		var value *hexBytes
		if header[1] != nil {
			value = new(hexBytes)
			if err := value.UnmarshalText([]byte(*header[1])); err != nil {
				return nil, err
			}
		}
		record.Headers = append(record.Headers, kgo.RecordHeader{Key: *header[0], Value: bytesOf(value)})
	}
	return record, nil
}

func bytesOf(bytes *hexBytes) []byte {
	if bytes == nil {
		return nil
	}
	return *bytes
}

type consumedRecord struct {
	Offset          int64        `json:"offset"`
	TimestampMs     int64        `json:"timestampMs"`
	IsLogAppendTime bool         `json:"isLogAppendTime"`
	Key             *string      `json:"key"`
	Value           *string      `json:"value"`
	Headers         [][2]*string `json:"headers"`
}

// logAppendTime is the timestamp type of KIP-32.
const logAppendTime = 1

func consumed(record *kgo.Record) consumedRecord {
	headers := [][2]*string{}
	for _, header := range record.Headers {
		headers = append(headers, [2]*string{&header.Key, asHex(header.Value)})
	}
	return consumedRecord{
		Offset:          record.Offset,
		TimestampMs:     record.Timestamp.UnixMilli(),
		IsLogAppendTime: record.Attrs.TimestampType() == logAppendTime,
		Key:             asHex(record.Key),
		Value:           asHex(record.Value),
		Headers:         headers,
	}
}
