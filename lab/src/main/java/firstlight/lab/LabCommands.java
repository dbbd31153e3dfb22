package firstlight.lab;

import firstlight.server.CommandProvider;
import java.util.List;

/** Adds the lab's commands to Firstlight's command line. */
public final class LabCommands implements CommandProvider {
    @Override
    public List<Object> commands() {
        return List.of(new LabCommand(), new DemoCommand());
    }
}
