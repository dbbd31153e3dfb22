package firstlight.server.sites;

import firstlight.image.ImageFailure;
import firstlight.image.chunk.ChunkFrame;
import firstlight.image.chunk.ChunkId;
import firstlight.image.chunk.ChunkWire;
import firstlight.image.manifest.Manifest;
import firstlight.image.store.ImageName;
import firstlight.image.store.VersionNotes;
import firstlight.model.Bytes;
import firstlight.server.access.Pin;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.security.cert.CertificateException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocketFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Another server over the API that it opens to its network. Connections are kept by the JDK, one for each thread that asks. What it
 * throws is a {@link PeerFailure}, which says whether another try may help, or what reading was interrupted by.
 */
final class HttpsPeer implements Peer {
    private static final JsonMapper JSON = new JsonMapper();
    /** Milliseconds. */
    private static final int CONNECT = 10_000;
    /** Milliseconds between two octets of an answer. */
    private static final int SILENCE = 60_000;
    // Octets; also the most that is read of an error.
    private static final int BUFFER = 1 << 16;
    /** A server of strangers could send without an end. */
    private static final int MANIFEST = Manifest.MOST_OCTETS;

    /** Likewise; a list of 100,000 versions has some 30 MB. */
    private static final int ANSWER = 64 << 20;

    private final PeerSettings settings;
    private final Pace pace;
    /** One for all: connections are kept by it. */
    private final SSLSocketFactory factory;

    HttpsPeer(PeerSettings settings, Pace pace) {
        this.settings = settings;
        this.pace = pace;
        this.factory = Pin.context(settings.pin()).getSocketFactory();
    }

    @Override
    public PeerSettings settings() {
        return settings;
    }

    /** Reads one answer of status 200; the connection is given back behind it. */
    private interface Reader<T> {
        T read(InputStream in) throws IOException;
    }

    @Override
    public List<RemoteVersion> versions() throws IOException {
        return json("/images", answer -> {
            List<RemoteVersion> versions = new ArrayList<>();
            for (JsonNode each : answer.path("items")) {
                // The API writes the field for damaged ones only.
                if (each.path("damage").isMissingNode()) {
                    versions.add(version(each));
                }
            }
            return versions;
        });
    }

    private static RemoteVersion version(JsonNode node) {
        String expires = node.path("expires").asString("");
        return new RemoteVersion(
                new ImageName(node.path("image").stringValue()),
                node.path("version").intValue(),
                Bytes.ofHex(node.path("digest").stringValue()),
                node.path("usedBytes").longValue(),
                node.path("note").asString(""),
                new TreeSet<>(
                        node.path("tags").valueStream().map(JsonNode::asString).toList()),
                node.path("protected").booleanValue(false),
                expires.isEmpty() ? Optional.empty() : Optional.of(Instant.parse(expires)));
    }

    @Override
    public List<VersionNotes.Entry> history(RemoteVersion version) throws IOException {
        return json(
                "/images/" + version.image() + "/" + version.number(),
                answer -> answer.path("history")
                        .valueStream()
                        .map(entry -> new VersionNotes.Entry(
                                Instant.parse(entry.path("at").stringValue()),
                                entry.path("who").stringValue(),
                                entry.path("what").stringValue()))
                        .toList());
    }

    @Override
    public byte[] manifest(RemoteVersion version) throws IOException {
        return send("GET", "/images/" + version.image() + "/" + version.number() + "/manifest", new byte[0], in -> {
            byte[] manifest = in.readNBytes(MANIFEST + 1);
            if (manifest.length > MANIFEST) {
                throw garbled("a manifest of more than " + MANIFEST + " octets");
            }
            return manifest;
        });
    }

    @Override
    public List<ChunkFrame> chunks(List<ChunkId> ids) throws IOException {
        return send("POST", "/image-chunks", ChunkWire.ids(ids), in -> {
            List<ChunkFrame> frames = new ArrayList<>(ids.size());
            try {
                InputStream buffered = new BufferedInputStream(in, BUFFER);
                for (var frame = ChunkWire.readPut(buffered); frame.isPresent(); frame = ChunkWire.readPut(buffered)) {
                    if (frames.size() == ids.size()) {
                        throw garbled("more chunks than were asked for");
                    }
                    frames.add(frame.get());
                }
            } catch (PeerFailure failure) {
                throw failure;
            } catch (ImageFailure cutShort) {
                throw garbled(cutShort.cause());
            }
            return frames;
        });
    }

    /** May throw whatever Jackson throws at a field that is missing: it is told as rubbish. */
    private interface JsonReader<T> {
        T read(JsonNode node);
    }

    private <T> T json(String path, JsonReader<T> reader) throws IOException {
        return send("GET", path, new byte[0], in -> {
            byte[] octets = in.readNBytes(ANSWER + 1);
            if (octets.length > ANSWER) {
                throw garbled("an answer of more than " + ANSWER + " octets");
            }
            try {
                return reader.read(JSON.readTree(octets));
            } catch (RuntimeException notOurs) {
                throw garbled("an answer that is none of Firstlight's (" + notOurs.getMessage() + ")");
            }
        });
    }

    /**
     * @throws PeerFailure for all that the network and the other server do
     * @throws java.io.InterruptedIOException when the job was cancelled while it waited for its {@link Pace}
     */
    private <T> T send(String method, String path, byte[] body, Reader<T> reader) throws IOException {
        HttpURLConnection connection = open(path);
        try {
            connection.setRequestMethod(method);
            if (method.equals("POST")) {
                connection.setRequestProperty("Content-Type", "application/octet-stream");
                connection.setDoOutput(true);
                try (OutputStream out = connection.getOutputStream()) {
                    out.write(body);
                }
            }
            int status = connection.getResponseCode();
            if (status != 200) {
                throw refused(status, connection);
            }
            try (InputStream in = connection.getInputStream()) {
                return reader.read(pace.in(in));
            }
        } catch (ImageFailure failure) {
            throw failure;
        } catch (SSLHandshakeException stranger) {
            // Another try helps against a cut, never against another certificate.
            if (!isStranger(stranger)) {
                throw broken(stranger); // cut off while hands were shaken
            }
            throw new PeerFailure(
                    settings + " shows another certificate than the configuration names",
                    reason(stranger),
                    "If that server's certificate was made anew, put its pin into images.peers; its start prints it",
                    false);
        } catch (InterruptedIOException stopped) {
            if (stopped instanceof SocketTimeoutException) {
                throw broken(stopped);
            }
            throw stopped;
        } catch (IOException broken) {
            throw broken(broken);
        }
    }

    private static boolean isStranger(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof CertificateException) {
                return true;
            }
        }
        return false;
    }

    /** Of a host without an address Java says the name, and nothing else. */
    static String reason(Throwable failure) {
        Throwable last = failure;
        while (last.getCause() != null) {
            last = last.getCause();
        }
        return last instanceof UnknownHostException
                ? "no address is known here for '" + last.getMessage() + "'"
                : String.valueOf(last.getMessage());
    }

    private PeerFailure broken(IOException broken) {
        return new PeerFailure(
                settings + " does not answer",
                reason(broken),
                "See that it runs, that its api.listen is open, and the network between",
                true);
    }

    /** Passing: what was cut off comes whole the next time. */
    private PeerFailure garbled(String what) {
        return new PeerFailure(settings + " was cut off or sent rubbish", what, "See the network between", true);
    }

    /** By the other server's own words where it sends some. Passing from 500 on. */
    private PeerFailure refused(int status, HttpURLConnection connection) throws IOException {
        String detail = "status " + status;
        try (InputStream in = connection.getErrorStream()) {
            detail = in == null
                    ? detail
                    : JSON.readTree(in.readNBytes(BUFFER)).path("detail").asString(detail);
        } catch (JacksonException notOurs) {
            detail += ", and no answer of Firstlight's";
        }
        return switch (status) {
            case 401 ->
                new PeerFailure(
                        settings + " does not know our token",
                        detail,
                        "Make one there: firstlight token add NAME --user USER, of a user with the role peer",
                        false);
            case 403 ->
                new PeerFailure(
                        settings + " does not give us images",
                        detail,
                        "Our token's user there must have the role peer",
                        false);
            case 404 -> new PeerFailure(settings + " has it no more", detail, "See firstlight image peers", false);
            default -> new PeerFailure(settings + " could not give it", detail, "See that server's log", status >= 500);
        };
    }

    private HttpURLConnection open(String path) throws IOException {
        HttpURLConnection connection = (HttpURLConnection)
                URI.create(settings.url() + "/api" + path).toURL().openConnection();
        if (connection instanceof HttpsURLConnection tls && !settings.pin().isEmpty()) {
            tls.setSSLSocketFactory(factory);
            tls.setHostnameVerifier((name, session) -> true); // the pin says more than a name
        }
        connection.setRequestProperty("Authorization", "Bearer " + settings.token());
        connection.setConnectTimeout(CONNECT);
        connection.setReadTimeout(SILENCE);
        connection.setUseCaches(false);
        // No answer of Firstlight's is a redirect, and none must carry the token elsewhere.
        connection.setInstanceFollowRedirects(false);
        return connection;
    }
}
