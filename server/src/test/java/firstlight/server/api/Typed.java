package firstlight.server.api;

import firstlight.server.operator.OperatorError;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;

/** What a command answered, as a person types it. */
record Typed(int status, String out, String err) {
    /** @param data of the server that it reaches */
    static Typed run(Path data, Object command, String... words) {
        StringWriter told = new StringWriter();
        StringWriter warned = new StringWriter();
        List<String> all = new ArrayList<>(List.of(words));
        all.addAll(List.of("--data", data.toString()));
        int status = new CommandLine(command)
                .setOut(new PrintWriter(told))
                .setErr(new PrintWriter(warned))
                .setExecutionExceptionHandler((failure, line, _) -> {
                    if (failure instanceof OperatorError error) {
                        line.getErr().println(error.text());
                        return 1;
                    }
                    throw failure;
                })
                .execute(all.toArray(String[]::new));
        return new Typed(status, told.toString(), warned.toString());
    }
}
