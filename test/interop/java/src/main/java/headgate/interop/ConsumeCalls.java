package headgate.interop;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Consumes an assigned partition; no group is used. */
final class ConsumeCalls {
  private static final long DEADLINE_MS = 60_000;

  /** `count` records from the offset on. */
  static Object consume(JsonNode arguments) {
    var partition = new TopicPartition(arguments.get("topic").asText(), arguments.get("partition").asInt());
    try (var consumer = open(Records.properties(arguments))) {
      consumer.assign(List.of(partition));
      seek(consumer, partition, arguments.get("offset"));
      return poll(consumer, arguments.get("count").asInt()).stream().map(Records::consumed).toList();
    }
  }

  private static KafkaConsumer<byte[], byte[]> open(Properties properties) {
    properties.put("auto.offset.reset", "none");
    properties.put("enable.auto.commit", "false");
    return new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  private static void seek(KafkaConsumer<byte[], byte[]> consumer, TopicPartition partition, JsonNode offset) {
    switch (offset.asText()) {
      case "earliest" -> consumer.seekToBeginning(List.of(partition));
      case "latest" -> consumer.seekToEnd(List.of(partition));
      default -> consumer.seek(partition, offset.asLong());
    }
  }

  private static List<ConsumerRecord<byte[], byte[]>> poll(KafkaConsumer<byte[], byte[]> consumer, int count) {
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    long deadlineMs = System.currentTimeMillis() + DEADLINE_MS;
    while (records.size() < count) {
      if (System.currentTimeMillis() > deadlineMs) throw new TimeoutException(records.size() + " of " + count + " records came");
      consumer.poll(Duration.ofMillis(500)).forEach(records::add);
    }
    return records.subList(0, count);
  }

  /** The error that a group consumer gets. */
  static Object subscribe(JsonNode arguments) {
    Properties properties = Records.properties(arguments);
    properties.put("group.id", "unused");
    try (var consumer = open(properties)) {
      consumer.subscribe(List.of(arguments.get("topic").asText()));
      consumer.poll(Duration.ofMillis(DEADLINE_MS));
    } catch (RuntimeException error) {
      return error.getClass().getSimpleName() + ": " + error.getMessage();
    }
    throw new TimeoutException("no error came");
  }

  private ConsumeCalls() {}
}
