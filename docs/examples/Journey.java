import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.math.BigInteger;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.UUID;

/**
 * From a sender to a recipient and back by the HTTP API alone, with what the JDK has (17 or newer) and Gson.
 *
 * <pre>RENKEI_URL=http://127.0.0.1:… java -cp gson.jar Journey.java SENDER_CODE RECIPIENT_CODE FILE</pre>
 *
 * FILE: one of the national standard that is a transmission by itself (UPJSK_…); who sends it to whom stands in its name. The codes enrol a device of each.
 */
public class Journey {
    static final HttpClient HTTP = HttpClient.newHttpClient();
    static final Gson GSON = new Gson();
    static final int PATIENCE_SECONDS = 60;

    public static void main(String[] arguments) throws Exception {
        Path path = Path.of(arguments[2]);
        String name = path.getFileName().toString();
        byte[] content = Files.readAllBytes(path);
        String[] parts = name.replace(".CSV", "").split("_");
        Office sender = new Office(System.getenv("RENKEI_URL"), parts[2]);
        Office recipient = new Office(System.getenv("RENKEI_URL"), parts[4]);
        sender.enrol(arguments[0]);
        recipient.enrol(arguments[1]);

        String transmission = send(sender, parts[4] + "-" + parts[5], name, content);
        JsonObject sent = ended(sender, transmission);
        require(sent.get("status").getAsString().equals("delivered"), sent);
        System.out.println(transmission + " delivered");
        receive(recipient, transmission, content);
        JsonObject delivery = sender.json("GET", "/v1/transmissions/" + transmission, null).getAsJsonArray("deliveries").get(0).getAsJsonObject();
        require(delivery.get("status").getAsString().equals("acknowledged") && delivery.get("note").getAsString().equals("from Java"), delivery);
        System.out.println("acknowledged " + delivery.get("acknowledged_at").getAsString());
    }

    /** Announces the manifest, and puts the file where it is told, with the headers it is told. */
    static String send(Office sender, String address, String name, byte[] content) throws Exception {
        JsonArray manifests = new JsonArray();
        manifests.add(sender.manifest(address, name, content));
        JsonObject body = new JsonObject();
        body.add("manifests", manifests);
        JsonObject announced = sender.json("POST", "/v1/transmissions", body);
        JsonObject upload = announced.getAsJsonArray("uploads").get(0).getAsJsonObject();
        HttpRequest.Builder put = HttpRequest.newBuilder(URI.create(upload.get("url").getAsString()));
        put.method(upload.get("method").getAsString(), BodyPublishers.ofByteArray(content));
        for (String header : upload.getAsJsonObject("headers").keySet()) {
            // the client says the length itself, and lets nobody else say it
            if (!header.equalsIgnoreCase("content-length")) {
                put.header(header, upload.getAsJsonObject("headers").get(header).getAsString());
            }
        }
        HttpResponse<String> stored = HTTP.send(put.build(), BodyHandlers.ofString());
        require(stored.statusCode() == 200, stored.body());
        return announced.get("id").getAsString();
    }

    /** The transmission, once it is delivered or rejected. It is in the ledger when its first file came. */
    static JsonObject ended(Office sender, String transmission) throws Exception {
        Instant end = Instant.now().plusSeconds(PATIENCE_SECONDS);
        while (Instant.now().isBefore(end)) {
            HttpResponse<byte[]> response = sender.call("GET", "/v1/transmissions/" + transmission, null);
            if (response.statusCode() != 404) {
                JsonObject sent = answered(response);
                if (!sent.get("status").getAsString().equals("waiting")) {
                    return sent;
                }
            }
            Thread.sleep(200);
        }
        throw new IllegalStateException(transmission + " has not ended");
    }

    /** Finds the delivery, fetches its file, and says that it was imported. */
    static void receive(Office recipient, String transmission, byte[] content) throws Exception {
        JsonObject inbox = recipient.json("GET", "/v1/inbox?status=delivered&kind=UPJSK", null);
        require(inbox.toString().contains(transmission), inbox);
        JsonObject delivery = recipient.json("GET", "/v1/inbox/" + transmission, null);
        String key = delivery.getAsJsonArray("files").get(0).getAsJsonObject().get("key").getAsString();
        HttpResponse<byte[]> link = recipient.call("GET", "/v1/inbox/" + transmission + "/files/" + key.substring(key.lastIndexOf('/') + 1), null);
        require(link.statusCode() == 303, link.statusCode());
        URI location = URI.create(link.headers().firstValue("location").orElseThrow());
        HttpResponse<byte[]> file = HTTP.send(HttpRequest.newBuilder(location).build(), BodyHandlers.ofByteArray());
        require(Arrays.equals(file.body(), content), "other bytes than were sent");
        JsonObject outcome = new JsonObject();
        outcome.addProperty("outcome", "imported");
        outcome.addProperty("note", "from Java");
        recipient.json("POST", "/v1/inbox/" + transmission + "/acknowledgement", outcome);
    }

    /** JSON, or a problem (RFC 9457) as an exception: software goes by its code. */
    static JsonObject answered(HttpResponse<byte[]> response) {
        String text = new String(response.body(), StandardCharsets.UTF_8);
        require(response.statusCode() / 100 == 2, text);
        return JsonParser.parseString(text).getAsJsonObject();
    }

    static void require(boolean holds, Object otherwise) {
        if (!holds) {
            throw new IllegalStateException(String.valueOf(otherwise));
        }
    }

    /** One device of an office: its key, what it signs, its calls. */
    static class Office {
        final String origin;
        final String number;
        final KeyPair pair;
        final JsonObject jwk = new JsonObject();
        final String kid;

        Office(String origin, String number) throws Exception {
            this.origin = origin;
            this.number = number;
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            pair = generator.generateKeyPair();
            ECPublicKey key = (ECPublicKey) pair.getPublic();
            // in this order, and without white space, it is what RFC 7638 takes the digest of
            jwk.addProperty("crv", "P-256");
            jwk.addProperty("kty", "EC");
            jwk.addProperty("x", base64url(coordinate(key.getW().getAffineX())));
            jwk.addProperty("y", base64url(coordinate(key.getW().getAffineY())));
            kid = base64url(sha256(GSON.toJson(jwk).getBytes(StandardCharsets.UTF_8)));
        }

        void enrol(String code) throws Exception {
            JsonObject claims = new JsonObject();
            claims.addProperty("iss", number);
            claims.addProperty("aud", origin);
            claims.addProperty("jti", code.substring(0, 4));
            JsonObject body = new JsonObject();
            body.addProperty("office", number);
            body.addProperty("code", code);
            body.add("public_key", jwk);
            body.addProperty("name", "Java");
            body.addProperty("proof", sign("renkei-proof+jwt", claims));
            HttpRequest request = HttpRequest.newBuilder(URI.create(origin + "/v1/enrolments")).header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(GSON.toJson(body))).build();
            answered(HTTP.send(request, BodyHandlers.ofByteArray()));
        }

        /** A compact JWS. Java's usual ECDSA signature is DER; JOSE's are the two numbers behind each other (RFC 7518 §3.4), which JDK calls P1363. */
        String sign(String typ, JsonObject claims) throws Exception {
            JsonObject header = new JsonObject();
            header.addProperty("typ", typ);
            header.addProperty("alg", "ES256");
            header.addProperty("kid", kid);
            String message = base64url(GSON.toJson(header).getBytes(StandardCharsets.UTF_8)) + "." + base64url(GSON.toJson(claims).getBytes(StandardCharsets.UTF_8));
            Signature signature = Signature.getInstance("SHA256withECDSAinP1363Format");
            signature.initSign(pair.getPrivate());
            signature.update(message.getBytes(StandardCharsets.US_ASCII));
            return message + "." + base64url(signature.sign());
        }

        String manifest(String address, String name, byte[] content) throws Exception {
            JsonArray recipients = new JsonArray();
            recipients.add(address);
            JsonObject claims = new JsonObject();
            claims.addProperty("iss", number);
            claims.add("aud", recipients);
            claims.addProperty("jti", UUID.randomUUID().toString());
            claims.addProperty("iat", Instant.now().getEpochSecond());
            claims.addProperty("name", name);
            claims.addProperty("size", content.length);
            claims.addProperty("sha256", base64url(sha256(content)));
            return sign("renkei-manifest+jwt", claims);
        }

        /** A call with a token for it: for this method and path, without its query. */
        HttpResponse<byte[]> call(String method, String pathAndQuery, JsonObject body) throws Exception {
            long now = Instant.now().getEpochSecond();
            JsonObject claims = new JsonObject();
            claims.addProperty("iss", number);
            claims.addProperty("aud", origin);
            claims.addProperty("iat", now);
            claims.addProperty("exp", now + 300);
            claims.addProperty("jti", UUID.randomUUID().toString());
            claims.addProperty("htm", method);
            claims.addProperty("htu", pathAndQuery.split("\\?")[0]);
            HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(origin + pathAndQuery));
            request.header("Authorization", "Bearer " + sign("renkei-token+jwt", claims));
            if (body != null) {
                request.header("Content-Type", "application/json");
            }
            request.method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(GSON.toJson(body)));
            return HTTP.send(request.build(), BodyHandlers.ofByteArray());
        }

        JsonObject json(String method, String pathAndQuery, JsonObject body) throws Exception {
            return answered(call(method, pathAndQuery, body));
        }
    }

    /** 32 bytes, whatever the number. */
    static byte[] coordinate(BigInteger number) {
        byte[] bytes = number.toByteArray();
        byte[] fixed = new byte[32];
        int length = Math.min(bytes.length, 32);
        System.arraycopy(bytes, bytes.length - length, fixed, 32 - length, length);
        return fixed;
    }

    static byte[] sha256(byte[] bytes) throws Exception {
        return MessageDigest.getInstance("SHA-256").digest(bytes);
    }

    static String base64url(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
