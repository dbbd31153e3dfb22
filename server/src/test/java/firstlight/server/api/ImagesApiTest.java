package firstlight.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.image.chunk.Chunk;
import firstlight.image.chunk.ChunkCodec;
import firstlight.image.chunk.ChunkFrame;
import firstlight.image.chunk.ChunkId;
import firstlight.image.chunk.ChunkTable;
import firstlight.image.extents.Extents;
import firstlight.image.manifest.Content;
import firstlight.image.manifest.DiskImage;
import firstlight.image.manifest.Manifest;
import firstlight.image.manifest.Region;
import firstlight.image.store.ImageName;
import firstlight.image.table.TableSectors;
import firstlight.policy.Device;
import firstlight.policy.work.Task;
import firstlight.policy.work.Terms;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What an administrator does with images, over HTTP. */
class ImagesApiTest {
    @TempDir
    private Path directory;

    private ApiServer server;

    @BeforeEach
    void start() throws Exception {
        server = new ApiServer(directory, 50);
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
    }

    private JsonNode done(String method, String path, String body) throws Exception {
        return server.done(method, path, body);
    }

    private void isProblem(String method, String path, String body, int status, String words, String cure)
            throws Exception {
        ApiServer.Reply reply = server.call(method, path, body);
        assertThat(reply.status()).as(reply.text()).isEqualTo(status);
        assertThat(reply.json().path("detail").stringValue()).contains(words);
        assertThat(reply.json().path("cure").stringValue()).contains(cure);
    }

    private void publish(String image, int... seeds) throws IOException {
        ChunkTable.Builder chunks = new ChunkTable.Builder(seeds.length);
        for (int i = 0; i < seeds.length; i++) {
            byte[] content = new byte[Chunk.SIZE];
            new Random(seeds[i]).nextBytes(content);
            ChunkId id = ChunkId.of(content, 0, content.length);
            chunks.set(i, id);
            try (ChunkCodec codec = new ChunkCodec(1)) {
                ChunkFrame frame = codec.pack(id, content, 0, content.length);
                server.images.sink().put(List.of(frame));
            }
        }
        long length = (long) seeds.length * Chunk.SIZE;
        Content content = new Content.Blocks(Content.Method.RAW, Extents.of(0, length), chunks.build());
        DiskImage disk = new DiskImage(length, 512, TableSectors.NONE, List.of(new Region(0, 0, length, "", content)));
        server.images.publish(new ImageName(image), new Manifest(server.now, "test", List.of(disk), List.of()));
    }

    /** Waits for its end. */
    private JsonNode job(String body) throws Exception {
        JsonNode job = done("POST", "/image-jobs", body);
        String path = "/image-jobs/" + job.path("job").asString();
        while (job.path("state").stringValue().equals("running")) {
            Thread.onSpinWait();
            job = done("GET", path, "");
        }
        return job;
    }

    @Test
    void aVersionIsNotedTaggedProtectedAndItsHistoryTellsWhoDidIt() throws Exception {
        publish("office", 1, 2);
        publish("office", 2, 3);
        done("PATCH", "/images/office/1", "{'note': 'with Office', 'tag': ['golden'], 'protected': true}");
        JsonNode shown = done("GET", "/images/office/golden", "");
        assertThat(shown.path("version").intValue()).isEqualTo(1);
        assertThat(shown.path("history").toString()).contains("noted 'with Office'; tagged golden; protected");
        assertThat(shown.path("disks")
                        .path(0)
                        .path("regions")
                        .path(0)
                        .path("content")
                        .stringValue())
                .isEqualTo("raw");
        done("PATCH", "/images/office/2", "{'tag': 'golden'}");
        assertThat(done("GET", "/images/office/1", "").path("tags").isEmpty()).isTrue();
        isProblem("DELETE", "/images/office/1", "", 409, "office@1 is protected", "--off");
        isProblem("PATCH", "/images/office/1", "{'tag': 'latest'}", 422, "'latest'", "a letter");
        isProblem("PATCH", "/images/office/1", "{}", 422, "'note' is missing", "");
        isProblem("GET", "/images/offise/1", "", 404, "no image 'offise'", "image list");
        isProblem("GET", "/images/office/7", "", 404, "no version or tag '7'", "image list");
    }

    @Test
    void aTechnicianNotesButDoesNotProtect() throws Exception {
        publish("office", 1);
        done("POST", "/users", "{'name': 'tom', 'role': 'technician', 'password': 'long enough', 'groups': []}");
        String secret = server.as("", "POST", "/sign-in", "{'name': 'tom', 'password': 'long enough'}")
                .json()
                .path("secret")
                .stringValue();
        assertThat(server.as(secret, "PATCH", "/images/office/1", "{'note': 'x'}")
                        .status())
                .isEqualTo(200);
        assertThat(server.as(secret, "PATCH", "/images/office/1", "{'protected': true}")
                        .status())
                .isEqualTo(403);
        assertThat(server.as(secret, "DELETE", "/images/office/1", "").status()).isEqualTo(403);
    }

    @Test
    void aRemovedVersionStaysInTheHistoryAndTheCollectionFreesItsSpace() throws Exception {
        publish("office", 1, 2, 3);
        publish("office", 3);
        done("DELETE", "/images/office/1", "");
        assertThat(done("GET", "/images", "").path("items").size()).isEqualTo(1);
        JsonNode all = done("GET", "/images?removed=true", "").path("items");
        assertThat(all.size()).isEqualTo(2);
        assertThat(all.path(1).path("removed").booleanValue()).isTrue();
        assertThat(job("{'kind': 'collect', 'dryRun': true}").path("text").stringValue())
                .contains("would free", "2 chunks");
        assertThat(job("{'kind': 'collect'}").path("text").stringValue()).contains("freed", "2 chunks");
        assertThat(job("{'kind': 'pack', 'level': 3}").path("text").stringValue())
                .contains("packed", "at level 3");
        assertThat(job("{'kind': 'pack', 'level': 3}").path("text").stringValue())
                .contains("already");
        assertThat(job("{'kind': 'verify', 'image': 'office'}").path("state").stringValue())
                .isEqualTo("done");
    }

    @Test
    void aVersionThatWorkNeedsIsNotRemoved() throws Exception {
        publish("office", 1);
        publish("office", 2);
        Device device = server.device("pc1", "52:54:00:00:00:01", "x");
        server.database
                .works()
                .create(device.id(), Task.Restore.of("office", 1, List.of()), Terms.by("ann"), server.now);
        isProblem("DELETE", "/images/office/1", "", 409, "office@1 is in use", "work list");
        done("DELETE", "/images/office/2", "");
    }

    @Test
    void aVersionThatWillBeLaidDownIsNotRemoved() throws Exception {
        publish("office", 1);
        publish("office", 2);
        server.device("pc1", "52:54:00:00:00:01", "x");
        done(
                "POST",
                "/rules",
                "{'name': 'labs', 'when': 'always', 'task': {'kind': 'restore', 'image': 'office', 'version': 1}}");
        isProblem("DELETE", "/images/office/1", "", 409, "rule 1 'labs' lays it down", "switch it off");
        done("DELETE", "/images/office/2", "");
        done("PATCH", "/rules/1", "{'enabled': false}");

        done(
                "POST",
                "/schedules",
                "{'name': 'nightly', 'cron': '0 3 * * *', 'devices': ['pc1'], 'task': {'kind': 'restore', 'image': 'office'}}");
        isProblem("DELETE", "/images/office/1", "", 409, "schedule 1 'nightly' lays it down", "switch it off");
        publish("office", 3);
        done("POST", "/sessions", "{'name': 'exam', 'image': 'office', 'version': 1, 'clients': 2}");
        isProblem("DELETE", "/images/office/1", "", 409, "session 1 'exam' lays it down", "switch it off");
        done("DELETE", "/sessions/exam", "");
        done("DELETE", "/images/office/1", "");
    }

    @Test
    void whatTheStoreCannotDoIsToldInWords() throws Exception {
        publish("office", 1);
        Path manifests = directory.resolve("images/manifests");
        Files.move(manifests, directory.resolve("away"));
        Files.writeString(manifests, "");
        isProblem(
                "PATCH",
                "/images/office/1",
                "{'note': 'x'}",
                500,
                "The server could not do that: ",
                "see the server's log");
    }

    @Test
    void aDamagedChunkIsNamedWithItsPlaceOnTheDiskAndRaisesAnAlarm() throws Exception {
        publish("office", 1, 2);
        publish("lab", 2);
        Path pack = directory.resolve("images/packs/00000001.pack");
        byte[] octets = Files.readAllBytes(pack);
        octets[octets.length - 1000] ^= 1;
        Files.write(pack, octets);
        JsonNode job = job("{'kind': 'verify', 'image': 'office@1'}");
        assertThat(job.path("state").stringValue()).isEqualTo("failed");
        assertThat(job.path("text").stringValue()).contains("office@1: 1 damaged chunks", "lab@1 need some of them");
        assertThat(job.path("details").path(0).stringValue()).contains("disk 1", "at offset 262144");
        JsonNode alarm = done("GET", "/alarms", "").path("items").path(0);
        assertThat(alarm.path("text").stringValue()).contains("office@1");
        assertThat(alarm.path("device").stringValue()).as("it is of no device").isEmpty();
        publish("office", 1, 2); // brings what is missing
        assertThat(job("{'kind': 'verify', 'image': 'office@1'}").path("state").stringValue())
                .isEqualTo("done");
        isProblem("POST", "/image-jobs", "{'kind': 'verify', 'image': 'office@9'}", 404, "'9'", "image list");
        isProblem("DELETE", "/image-jobs/1", "", 409, "has ended", "");
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(server.uri(0, path)).header("Authorization", "Bearer " + ApiServer.LOCAL);
    }

    @Test
    void anExportIsImportedUnderAnotherNameAndADamagedOneIsRefused() throws Exception {
        publish("office", 1, 2, 3);
        byte[] file = HttpClient.newHttpClient()
                .send(request("/images/office/latest/export").build(), HttpResponse.BodyHandlers.ofByteArray())
                .body();
        assertThat(file).as("more than other requests may have").hasSizeGreaterThan(512 << 10);
        ApiServer.Reply made =
                server.send(request("/image-import?as=lab").POST(HttpRequest.BodyPublishers.ofByteArray(file)));
        assertThat(made.status()).as(made.text()).isEqualTo(201);
        assertThat(made.json().path("image").stringValue()).isEqualTo("lab");
        assertThat(done("GET", "/images/lab/latest", "").path("digest").stringValue())
                .isEqualTo(
                        done("GET", "/images/office/latest", "").path("digest").stringValue());
        file[file.length / 2] ^= 1;
        ApiServer.Reply refused =
                server.send(request("/image-import").POST(HttpRequest.BodyPublishers.ofByteArray(file)));
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.text()).contains("damaged");
        assertThat(done("GET", "/images", "").path("items").size()).isEqualTo(2);
    }

    @Test
    void aDifferenceIsToldByRegions() throws Exception {
        publish("office", 1, 2, 3);
        publish("office", 1, 9, 3);
        JsonNode difference = done("GET", "/images/office/2/difference?from=office@1", "");
        assertThat(difference.path("newChunks").intValue()).isEqualTo(1);
        assertThat(difference.path("regions").path(0).path("differingBytes").intValue())
                .isEqualTo(Chunk.SIZE);
        isProblem("GET", "/images/office/2/difference", "", 422, "'from' is missing", "");
    }

    @Test
    void aDiskFileThatIsNotThereOrHasNoKnownFormatIsNamed() throws Exception {
        isProblem(
                "POST",
                "/image-jobs",
                "{'kind': 'import', 'image': 'x', 'file': 'a.qcow2'}",
                422,
                "'a.qcow2'",
                "absolute");
        isProblem(
                "POST",
                "/image-jobs",
                "{'kind': 'import', 'image': 'x', 'file': '/a\\u0000b'}",
                422,
                "'file' is ",
                "host can have");
        isProblem(
                "POST",
                "/image-jobs",
                "{'kind': 'import', 'image': 'x', 'file': '/a', 'format': 'wim'}",
                422,
                "'wim'",
                "qcow2");
        JsonNode job = job("{'kind': 'import', 'image': 'x', 'file': '/nowhere/a.qcow2'}");
        assertThat(job.path("state").stringValue()).isEqualTo("failed");
        assertThat(job.path("text").stringValue()).contains("no file /nowhere/a.qcow2");
    }
}
