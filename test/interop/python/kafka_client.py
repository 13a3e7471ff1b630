"""librdkafka through its Python package: produce, consume with assigned partitions, look up offsets, administer topics."""

from concurrent.futures import Future
from functools import cache
from time import monotonic

from confluent_kafka import Consumer, KafkaError, KafkaException, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, ConfigEntry, ConfigResource, NewTopic, ResourceType
from confluent_kafka.admin import AlterConfigOpType, OffsetSpec

DEADLINE_S = 60


def version() -> str:
    import confluent_kafka

    return confluent_kafka.libversion()[0]


def produce(bootstrap: str, topic: str, records: list, config: dict) -> list:
    """What became of each record, in order."""
    producer = Producer({"bootstrap.servers": bootstrap, "client.id": "librdkafka", **config})
    deliveries: list = [None] * len(records)
    for index, record in enumerate(records):
        while True:
            try:
                producer.produce(topic, **words_of(record), on_delivery=keeper(deliveries, index))
                break
            except BufferError:
                producer.poll(1)
    remaining = producer.flush(DEADLINE_S)
    if remaining > 0:
        raise TimeoutError(f"{remaining} records were not answered")
    return deliveries


def words_of(record: dict) -> dict:
    return {
        "key": bytes_of(record["key"]),
        "value": bytes_of(record["value"]),
        "headers": [(name, bytes_of(value)) for name, value in record["headers"]],
        **({} if record["partition"] is None else {"partition": record["partition"]}),
        **({} if record["timestampMs"] is None else {"timestamp": record["timestampMs"]}),
    }


def keeper(deliveries: list, index: int):
    def keep(error: KafkaError | None, message) -> None:
        deliveries[index] = (
            {"partition": message.partition(), "offset": message.offset()} if error is None else {"error": facts_of(error)}
        )

    return keep


def facts_of(error: KafkaError) -> dict:
    return {"name": error.name(), "message": error.str(), "isRetriable": error.retriable()}


def consume(bootstrap: str, topic: str, partition: int, offset: int | str, count: int) -> list:
    """`count` records from the offset on."""
    consumer = Consumer(consumer_config(bootstrap))
    try:
        consumer.assign([TopicPartition(topic, partition, starting_at(offset))])
        return [record_of(message) for message in poll(consumer, count)]
    finally:
        consumer.close()


def consumer_config(bootstrap: str) -> dict:
    # The package asks for a group id even where no group is used.
    return {
        "bootstrap.servers": bootstrap,
        "client.id": "librdkafka",
        "group.id": "unused",
        "enable.auto.commit": False,
        "check.crcs": True,
        "auto.offset.reset": "error",
    }


def poll(consumer: Consumer, count: int) -> list:
    messages: list = []
    deadline = monotonic() + DEADLINE_S
    while len(messages) < count:
        if monotonic() > deadline:
            raise TimeoutError(f"{len(messages)} of {count} records came")
        for message in consumer.consume(count - len(messages), 0.5):
            error = message.error()
            if error is None:
                messages.append(message)
            elif not is_about_groups(error):
                raise KafkaException(error)
    return messages


def is_about_groups(error: KafkaError) -> bool:
    """librdkafka looks for the coordinator of a group that nobody uses."""
    return "consumer groups" in error.str()


def starting_at(offset: int | str) -> int:
    return {"earliest": -2, "latest": -1}[offset] if isinstance(offset, str) else offset


def record_of(message) -> dict:
    type_, timestamp_ms = message.timestamp()
    return {
        "offset": message.offset(),
        "timestampMs": timestamp_ms,
        "isLogAppendTime": type_ == 2,
        "key": hex_of(message.key()),
        "value": hex_of(message.value()),
        "headers": [[name, hex_of(value)] for name, value in message.headers() or []],
    }


def bytes_of(text: str | None) -> bytes | None:
    return None if text is None else bytes.fromhex(text)


def hex_of(value: bytes | None) -> str | None:
    return None if value is None else value.hex()


def subscribe(bootstrap: str, topic: str) -> str:
    """The error that a group consumer gets."""
    consumer = Consumer(consumer_config(bootstrap))
    try:
        consumer.subscribe([topic])
        deadline = monotonic() + DEADLINE_S
        while monotonic() < deadline:
            message = consumer.poll(0.5)
            if message is not None and message.error() is not None:
                return f"{message.error().name()}: {message.error().str()}"
        raise TimeoutError("no error came")
    finally:
        consumer.close()


def offset_at(bootstrap: str, topic: str, partition: int, at: int | str) -> int:
    """By timestamp in ms, or `earliest`, `latest`, `maxTimestamp`; -1 where there is none."""
    named = {"earliest": OffsetSpec.earliest, "latest": OffsetSpec.latest, "maxTimestamp": OffsetSpec.max_timestamp}
    spec = named[at]() if isinstance(at, str) else OffsetSpec.for_timestamp(at)
    return only(admin(bootstrap).list_offsets({TopicPartition(topic, partition): spec})).offset


def create_topic(bootstrap: str, topic: str, partitions: int, configs: dict) -> None:
    only(admin(bootstrap).create_topics([NewTopic(topic, partitions, 1, config=configs)]))


def delete_topic(bootstrap: str, topic: str) -> None:
    only(admin(bootstrap).delete_topics([topic]))


def list_topics(bootstrap: str) -> list:
    return sorted(admin(bootstrap).list_topics(timeout=DEADLINE_S).topics)


def describe_topic(bootstrap: str, topic: str) -> dict:
    from confluent_kafka import TopicCollection

    found = only(admin(bootstrap).describe_topics(TopicCollection([topic])))
    return {"name": found.name, "topicId": str(found.topic_id), "leaders": [partition.leader.id for partition in found.partitions]}


def describe_cluster(bootstrap: str) -> dict:
    found = admin(bootstrap).describe_cluster().result(DEADLINE_S)
    return {"clusterId": found.cluster_id, "nodes": [f"{node.host}:{node.port}" for node in found.nodes]}


def describe_configs(bootstrap: str, topic: str) -> dict:
    entries = only(admin(bootstrap).describe_configs([ConfigResource(ResourceType.TOPIC, topic)]))
    return {name: {"value": entry.value, "isDefault": entry.is_default} for name, entry in entries.items()}


def set_config(bootstrap: str, topic: str, name: str, value: str) -> None:
    entry = ConfigEntry(name, value, incremental_operation=AlterConfigOpType.SET)
    only(admin(bootstrap).incremental_alter_configs([ConfigResource(ResourceType.TOPIC, topic, incremental_configs=[entry])]))


@cache
def admin(bootstrap: str) -> AdminClient:
    """Kept: a client that nobody holds is destroyed, and its answers with it."""
    return AdminClient({"bootstrap.servers": bootstrap, "client.id": "librdkafka"})


def only(futures: dict[object, Future]):
    """The result of a call about one thing. Its error carries the broker's own words."""
    (future,) = futures.values()
    try:
        return future.result(DEADLINE_S)
    except KafkaException as failure:
        error = failure.args[0]
        raise RuntimeError(f"{error.name()}: {error.str()}") from failure
