package firstlight.engine;

import firstlight.image.ImageFailure;
import firstlight.image.manifest.Manifest;
import firstlight.image.manifest.ManifestCodec;
import firstlight.wire.work.Hello;
import firstlight.wire.work.MalformedMessage;
import firstlight.wire.work.ManualWork;
import firstlight.wire.work.Progress;
import firstlight.wire.work.Published;
import firstlight.wire.work.Result;
import firstlight.wire.work.WorkCodec;
import firstlight.wire.work.WorkOrder;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/**
 * The conversation of docs/protocol/engine.md, all but the chunks. Each call is one request, and may be made by several threads at once.
 */
final class Server {
    private static final String JSON = "application/json";
    private static final String OCTETS = "application/octet-stream";

    private final Exchange patient;
    private final Exchange impatient;

    /**
     * @param patient tries again
     * @param impatient does not: a progress report that got lost is followed by a newer one
     */
    Server(Exchange patient, Exchange impatient) {
        this.patient = patient;
        this.impatient = impatient;
    }

    WorkOrder hello(Hello hello) throws IOException {
        byte[] answer = patient.send(
                "POST", "/engine/hello", JSON, Exchange.Body.of(WorkCodec.encode(hello)), InputStream::readAllBytes);
        try {
            return WorkCodec.decodeWorkOrder(answer);
        } catch (MalformedMessage e) {
            throw notUnderstood("work order", e);
        }
    }

    /**
     * Work that a person at the PC asks for; the next hello is answered with it. Not tried again: a person waits, and may say it again.
     */
    void ask(ManualWork work) throws IOException {
        impatient.send(
                "POST", "/engine/work", JSON, Exchange.Body.of(WorkCodec.encode(work)), InputStream::readAllBytes);
    }

    /** @throws Refused with status 409 when the work was cancelled */
    void progress(Progress progress) throws IOException {
        impatient.send(
                "POST",
                "/engine/progress",
                JSON,
                Exchange.Body.of(WorkCodec.encode(progress)),
                InputStream::readAllBytes);
    }

    /**
     * Asks, and waits for the answer, however long the server is away.
     *
     * @throws Refused with status 409 when the work was cancelled
     */
    void stillWanted(Progress progress) throws IOException {
        patient.send(
                "POST",
                "/engine/progress",
                JSON,
                Exchange.Body.of(WorkCodec.encode(progress)),
                InputStream::readAllBytes);
    }

    /** Once; said again it changes nothing there. */
    void result(Result result) throws IOException {
        patient.send(
                "POST", "/engine/result", JSON, Exchange.Body.of(WorkCodec.encode(result)), InputStream::readAllBytes);
    }

    /**
     * Makes the image visible; all its chunks must be there.
     *
     * @throws Refused with 409 and the chunks that are missing
     */
    Published publish(String image, Manifest manifest) throws IOException {
        String path = "/engine/images/"
                + URLEncoder.encode(image, StandardCharsets.UTF_8).replace("+", "%20");
        byte[] answer = patient.send(
                "POST", path, OCTETS, Exchange.Body.of(ManifestCodec.encode(manifest)), InputStream::readAllBytes);
        try {
            return WorkCodec.decodePublished(answer);
        } catch (MalformedMessage e) {
            throw notUnderstood("answer about the image " + image, e);
        }
    }

    /** Of the image that the order names. */
    Manifest manifest() throws IOException {
        return ManifestCodec.decode(
                patient.send("GET", "/engine/manifest", OCTETS, Exchange.Body.EMPTY, InputStream::readAllBytes));
    }

    /** Refused when the work does not name it. */
    Manifest addOn(WorkOrder.Restore.AddOn addOn) throws IOException {
        String path =
                "/engine/add-ons/" + URLEncoder.encode(addOn.image(), StandardCharsets.UTF_8) + "/" + addOn.version();
        return ManifestCodec.decode(patient.send("GET", path, OCTETS, Exchange.Body.EMPTY, InputStream::readAllBytes));
    }

    private static ImageFailure notUnderstood(String what, MalformedMessage e) {
        return new ImageFailure(
                "The server's " + what + " is not understood",
                e,
                "Server and imaging environment are of different versions: run ./firstlight environment build on the server");
    }
}
