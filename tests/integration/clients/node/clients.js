// Calls unmodified JavaScript clients for the tests: one JSON object a line in, one out.
"use strict";

const { createInterface } = require("node:readline");
const { Kafka, logLevel } = require("kafkajs");
const { SchemaRegistry } = require("@kafkajs/confluent-schema-registry");
const confluent = require("@confluentinc/schemaregistry");

const [url, bootstrap] = process.argv.slice(2);
const client = new confluent.SchemaRegistryClient({ baseURLs: [url], maxRetries: 0 });
const kafka = new Kafka({ brokers: [bootstrap], logLevel: logLevel.ERROR });

const serializers = {
  id: serializer({ useLatestVersion: true }),
  guid: serializer({
    useLatestVersion: true,
    schemaIdSerializer: confluent.HeaderSchemaIdSerializer,
  }),
};
const deserializer = new confluent.AvroDeserializer(client, confluent.SerdeType.VALUE, {});

function serializer(options) {
  return new confluent.AvroSerializer(client, confluent.SerdeType.VALUE, options);
}

const avro = {
  async serialize(framing, topic, event) {
    const headers = {};
    const value = await serializers[framing].serialize(topic, event, headers);
    return { value, headers };
  },
  deserialize: (topic, value, headers) =>
    deserializer.deserialize(topic, Buffer.from(value, "base64"), fromBase64(headers)),
};

const wire = {
  async send(topic, value, headers) {
    const producer = kafka.producer();
    await producer.connect();
    const message = { value: Buffer.from(value, "base64"), headers: fromBase64(headers) };
    await producer.send({ topic, messages: [message] });
    await producer.disconnect();
  },
  async receive(topic) {
    const consumer = kafka.consumer({ groupId: topic });
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    const { value, headers } = await new Promise((resolve, reject) => {
      consumer.run({ eachMessage: async ({ message }) => resolve(message) }).catch(reject);
    });
    await consumer.disconnect();
    return { value, headers };
  },
};

const kafkajs = new SchemaRegistry({ host: url, retry: { retries: 0 } });
const decoding = {
  decode: (value) => kafkajs.decode(Buffer.from(value, "base64")),
};
const objects = { kafkajs, decoding, confluent: client, avro, wire };

function methods(name) {
  const names = Object.getOwnPropertyNames(Object.getPrototypeOf(objects[name]));
  return names.filter((each) => each !== "constructor");
}

function fromBase64(headers) {
  const entries = Object.entries(headers ?? {});
  return Object.fromEntries(entries.map(([name, text]) => [name, Buffer.from(text, "base64")]));
}

function toBase64(_name, value) {
  return value?.type === "Buffer" ? Buffer.from(value.data).toString("base64") : value;
}

async function answer({ call, args }) {
  if (call === "methods") return methods(args[0]);
  const [object, method] = call.split(".");
  return objects[object][method](...args);
}

function said(error) {
  const { status, errorCode: code, message, constructor } = error;
  return { status, code, message, kind: constructor.name };
}

async function main() {
  for await (const line of createInterface({ input: process.stdin })) {
    const reply = await answer(JSON.parse(line)).then(
      (result) => ({ result }),
      (error) => ({ error: said(error) }),
    );
    process.stdout.write(`${JSON.stringify(reply, toBase64)}\n`);
  }
}

main();
