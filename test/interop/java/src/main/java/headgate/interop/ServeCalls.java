package headgate.interop;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;

/** Answers calls, one JSON line each: {"call": name, "arguments": {...}} gives {"result": ...} or {"error": "..."}. */
public final class ServeCalls {
  /** One call: arguments in, a result that Jackson can write out. */
  interface Call {
    Object answer(JsonNode arguments) throws Exception;
  }

  private static final ObjectMapper json = new ObjectMapper();

  private static final Map<String, Call> calls = Map.ofEntries(
    Map.entry("version", arguments -> clientVersion()),
    Map.entry("produce", ProduceCall::answer),
    Map.entry("consume", ConsumeCalls::consume),
    Map.entry("subscribe", ConsumeCalls::subscribe),
    Map.entry("offset_at", AdminCalls::offsetAt),
    Map.entry("create_topic", AdminCalls::createTopic),
    Map.entry("delete_topic", AdminCalls::deleteTopic),
    Map.entry("list_topics", AdminCalls::listTopics),
    Map.entry("describe_topic", AdminCalls::describeTopic),
    Map.entry("describe_cluster", AdminCalls::describeCluster),
    Map.entry("describe_configs", AdminCalls::describeConfigs),
    Map.entry("set_config", AdminCalls::setConfig)
  );

  public static void main(String[] words) throws Exception {
    var answers = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    System.setOut(System.err);
    var requests = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = requests.readLine(); line != null; line = requests.readLine()) answers.println(json.writeValueAsString(answer(line)));
  }

  private static Map<String, Object> answer(String line) {
    try {
      JsonNode request = json.readTree(line);
      Call call = calls.get(request.get("call").asText());
      return Collections.singletonMap("result", call.answer(request.get("arguments")));
    } catch (Exception failure) {
      failure.printStackTrace();
      Throwable cause = failure instanceof ExecutionException && failure.getCause() != null ? failure.getCause() : failure;
      return Map.of("error", cause.getClass().getSimpleName() + ": " + cause.getMessage());
    }
  }

  /** What the client's own archive says of itself. */
  private static String clientVersion() throws IOException {
    var properties = new Properties();
    try (InputStream stream = ServeCalls.class.getResourceAsStream("/kafka/kafka-version.properties")) {
      properties.load(stream);
    }
    return properties.getProperty("version");
  }

  private ServeCalls() {}
}
