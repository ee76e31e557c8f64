import java.lang.reflect.Method;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.avro.registry.confluent.shaded.io.confluent.kafka.schemaregistry.ParsedSchema;
import org.apache.flink.avro.registry.confluent.shaded.io.confluent.kafka.schemaregistry.avro.AvroSchema;
import org.apache.flink.avro.shaded.com.fasterxml.jackson.databind.JsonNode;
import org.apache.flink.avro.shaded.org.apache.avro.Schema;

/** Reads JSON as what a method wants, and shows as JSON what it returns. */
final class Arguments {
  private Arguments() {}

  /** Tells whether the arguments are of the number and the kinds that the method wants. */
  static boolean fit(Method method, JsonNode args) {
    var wanted = method.getParameterTypes();
    if (wanted.length != args.size()) {
      return false;
    }
    for (int i = 0; i < wanted.length; i++) {
      if (!fits(wanted[i], args.get(i))) {
        return false;
      }
    }
    return true;
  }

  static Object[] of(Method method, JsonNode args) {
    var wanted = method.getGenericParameterTypes();
    var found = new Object[wanted.length];
    for (int i = 0; i < wanted.length; i++) {
      var type = Clients.JSON.constructType(wanted[i]);
      var schema = type.getRawClass() == ParsedSchema.class;
      found[i] =
          schema ? new AvroSchema(args.get(i).asText()) : Clients.JSON.convertValue(args.get(i), type);
    }
    return found;
  }

  static Object plain(Object result) {
    if (result instanceof Optional<?> optional) {
      return plain(optional.orElse(null));
    }
    if (result instanceof ParsedSchema schema) {
      var shown = new LinkedHashMap<String, Object>();
      shown.put("schemaType", schema.schemaType());
      shown.put("schema", schema.canonicalString());
      return shown;
    }
    return result instanceof Schema schema ? schema.toString() : result;
  }

  private static boolean fits(Class<?> wanted, JsonNode value) {
    if (value.isTextual()) {
      return wanted == String.class
          || wanted == byte[].class
          || wanted == ParsedSchema.class
          || wanted.isEnum();
    }
    if (value.isInt()) {
      return wanted == int.class || wanted == Integer.class;
    }
    if (value.isBoolean()) {
      return wanted == boolean.class || wanted == Boolean.class;
    }
    if (value.isObject()) {
      var simple = wanted == String.class || wanted.isPrimitive() || wanted == ParsedSchema.class;
      return Map.class.isAssignableFrom(wanted) || !simple && !Collection.class.isAssignableFrom(wanted);
    }
    return value.isArray() ? Collection.class.isAssignableFrom(wanted) : !wanted.isPrimitive();
  }
}
