package main

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// withAdmin opens a client for one question.
func withAdmin(bootstrap string, ask func(*kadm.Client) (any, error)) (any, error) {
	client, err := open(bootstrap)
	if err != nil {
		return nil, err
	}
	defer client.Close()
	return ask(kadm.NewClient(client))
}

// refusal joins an error code and the broker's own words.
func refusal(err error, words string) error {
	if err == nil || words == "" {
		return err
	}
	return fmt.Errorf("%w: %s", err, words)
}

type createTopicArguments struct {
	topicArguments
	Partitions int32              `json:"partitions"`
	Configs    map[string]*string `json:"configs"`
}

func createTopic(ctx context.Context, arguments createTopicArguments) (any, error) {
	return withAdmin(arguments.Bootstrap, func(admin *kadm.Client) (any, error) {
		created, err := admin.CreateTopics(ctx, arguments.Partitions, 1, arguments.Configs, arguments.Topic)
		if err != nil {
			return nil, err
		}
		topic := created[arguments.Topic]
		return nil, refusal(topic.Err, topic.ErrMessage)
	})
}

func deleteTopic(ctx context.Context, arguments topicArguments) (any, error) {
	return withAdmin(arguments.Bootstrap, func(admin *kadm.Client) (any, error) {
		deleted, err := admin.DeleteTopic(ctx, arguments.Topic)
		if err != nil {
			return nil, err
		}
		return nil, refusal(deleted.Err, deleted.ErrMessage)
	})
}

func listTopics(ctx context.Context, arguments topicArguments) (any, error) {
	return withAdmin(arguments.Bootstrap, func(admin *kadm.Client) (any, error) {
		topics, err := admin.ListTopics(ctx)
		return topics.Names(), err
	})
}

func describeTopic(ctx context.Context, arguments topicArguments) (any, error) {
	return withAdmin(arguments.Bootstrap, func(admin *kadm.Client) (any, error) {
		topics, err := admin.ListTopics(ctx, arguments.Topic)
		if err != nil {
			return nil, err
		}
		topic := topics[arguments.Topic]
		leaders := []int32{}
		for _, partition := range topic.Partitions.Sorted() {
			leaders = append(leaders, partition.Leader)
		}
		topicID := base64.RawURLEncoding.EncodeToString(topic.ID[:])
		return map[string]any{"name": topic.Topic, "topicId": topicID, "leaders": leaders}, topic.Err
	})
}

func describeCluster(ctx context.Context, arguments topicArguments) (any, error) {
	client, err := open(arguments.Bootstrap)
	if err != nil {
		return nil, err
	}
	defer client.Close()
	cluster, err := kmsg.NewPtrDescribeClusterRequest().RequestWith(ctx, client)
	if err != nil {
		return nil, err
	}
	nodes := []string{}
	for _, broker := range cluster.Brokers {
		nodes = append(nodes, fmt.Sprintf("%s:%d", broker.Host, broker.Port))
	}
	return map[string]any{"clusterId": cluster.ClusterID, "nodes": nodes}, kerr.ErrorForCode(cluster.ErrorCode)
}

func describeConfigs(ctx context.Context, arguments topicArguments) (any, error) {
	return withAdmin(arguments.Bootstrap, func(admin *kadm.Client) (any, error) {
		described, err := admin.DescribeTopicConfigs(ctx, arguments.Topic)
		if err != nil {
			return nil, err
		}
		topic, err := described.On(arguments.Topic, nil)
		if err != nil {
			return nil, err
		}
		entries := map[string]any{}
		for _, config := range topic.Configs {
			isDefault := config.Source == kmsg.ConfigSourceDefaultConfig
			entries[config.Key] = map[string]any{"value": config.MaybeValue(), "isDefault": isDefault}
		}
		return entries, topic.Err
	})
}

type setConfigArguments struct {
	topicArguments
	Name  string `json:"name"`
	Value string `json:"value"`
}

func setConfig(ctx context.Context, arguments setConfigArguments) (any, error) {
	return withAdmin(arguments.Bootstrap, func(admin *kadm.Client) (any, error) {
		change := kadm.AlterConfig{Op: kadm.SetConfig, Name: arguments.Name, Value: &arguments.Value}
		altered, err := admin.AlterTopicConfigs(ctx, []kadm.AlterConfig{change}, arguments.Topic)
		if err != nil {
			return nil, err
		}
		topic, err := altered.On(arguments.Topic, nil)
		if err != nil {
			return nil, err
		}
		return nil, refusal(topic.Err, topic.ErrMessage)
	})
}

type offsetAtArguments struct {
	topicArguments
	Partition int32           `json:"partition"`
	At        json.RawMessage `json:"at"`
}

// namedTimestamps are those of ListOffsets. The admin client would answer the end where no record is that young.
var namedTimestamps = map[string]int64{`"earliest"`: -2, `"latest"`: -1, `"maxTimestamp"`: -3}

// offsetAt goes by timestamp in ms, or by a name; -1 where there is none.
func offsetAt(ctx context.Context, arguments offsetAtArguments) (any, error) {
	timestamp, isNamed := namedTimestamps[string(arguments.At)]
	if !isNamed {
		if err := json.Unmarshal(arguments.At, &timestamp); err != nil {
			return nil, err
		}
	}
	client, err := open(arguments.Bootstrap)
	if err != nil {
		return nil, err
	}
	defer client.Close()
	answer, err := listOffsets(arguments, timestamp).RequestWith(ctx, client)
	if err != nil {
		return nil, err
	}
	partition := answer.Topics[0].Partitions[0]
	return partition.Offset, kerr.ErrorForCode(partition.ErrorCode)
}

func listOffsets(arguments offsetAtArguments, timestamp int64) *kmsg.ListOffsetsRequest {
	partition := kmsg.NewListOffsetsRequestTopicPartition()
	partition.Partition = arguments.Partition
	partition.Timestamp = timestamp
	topic := kmsg.NewListOffsetsRequestTopic()
	topic.Topic = arguments.Topic
	topic.Partitions = append(topic.Partitions, partition)
	request := kmsg.NewPtrListOffsetsRequest()
	request.ReplicaID = -1
	request.Topics = append(request.Topics, topic)
	return request
}
