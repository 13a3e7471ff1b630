package headgate.interop;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.record.TimestampType;

/** Records between JSON, where bytes are hexadecimal text, and the client. */
final class Records {
  static ProducerRecord<byte[], byte[]> toProduce(String topic, JsonNode record) {
    List<Header> headers = new ArrayList<>();
    for (JsonNode header : record.get("headers")) headers.add(new RecordHeader(header.get(0).asText(), bytes(header.get(1))));
    Integer partition = record.get("partition").isNull() ? null : (Integer) record.get("partition").asInt();
    Long timestampMs = record.get("timestampMs").isNull() ? null : (Long) record.get("timestampMs").asLong();
    return new ProducerRecord<>(topic, partition, timestampMs, bytes(record.get("key")), bytes(record.get("value")), headers);
  }

  static Map<String, Object> consumed(ConsumerRecord<byte[], byte[]> record) {
    List<String[]> headers = new ArrayList<>();
    for (Header header : record.headers()) headers.add(new String[] {header.key(), hex(header.value())});
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("offset", record.offset());
    facts.put("timestampMs", record.timestamp());
    facts.put("isLogAppendTime", record.timestampType() == TimestampType.LOG_APPEND_TIME);
    facts.put("key", hex(record.key()));
    facts.put("value", hex(record.value()));
    facts.put("headers", headers);
    return facts;
  }

  /** The client's configuration: where the brokers are, and what the call adds. */
  static Properties properties(JsonNode arguments) {
    var properties = new Properties();
    properties.put("bootstrap.servers", arguments.get("bootstrap").asText());
    properties.put("client.id", "java");
    if (arguments.has("config")) arguments.get("config").fields().forEachRemaining(entry -> properties.put(entry.getKey(), entry.getValue().asText()));
    return properties;
  }

  private static byte[] bytes(JsonNode text) {
    return text.isNull() ? null : HexFormat.of().parseHex(text.asText());
  }

  private static String hex(byte[] bytes) {
    return bytes == null ? null : HexFormat.of().formatHex(bytes);
  }

  private Records() {}
}
