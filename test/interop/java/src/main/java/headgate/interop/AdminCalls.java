package headgate.interop;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;

/** What an administrator asks: topics, configs, the cluster, offsets. */
final class AdminCalls {
  private interface Question {
    Object ask(Admin admin, String topic) throws Exception;
  }

  private static Object with(JsonNode arguments, Question question) throws Exception {
    try (var admin = Admin.create(Records.properties(arguments))) {
      return question.ask(admin, arguments.path("topic").asText());
    }
  }

  static Object createTopic(JsonNode arguments) throws Exception {
    Map<String, String> configs = new HashMap<>();
    arguments.get("configs").fields().forEachRemaining(entry -> configs.put(entry.getKey(), entry.getValue().asText()));
    var partitions = arguments.get("partitions").asInt();
    return with(arguments, (admin, topic) -> admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1).configs(configs))).all().get());
  }

  static Object deleteTopic(JsonNode arguments) throws Exception {
    return with(arguments, (admin, topic) -> admin.deleteTopics(List.of(topic)).all().get());
  }

  static Object listTopics(JsonNode arguments) throws Exception {
    return with(arguments, (admin, topic) -> new TreeSet<>(admin.listTopics().names().get()));
  }

  static Object describeTopic(JsonNode arguments) throws Exception {
    return with(arguments, (admin, topic) -> {
      var found = admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic);
      var leaders = found.partitions().stream().map(partition -> partition.leader().id()).toList();
      return Map.of("name", found.name(), "topicId", found.topicId().toString(), "leaders", leaders);
    });
  }

  static Object describeCluster(JsonNode arguments) throws Exception {
    return with(arguments, (admin, topic) -> {
      var found = admin.describeCluster();
      var nodes = found.nodes().get().stream().map(node -> node.host() + ":" + node.port()).toList();
      return Map.of("clusterId", found.clusterId().get(), "nodes", nodes);
    });
  }

  static Object describeConfigs(JsonNode arguments) throws Exception {
    return with(arguments, (admin, topic) -> {
      var resource = resource(topic);
      var entries = new TreeMap<String, Object>();
      for (ConfigEntry entry : admin.describeConfigs(List.of(resource)).all().get().get(resource).entries())
        entries.put(entry.name(), Map.of("value", entry.value(), "isDefault", entry.isDefault()));
      return entries;
    });
  }

  static Object setConfig(JsonNode arguments) throws Exception {
    var entry = new ConfigEntry(arguments.get("name").asText(), arguments.get("value").asText());
    var operations = List.of(new AlterConfigOp(entry, AlterConfigOp.OpType.SET));
    return with(arguments, (admin, topic) -> admin.incrementalAlterConfigs(Map.of(resource(topic), operations)).all().get());
  }

  /** By timestamp in ms, or `earliest`, `latest`, `maxTimestamp`; -1 where there is none. */
  static Object offsetAt(JsonNode arguments) throws Exception {
    JsonNode at = arguments.get("at");
    OffsetSpec spec = at.isTextual() ? named(at.asText()) : OffsetSpec.forTimestamp(at.asLong());
    return with(arguments, (admin, topic) -> {
      var partition = new TopicPartition(topic, arguments.get("partition").asInt());
      return admin.listOffsets(Map.of(partition, spec)).partitionResult(partition).get().offset();
    });
  }

  private static OffsetSpec named(String name) {
    return switch (name) {
      case "earliest" -> OffsetSpec.earliest();
      case "latest" -> OffsetSpec.latest();
      case "maxTimestamp" -> OffsetSpec.maxTimestamp();
      default -> throw new IllegalArgumentException(name);
    };
  }

  private static ConfigResource resource(String topic) {
    return new ConfigResource(ConfigResource.Type.TOPIC, topic);
  }

  private AdminCalls() {}
}
