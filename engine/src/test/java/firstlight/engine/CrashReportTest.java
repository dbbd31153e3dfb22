package firstlight.engine;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.engine.FlakyServer.Answer;
import firstlight.wire.work.Progress;
import firstlight.wire.work.Result;
import firstlight.wire.work.WorkCodec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CrashReportTest {
    /** As the first process hands it on. */
    private static final List<String> REPORT = List.of(
            "# A fatal error has been detected by the Java Runtime Environment:",
            "#  SIGSEGV (0xb) at pc=0x00007f1f2ba9c1b2, pid=215, tid=230",
            "# JRE version: OpenJDK Runtime Environment (25.0.3+9) (build 25.0.3+9)",
            "# Problematic frame:",
            "# V  [libjvm.so+0x89c1b2]  ciObjectFactory::create_new_metadata(Metadata*)+0x342",
            "Current CompileTask:",
            "C2:12034 2103   !   4       java.util.zip.Inflater::inflate (303 bytes)");

    @TempDir
    private Path folder;

    @Test
    void aCrashOfTheVirtualMachineNamesItsSignalAndTheFunction() {
        Result.Failed failed = new CrashReport(REPORT, "134").result();
        assertThat(failed.what()).isEqualTo("The imaging engine's Java virtual machine crashed");
        assertThat(failed.cause())
                .isEqualTo("SIGSEGV (0xb) at pc=0x00007f1f2ba9c1b2, pid=215, tid=230, in V  [libjvm.so+0x89c1b2]"
                        + "  ciObjectFactory::create_new_metadata(Metadata*)+0x342");
    }

    @Test
    void anEngineThatWasKilledIsToldWithTheKernelsWords() {
        String kernel = "Out of memory: Killed process 215 (java) total-vm:2310000kB";
        assertThat(new CrashReport(List.of(kernel), "137").result().cause())
                .isEqualTo("its process ended with status 137, it was killed; the kernel says: " + kernel);
        assertThat(new CrashReport(List.of(), "1").result().cause()).isEqualTo("its process ended with status 1");
    }

    @Test
    void theReportGoesToTheServerLineForLineAndThenTheWorkFails() throws Exception {
        List<String> report = new ArrayList<>(REPORT);
        report.addAll(Collections.nCopies(20, "j  " + "x".repeat(100)));
        Answer[] answers = Collections.nCopies(10, Answer.of(204, "")).toArray(Answer[]::new);
        try (FlakyServer server = new FlakyServer(folder, answers)) {
            Exchange exchange = server.exchange(server.pin());
            new CrashReport(report, "134").tell(new Server(exchange, exchange), line -> {});
            List<String> notes = new ArrayList<>();
            for (FlakyServer.Request request : server.requests.subList(0, server.requests.size() - 1)) {
                Progress progress = WorkCodec.decodeProgress(request.body());
                assertThat(progress.note().length()).isLessThanOrEqualTo(900);
                notes.addAll(List.of(progress.note().split(" \\| ")));
            }
            assertThat(notes).hasSize(27).contains("Current CompileTask:");
            assertThat(server.requests.getLast().line()).startsWith("POST /engine/result");
        }
    }

    @Test
    void aServerThatRefusesTheLinesIsToldTheEndAllTheSame() throws Exception {
        List<String> lost = new ArrayList<>();
        try (FlakyServer server = new FlakyServer(folder, Answer.of(409, "no work"), Answer.of(204, ""))) {
            Exchange exchange = server.exchange(server.pin());
            new CrashReport(REPORT, "134").tell(new Server(exchange, exchange), lost::add);
            assertThat(lost).hasSize(1);
            assertThat(server.requests.getLast().line()).startsWith("POST /engine/result");
        }
    }
}
