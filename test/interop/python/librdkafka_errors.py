"""What librdkafka knows of each refused record. Its Python package shows the code alone, so this calls the C library itself.

The words are read in an interceptor, while the response is still there: librdkafka 2.16 gives delivery callbacks a pointer
into the response that it has freed by then.
"""

import ctypes
from pathlib import Path

import confluent_kafka

FLUSH_MS = 60_000
PRODUCER = 0
COPY = 2


class Message(ctypes.Structure):
    """The head of `rd_kafka_message_t`."""

    _fields_ = [("error", ctypes.c_int)]


Created = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t)
Acknowledged = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.POINTER(Message), ctypes.c_void_p)
NAME = b"headgate"


def refusals(bootstrap: str, topic: str, values: list) -> list:
    """Produces the values as one batch; for each, in order, the broker's words, or null where there are none."""
    library = load()
    words: list = []

    @Acknowledged
    def keep(_producer, message, _opaque) -> int:
        text = library.rd_kafka_message_produce_errstr(message) if message.contents.error else None
        words.append(None if text is None else text.decode())
        return 0

    @Created
    def on_new(producer, _configuration, _opaque, _text, _size) -> int:
        return library.rd_kafka_interceptor_add_on_acknowledgement(producer, NAME, keep, None)

    configuration = library.rd_kafka_conf_new()
    for name, value in {"bootstrap.servers": bootstrap, "linger.ms": "200"}.items():
        library.rd_kafka_conf_set(configuration, name.encode(), value.encode(), None, 0)
    library.rd_kafka_conf_interceptor_add_on_new(configuration, NAME, on_new, None)
    producer = library.rd_kafka_new(PRODUCER, configuration, None, 0)
    target = library.rd_kafka_topic_new(producer, topic.encode(), None)
    for value in values:
        library.rd_kafka_produce(target, 0, COPY, value.encode(), len(value.encode()), None, 0, None)
    library.rd_kafka_flush(producer, FLUSH_MS)
    library.rd_kafka_topic_destroy(target)
    library.rd_kafka_destroy(producer)
    return words


def load() -> ctypes.CDLL:
    """The library that the Python package brings along."""
    package = Path(confluent_kafka.__file__).parent
    (path,) = [*package.parent.glob("confluent_kafka.libs/librdkafka*"), *package.glob(".dylibs/librdkafka*.dylib")]
    library = ctypes.CDLL(str(path))
    for name in ["rd_kafka_conf_new", "rd_kafka_new", "rd_kafka_topic_new"]:
        getattr(library, name).restype = ctypes.c_void_p
    pointer, text, size, number = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_size_t, ctypes.c_int
    library.rd_kafka_message_produce_errstr.restype = text
    library.rd_kafka_conf_set.argtypes = [pointer, text, text, pointer, size]
    library.rd_kafka_conf_interceptor_add_on_new.argtypes = [pointer, text, Created, pointer]
    library.rd_kafka_interceptor_add_on_acknowledgement.argtypes = [pointer, text, Acknowledged, pointer]
    library.rd_kafka_new.argtypes = [number, pointer, pointer, size]
    library.rd_kafka_topic_new.argtypes = [pointer, text, pointer]
    library.rd_kafka_produce.argtypes = [pointer, ctypes.c_int32, number, text, size, pointer, size, pointer]
    library.rd_kafka_flush.argtypes = [pointer, number]
    library.rd_kafka_topic_destroy.argtypes = [pointer]
    library.rd_kafka_destroy.argtypes = [pointer]
    return library
