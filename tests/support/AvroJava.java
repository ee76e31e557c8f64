import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.Incompatibility;

/** Answers, line by line, what Avro Java makes of a schema, or of a reader and a writer. */
public class AvroJava {
  private static final ObjectMapper JSON = new ObjectMapper();

  public static void main(String[] args) throws Exception {
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      out.println(JSON.writeValueAsString(answer(JSON.readTree(line))));
    }
  }

  private static ObjectNode answer(JsonNode question) {
    ObjectNode answer = JSON.createObjectNode();
    try {
      if (question.has("reader")) {
        compare(question, answer.putArray("problems"));
      } else {
        answer.put("text", text(question));
      }
    } catch (RuntimeException | StackOverflowError refusal) {
      answer.removeAll();
      answer.put("refused", String.valueOf(refusal.getMessage()));
    }
    return answer;
  }

  private static String text(JsonNode question) {
    Schema.Parser parser = new Schema.Parser();
    List<Schema> used = new ArrayList<>();
    for (JsonNode each : question.path("uses")) {
      used.add(parser.parse(each.textValue()));
    }
    Schema schema = parser.parse(question.get("schema").textValue());
    return used.isEmpty() ? schema.toString() : schema.toString(used, false);
  }

  private static void compare(JsonNode question, ArrayNode problems) {
    Schema reader = new Schema.Parser().parse(question.get("reader").textValue());
    Schema writer = new Schema.Parser().parse(question.get("writer").textValue());
    for (Incompatibility each :
        SchemaCompatibility.checkReaderWriterCompatibility(reader, writer)
            .getResult().getIncompatibilities()) {
      problems.addArray()
          .add(each.getType().name()).add(each.getLocation()).add(each.getMessage());
    }
  }
}
