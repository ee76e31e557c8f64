import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.apache.flink.avro.registry.confluent.shaded.io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import org.apache.flink.avro.shaded.com.fasterxml.jackson.databind.JsonNode;
import org.apache.flink.avro.shaded.org.apache.avro.Schema;
import org.apache.flink.avro.shaded.org.apache.avro.generic.GenericDatumReader;
import org.apache.flink.avro.shaded.org.apache.avro.generic.GenericDatumWriter;
import org.apache.flink.avro.shaded.org.apache.avro.generic.GenericRecord;
import org.apache.flink.avro.shaded.org.apache.avro.io.DecoderFactory;
import org.apache.flink.avro.shaded.org.apache.avro.io.EncoderFactory;
import org.apache.flink.formats.avro.registry.confluent.ConfluentSchemaRegistryCoder;

/** Frames by Flink's own coder on Confluent's client; events are in Avro's JSON encoding. */
public final class Avro {
  private final SchemaRegistryClient client;

  Avro(SchemaRegistryClient client) {
    this.client = client;
  }

  /** Returns the event as Flink writes it, its schema registered under the subject. */
  public byte[] encode(String subject, String text, JsonNode event) throws IOException {
    var schema = new Schema.Parser().parse(text);
    var decoder = DecoderFactory.get().jsonDecoder(schema, event.toString());
    var record = new GenericDatumReader<GenericRecord>(schema).read(null, decoder);
    var payload = new ByteArrayOutputStream();
    new ConfluentSchemaRegistryCoder(subject, client).writeSchema(schema, payload);
    var encoder = EncoderFactory.get().binaryEncoder(payload, null);
    new GenericDatumWriter<GenericRecord>(schema).write(record, encoder);
    encoder.flush();
    return payload.toByteArray();
  }

  /** Returns the event as Flink reads it, by the schema whose id it carries. */
  public JsonNode decode(byte[] payload) throws IOException {
    var in = new ByteArrayInputStream(payload);
    var schema = new ConfluentSchemaRegistryCoder(client).readSchema(in);
    var decoder = DecoderFactory.get().binaryDecoder(in, null);
    var record = new GenericDatumReader<GenericRecord>(schema).read(null, decoder);
    var text = new ByteArrayOutputStream();
    var encoder = EncoderFactory.get().jsonEncoder(schema, text);
    new GenericDatumWriter<GenericRecord>(schema).write(record, encoder);
    encoder.flush();
    return Clients.JSON.readTree(text.toByteArray());
  }
}
