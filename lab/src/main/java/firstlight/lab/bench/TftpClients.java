package firstlight.lab.bench;

import firstlight.lab.bench.TftpLoad.Result;
import firstlight.lab.bench.TftpLoad.Wish;
import firstlight.server.operator.OperatorError;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;

/** The near end of a {@link TftpLoad}. */
final class TftpClients {
    private static final String LOG = "clients.log";

    private final Ground ground;
    private final Process process;
    private final BufferedReader answers;

    private TftpClients(Ground ground, Process process) {
        this.ground = ground;
        this.process = process;
        this.answers = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII));
    }

    static TftpClients start(Ground ground) {
        return new TftpClients(ground, ground.start(ground.clients(), LOG, Redirect.PIPE, Jvm.command(TftpLoad.class)));
    }

    /** Waits until the last of the clients has its file or has given up; there is no other limit. */
    Result fetch(Wish wish) {
        try {
            process.getOutputStream().write((wish.line() + "\n").getBytes(StandardCharsets.US_ASCII));
            process.getOutputStream().flush();
            String answer = answers.readLine();
            if (answer == null) {
                throw new OperatorError(
                        "the TFTP clients ended",
                        Files.readString(ground.folder().resolve(LOG)));
            }
            return Result.of(answer);
        } catch (IOException e) {
            throw new OperatorError("the TFTP clients ended", String.valueOf(e.getMessage()), e);
        }
    }
}
