import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.flink.avro.registry.confluent.shaded.io.confluent.kafka.schemaregistry.avro.AvroSchemaProvider;
import org.apache.flink.avro.registry.confluent.shaded.io.confluent.kafka.schemaregistry.client.CachedSchemaRegistryClient;
import org.apache.flink.avro.registry.confluent.shaded.io.confluent.kafka.schemaregistry.client.rest.RestService;
import org.apache.flink.avro.registry.confluent.shaded.io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;
import org.apache.flink.avro.shaded.com.fasterxml.jackson.annotation.JsonInclude;
import org.apache.flink.avro.shaded.com.fasterxml.jackson.databind.JsonNode;
import org.apache.flink.avro.shaded.com.fasterxml.jackson.databind.ObjectMapper;

/** Calls unmodified Java clients for the tests: one JSON object a line in, one out. */
public final class Clients {
  static final ObjectMapper JSON =
      new ObjectMapper().setSerializationInclusion(JsonInclude.Include.NON_NULL);
  private final Map<String, Object> objects;

  private Clients(String url) {
    var cached =
        new CachedSchemaRegistryClient(
            List.of(url), 1000, List.of(new AvroSchemaProvider()), Map.of());
    objects = Map.of("rest", new RestService(url), "cached", cached, "avro", new Avro(cached));
  }

  public static void main(String[] args) throws Exception {
    var clients = new Clients(args[0]);
    var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    // What a library prints must not come between the answers.
    var out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
    System.setOut(System.err);
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      out.println(JSON.writeValueAsString(clients.answer(JSON.readTree(line))));
    }
  }

  private Map<String, Object> answer(JsonNode asked) {
    var answer = new LinkedHashMap<String, Object>();
    try {
      answer.put("result", result(asked.get("call").asText(), asked.get("args")));
    } catch (InvocationTargetException error) {
      answer.put("error", said(error.getCause()));
    } catch (Exception error) {
      answer.put("error", said(error));
    }
    return answer;
  }

  private Object result(String call, JsonNode args) throws Exception {
    if (call.equals("methods")) {
      return methods(objects.get(args.get(0).asText()).getClass());
    }
    var names = call.split("\\.");
    var object = objects.get(names[0]);
    for (var method : object.getClass().getMethods()) {
      if (method.getName().equals(names[1]) && Arguments.fit(method, args)) {
        return Arguments.plain(method.invoke(object, Arguments.of(method, args)));
      }
    }
    throw new NoSuchMethodException(call + args);
  }

  private static Set<String> methods(Class<?> kind) {
    var names = new TreeSet<String>();
    for (Method method : kind.getMethods()) {
      var own = method.getDeclaringClass() != Object.class;
      if (own && !Modifier.isStatic(method.getModifiers())) {
        names.add(method.getName());
      }
    }
    return names;
  }

  private static Map<String, Object> said(Throwable error) {
    var said = new LinkedHashMap<String, Object>();
    // The serializers wrap what the client threw.
    for (var cause = error; cause != null; cause = cause.getCause()) {
      if (cause instanceof RestClientException rest) {
        said.put("status", rest.getStatus());
        said.put("code", rest.getErrorCode());
      }
    }
    said.put("message", String.valueOf(error.getMessage()));
    said.put("kind", error.getClass().getSimpleName());
    return said;
  }
}
