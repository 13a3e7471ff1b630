"""Confluent's own serializers and deserializers for Python against the registry, in all three languages."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from confluent_kafka import Consumer, TopicPartition
from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroDeserializer, AvroSerializer
from confluent_kafka.schema_registry.json_schema import JSONDeserializer, JSONSerializer
from confluent_kafka.schema_registry.protobuf import ProtobufDeserializer, ProtobufSerializer
from confluent_kafka.serialization import MessageField, SerializationContext
from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory
from grpc_tools import protoc

from kafka_client import consumer_config, poll
from kafka_client import produce as produce_bytes
from values import from_notation, to_notation


def produce(
    bootstrap: str,
    registry: str,
    topic: str,
    language: str,
    schema: str,
    records: list,
    imports: dict | None = None,
    config: dict | None = None,
) -> list:
    """Serializes the values, registering their schema unless the config says otherwise, and produces them.

    `imports` has the text of each file that a Protobuf schema imports, by its path.
    """
    serialize = serializer(SchemaRegistryClient({"url": registry}), language, schema, imports or {}, config or {})
    context = SerializationContext(topic, MessageField.VALUE)
    framed = [{**record, "value": hex_or_none(serialize(record["value"], context))} for record in records]
    return produce_bytes(bootstrap, topic, framed, {"linger.ms": "20", "compression.type": "zstd", "enable.idempotence": "true"})


def hex_or_none(value: bytes | None) -> str | None:
    return None if value is None else value.hex()


def serializer(registry: SchemaRegistryClient, language: str, schema: str, imports: dict, config: dict):
    match language:
        case "AVRO":
            avro = AvroSerializer(registry, schema, conf=config)
            return lambda value, context: avro(from_notation(value), context)
        case "JSON":
            plain = JSONSerializer(schema, registry, conf=config)
            return lambda value, context: plain(value, context)
        case "PROTOBUF":
            type_ = message_type(schema, imports)
            protobuf = ProtobufSerializer(type_, registry, config)
            return lambda value, context: protobuf(None if value is None else json_format.ParseDict(value, type_()), context)
    raise ValueError(language)


def round_trip(bootstrap: str, registry: str, topic: str, language: str, schema: str, values: list) -> dict:
    """The values as they were given to the serializer, and as the deserializer returns them from the topic."""
    deserialize = deserializer(SchemaRegistryClient({"url": registry}), language, schema)
    context = SerializationContext(topic, MessageField.VALUE)
    consumer = Consumer(consumer_config(bootstrap))
    try:
        consumer.assign([TopicPartition(topic, 0, 0)])
        found = [deserialize(message.value(), context) for message in poll(consumer, len(values))]
    finally:
        consumer.close()
    return {"given": [as_given(language, schema, value) for value in values], "found": found}


def deserializer(registry: SchemaRegistryClient, language: str, schema: str):
    """Asks the registry for the schema that a value was written with."""
    match language:
        case "AVRO":
            avro = AvroDeserializer(registry)
            return lambda value, context: to_notation(avro(value, context))
        case "JSON":
            plain = JSONDeserializer(schema, schema_registry_client=registry)
            return lambda value, context: plain(value, context)
        case "PROTOBUF":
            protobuf = ProtobufDeserializer(message_type(schema), {"use.latest.version": True}, registry)
            return lambda value, context: as_json(protobuf(value, context))
    raise ValueError(language)


def as_given(language: str, schema: str, value):
    match language:
        case "AVRO":
            return to_notation(from_notation(value))
        case "PROTOBUF":
            return None if value is None else as_json(json_format.ParseDict(value, message_type(schema)()))
    return value


def as_json(message) -> dict | None:
    return None if message is None else json.loads(json_format.MessageToJson(message, preserving_proto_field_name=True))


def message_type(schema: str, imports: dict | None = None):
    """The first message of a .proto text, compiled by Protobuf's own compiler."""
    with tempfile.TemporaryDirectory() as folder:
        for path, text in {"schema.proto": schema, **(imports or {})}.items():
            (Path(folder) / path).parent.mkdir(parents=True, exist_ok=True)
            (Path(folder) / path).write_text(text, encoding="utf-8")
        well_known = Path(protoc.__file__).parent / "_proto"
        words = [f"-I{folder}", f"-I{well_known}", "--descriptor_set_out", f"{folder}/set", "--include_imports", "schema.proto"]
        subprocess.run([sys.executable, "-m", "grpc_tools.protoc", *words], check=True)
        files = descriptor_pb2.FileDescriptorSet.FromString((Path(folder) / "set").read_bytes())
    pool = descriptor_pool.DescriptorPool()
    for file in files.file:
        pool.Add(file)
    file = files.file[-1]
    name = ".".join(part for part in [file.package, file.message_type[0].name] if part)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName(name))
