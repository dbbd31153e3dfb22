package firstlight.lab.bench;

import firstlight.server.CommandProvider;
import java.util.List;

/** Adds the benchmarks to Firstlight's command line. */
public final class BenchCommands implements CommandProvider {
    @Override
    public List<Object> commands() {
        return List.of(new BenchCommand());
    }
}
