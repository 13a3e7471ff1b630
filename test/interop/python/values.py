"""The notation in which values cross between the tests and the libraries: JSON, with a tag where JSON has no such value.

{"$bytes": hex}, {"$decimal": text}, {"$double": "NaN"}, {"$date": ...}, {"$timestamp": ...Z}, {"$localTimestamp": ...},
{"$time": ...}, {"$map": [[key, value], ...]}. Lists are lists, structs are objects, integers are exact.
"""

import math
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from uuid import UUID

import pyarrow as pa

EPOCH = datetime(1970, 1, 1)


def from_notation(value):
    """As a Python program would hold it."""
    if isinstance(value, list):
        return [from_notation(item) for item in value]
    if not isinstance(value, dict):
        return value
    tag, *others = value or {"": None}
    if others or tag not in FROM_TAG:
        return {name: from_notation(member) for name, member in value.items()}
    return FROM_TAG[tag](value[tag])


FROM_TAG = {
    "$bytes": bytes.fromhex,
    "$decimal": Decimal,
    "$double": float,
    "$date": date.fromisoformat,
    "$timestamp": datetime.fromisoformat,
    "$localTimestamp": datetime.fromisoformat,
    "$time": time.fromisoformat,
    "$map": lambda entries: {from_notation(key): from_notation(member) for key, member in entries},
}


def to_notation(value):
    """Of a value as a Python library returned it."""
    match value:
        case float():
            return of_double(value)
        case bytes():
            return {"$bytes": value.hex()}
        case Decimal():
            return {"$decimal": f"{value:f}"}
        case datetime():
            return of_timestamp(value)
        case date():
            return {"$date": f"{value:%4Y-%m-%d}" if value.year > 999 else value.isoformat()}
        case time():
            return {"$time": value.isoformat("microseconds")}
        case UUID():
            return str(value)
        case list():
            return [to_notation(item) for item in value]
        case dict():
            return {name: to_notation(member) for name, member in value.items()}
    return value


def of_double(value: float):
    is_plain = math.isfinite(value) and not (value == 0 and math.copysign(1, value) < 0)
    return value if is_plain else {"$double": {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity", "-0.0": "-0"}[str(value)]}


def of_timestamp(value: datetime):
    text = value.replace(tzinfo=None).isoformat(timespec="microseconds")
    return {"$localTimestamp": text} if value.tzinfo is None else {"$timestamp": f"{text}Z"}


def rows_of(table: pa.Table) -> dict:
    """A table in notation: the type of each column, and its rows."""
    columns = {field.name: type_name(field.type) for field in table.schema}
    rendered = [[of_arrow(value) for value in column] for column in table.columns]
    return {"columns": columns, "rows": [dict(zip(columns, row)) for row in zip(*rendered)]}


def of_arrow(scalar: pa.Scalar):
    """From the stored number itself where Python's own types would lose or refuse something."""
    type_ = scalar.type
    if not scalar.is_valid:
        return None
    if pa.types.is_dictionary(type_):
        return of_arrow(scalar.value)
    if pa.types.is_timestamp(type_):
        moment = EPOCH + timedelta(microseconds=to_micros(scalar.value, type_.unit))
        return of_timestamp(moment if type_.tz is None else moment.replace(tzinfo=timezone.utc))
    if pa.types.is_map(type_):
        # The entries of a map have no order.
        entries = [[of_arrow(entry["key"]), of_arrow(entry["value"])] for entry in scalar.values]
        return {"$map": sorted(entries, key=lambda entry: str(entry[0]))}
    if pa.types.is_struct(type_):
        return {field.name: of_arrow(scalar[index]) for index, field in enumerate(type_)}
    if is_list(type_):
        return [of_arrow(item) for item in scalar.values]
    return to_notation(scalar.as_py())


def to_micros(value: int, unit: str) -> int:
    return {"s": value * 1_000_000, "ms": value * 1000, "us": value}[unit]


def is_list(type_: pa.DataType) -> bool:
    return pa.types.is_list(type_) or pa.types.is_large_list(type_) or pa.types.is_list_view(type_)


NAMES = {
    pa.bool_(): "boolean",
    pa.int32(): "int",
    pa.int64(): "long",
    pa.float32(): "float",
    pa.float64(): "double",
    pa.string(): "string",
    pa.large_string(): "string",
    pa.string_view(): "string",
    pa.binary(): "binary",
    pa.large_binary(): "binary",
    pa.binary_view(): "binary",
    pa.date32(): "date",
}


def type_name(type_: pa.DataType) -> str:
    """As Iceberg calls it. Readers differ in Arrow's offset sizes and dictionaries, which mean nothing."""
    if pa.types.is_dictionary(type_):
        return type_name(type_.value_type)
    if pa.types.is_timestamp(type_):
        return "timestamp" if type_.tz is None else "timestamptz"
    if pa.types.is_decimal(type_):
        return f"decimal({type_.precision},{type_.scale})"
    if pa.types.is_map(type_):
        return f"map<{type_name(type_.key_type)}, {type_name(type_.item_type)}>"
    if pa.types.is_struct(type_):
        return f"struct<{', '.join(f'{field.name}: {type_name(field.type)}' for field in type_)}>"
    if is_list(type_):
        return f"list<{type_name(type_.value_type)}>"
    return NAMES.get(type_, str(type_))
