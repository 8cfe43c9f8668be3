import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Of the REST Proxy API v2 the one call that Postern makes: `POST /topics/{topic}` with JSON records. */
public class RestProxy {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String TAKES = "application/vnd.kafka.json.v2+json";

    public static void main(String[] args) throws IOException {
        Map<String, Object> settings = Map.of(
                "bootstrap.servers", args[0], "acks", "all",
                "delivery.timeout.ms", 8000, "request.timeout.ms", 4000, "max.block.ms", 5000);
        var producer = new KafkaProducer<byte[], byte[]>(settings, new ByteArraySerializer(), new ByteArraySerializer());
        var server = HttpServer.create(new InetSocketAddress("127.0.0.1", Integer.parseInt(args[1])), 0);
        server.setExecutor(Executors.newFixedThreadPool(8));
        server.createContext("/topics/", exchange -> produce(producer, exchange));
        server.start();
    }

    private static void produce(KafkaProducer<byte[], byte[]> producer, HttpExchange exchange) throws IOException {
        if (!exchange.getRequestMethod().equals("POST")) { refuse(exchange, 405, "Only POST is spoken here."); return; }
        if (!TAKES.equals(exchange.getRequestHeaders().getFirst("Content-Type"))) { refuse(exchange, 415, "Send " + TAKES); return; }
        JsonNode records;
        try {
            records = JSON.readTree(exchange.getRequestBody()).path("records");
        } catch (IOException unreadable) {
            refuse(exchange, 400, "The body is not JSON.");
            return;
        }
        if (!records.isArray() || records.isEmpty()) { refuse(exchange, 422, "A list of records is needed."); return; }
        String topic = exchange.getRequestURI().getPath().substring("/topics/".length());
        var sent = new ArrayList<Future<RecordMetadata>>();
        for (JsonNode record : records) {
            // In this format keys are JSON as well: a key that is text reaches the topic in quotes.
            byte[] key = record.has("key") ? JSON.writeValueAsBytes(record.get("key")) : null;
            sent.add(producer.send(new ProducerRecord<>(topic, key, JSON.writeValueAsBytes(record.get("value")))));
        }
        ObjectNode answer = JSON.createObjectNode();
        var offsets = answer.putArray("offsets");
        for (var one : sent) offsets.add(placeOf(one));
        reply(exchange, 200, answer);
    }

    private static ObjectNode placeOf(Future<RecordMetadata> sent) {
        ObjectNode place = JSON.createObjectNode();
        try {
            RecordMetadata where = sent.get();
            return place.put("partition", where.partition()).put("offset", where.offset());
        } catch (InterruptedException | ExecutionException failed) {
            return place.put("error_code", 50002).put("error", failed.getMessage());
        }
    }

    private static void refuse(HttpExchange exchange, int status, String why) throws IOException {
        reply(exchange, status, JSON.createObjectNode().put("error_code", status).put("message", why));
    }

    private static void reply(HttpExchange exchange, int status, ObjectNode answer) throws IOException {
        byte[] body = JSON.writeValueAsBytes(answer);
        exchange.getResponseHeaders().set("Content-Type", "application/vnd.kafka.v2+json");
        exchange.sendResponseHeaders(status, body.length);
        try (exchange; var out = exchange.getResponseBody()) { out.write(body); }
    }
}
