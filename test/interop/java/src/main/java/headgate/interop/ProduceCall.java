package headgate.interop;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Produces records and tells what became of each, in order. */
final class ProduceCall {
  static Object answer(JsonNode arguments) {
    String topic = arguments.get("topic").asText();
    JsonNode records = arguments.get("records");
    Object[] deliveries = new Object[records.size()];
    try (var producer = new KafkaProducer<byte[], byte[]>(Records.properties(arguments), new ByteArraySerializer(), new ByteArraySerializer())) {
      for (int i = 0; i < deliveries.length; i++) {
        final int index = i;
        producer.send(Records.toProduce(topic, records.get(i)), (metadata, error) -> deliveries[index] = delivery(metadata, error));
      }
    }
    return List.of(Arrays.asList(deliveries).toArray());
  }

  private static Map<String, Object> delivery(RecordMetadata metadata, Exception error) {
    if (error != null) return Map.of("error", facts(error));
    return Map.of("partition", metadata.partition(), "offset", metadata.hasOffset() ? metadata.offset() : -1L);
  }

  private static Map<String, Object> facts(Exception error) {
    String name = Errors.forException(error).name().toUpperCase(Locale.ROOT);
    return Map.of("name", name, "message", String.valueOf(error.getMessage()), "isRetriable", error instanceof RetriableException);
  }

  private ProduceCall() {}
}
