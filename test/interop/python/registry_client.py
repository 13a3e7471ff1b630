"""The registry through Confluent's client for Python."""

from confluent_kafka.schema_registry import Schema, SchemaReference, SchemaRegistryClient
from confluent_kafka.schema_registry.error import SchemaRegistryError


def ask(registry: str, method: str, arguments: list):
    """One method of the client. A schema among the arguments is {"schema": text, "type": ..., "references": [...]}."""
    client = SchemaRegistryClient({"url": registry})
    try:
        return plain(getattr(client, method)(*[schema_of(argument) for argument in arguments]))
    except SchemaRegistryError as error:
        return {"error": error.error_code}


def schema_of(argument):
    if not isinstance(argument, dict):
        return argument
    references = [SchemaReference(**reference) for reference in argument.get("references", [])]
    return Schema(argument["schema"], argument["type"], references)


def plain(answer):
    if isinstance(answer, Schema):
        return {"schema": answer.schema_str, "type": answer.schema_type, "references": [vars_of(item) for item in answer.references or []]}
    if isinstance(answer, list):
        return [plain(item) for item in answer]
    if hasattr(answer, "schema_id"):
        return {"id": answer.schema_id, "subject": answer.subject, "version": answer.version, **plain(answer.schema)}
    return answer


def vars_of(reference: SchemaReference) -> dict:
    return {"name": reference.name, "subject": reference.subject, "version": reference.version}
